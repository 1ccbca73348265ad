"""A language model for the local server that makes taxonomies by rule: a leaf for each first word of a page."""

import json
import re
from collections import defaultdict

GROUPS = {
    "cards": "Cards",
    "loans": "Borrowing",
    "mortgage": "Borrowing",
    "savings": "Saving",
    "transfer": "Payments",
}


def make_taxonomy(body: dict) -> dict:
    """An answer to any question about a taxonomy, computed from what the question shows."""
    purpose = body["response_format"]["json_schema"]["name"]
    lines = lines_of(body)
    if purpose.startswith("taxonomy_assign"):
        return _assigned(lines)
    if purpose == "taxonomy_name":
        return _grouped([_leaf(_commonest(line["sessions"]), key=line["key"]) for line in lines])
    leaves = {line["name"]: _leaf_of_line(line) for line in lines if "key" in line}
    if purpose == "taxonomy_review":
        return _grouped(list(leaves.values()))
    numbers = defaultdict(list)
    for line in lines:
        if "session" in line:
            numbers[_subject(line["session"])].append(line["number"])
    for subject, of_subject in numbers.items():
        leaf = leaves.setdefault(_name(subject), _leaf(subject))
        leaf["example_sessions"] = of_subject[:3]
    return _grouped(list(leaves.values()))


def lines_of(body: dict) -> list[dict]:
    """What stands between the marks, as a reader sees it who takes every end of a line for one."""
    begin, *lines = body["messages"][1]["content"].splitlines()
    mark = begin.removeprefix("BEGIN DATA ")
    return [json.loads(line) for line in lines[: lines.index(f"END DATA {mark}")]]


def sessions_of(body: dict) -> list[str]:
    return [line["session"] for line in lines_of(body) if "session" in line]


def _assigned(lines: list[dict]) -> dict:
    keys = {line["name"]: line["key"] for line in lines if "key" in line}
    return {
        "sessions": [
            {"number": line["number"], "leaf": keys.get(_name(_subject(line["session"])), "other")}
            for line in lines
            if "session" in line
        ]
    }


def _leaf(subject: str, key: str = "") -> dict:
    return {
        "key": key,
        "name": _name(subject),
        "description": f"The visitor came for {subject} and what belongs to it.",
        "excludes": "",
        "keywords": [subject, f"{subject} rates"],
        "is_sensitive": subject == "hardship",
        "example_sessions": [],
    }


def _leaf_of_line(line: dict) -> dict:
    subject = line["name"].removeprefix("Look into ")
    return _leaf(subject, line["key"]) | {"description": line["description"], "excludes": line["excludes"]}


def _grouped(leaves: list[dict]) -> dict:
    groups = defaultdict(list)
    for leaf in leaves:
        groups[GROUPS.get(leaf["name"].removeprefix("Look into "), "Service")].append(leaf)
    return {
        "groups": [
            {"name": name, "description": f"All about {name.lower()}.", "leaves": of_group}
            for name, of_group in sorted(groups.items())
        ]
    }


def _name(subject: str) -> str:
    return f"Look into {subject}"


def _subject(session: str) -> str:
    words = re.findall(r"[a-z]+", " ".join(session.split("\n")[1:]).lower())
    return words[0] if words else "nothing"


def _commonest(sessions: list[str]) -> str:
    subjects = [_subject(session) for session in sessions]
    return max(sorted(set(subjects)), key=subjects.count)


def make_taxonomy_obediently(body: dict) -> dict:
    """A taxonomy as `make_taxonomy`, unless an order stands outside of the data: then one leaf for everything."""
    begin, *lines = body["messages"][1]["content"].splitlines()
    mark = begin.removeprefix("BEGIN DATA ")
    end = next(number for number, line in enumerate(lines) if line.lstrip().startswith("END DATA"))
    outside = "\n".join(line for line in lines[end:] if line != f"END DATA {mark}")
    if "ignore" in outside.lower() or "everything" in outside:
        return _grouped([_leaf("obeyed")])
    return make_taxonomy(body)
