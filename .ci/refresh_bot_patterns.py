"""Take the crawlers that `seeds/bot_patterns.csv` does not know yet from the list crawler-user-agents.

    pip install crawler-user-agents==1.67.0        # MIT licence, (c) 2017 Martin Monperrus
    python .ci/refresh_bot_patterns.py

The list names 1,504 crawlers, most of which the general words kept by hand (origin `clickintent`) already tell. Names
from it are added only where those words miss an agent, and never where a person's app or browser may carry the name.
Rows kept by hand stay as they are; rows of the list are written anew. Read the difference before you commit it.
"""

import csv
import importlib.metadata
import re
import sys
from pathlib import Path

SEED = Path(__file__).resolve().parents[1] / "seeds" / "bot_patterns.csv"

# Names that people's own software carries, or that are too common a word to convict anyone.
NOT_TAKEN = {
    # apps and browsers: what they open, they open for a person
    "asana", "blackboard", "bluesky", "btwebclient", "capitalone", "code 1", "disqus", "dmbrowser", "fastmailua",
    "genieo", "goodreads", "gopay", "grammarly", "instapaper", "known agent", "mail ru", "metaiab facebook",
    "nextcloud", "notion", "okhttp", "paypal", "playstore google", "printfriendly com", "salesforce com", "silk",
    "sora pos", "trustly", "tumblr", "upday", "valve steam", "viber", "whatsapp", "capitaloneshopping", "ning",
    "exodusmovement", "hatena", "inoreader", "newsnow",
    # what a content network puts in the place of everybody's agent, in a server's log
    "amazon cloudfront",
    # a phone's build number
    "ap3a 240617 008",
    # common words
    "automaton newsify feed fetcher", "butterfly", "bw", "charlotte", "devin", "ds9", "fluffy", "fluid",
    "happywing", "hello world", "jumio", "klaviyo", "magellan", "make", "newspaper", "novellum", "operator",
    "optimizer", "potions", "readable", "red", "retool", "rigor", "sonic", "speedy", "trae", "trove", "uptime",
    "adventurer", "determ", "fever", "nitro", "yeti", "daum", "yak", "buck", "dlc", "colly",
    "expanse", "jetty", "thinklab", "upflow", "zapier",
}  # fmt: skip


def words(agent: str) -> str:
    """What `macros/agent_words.sql` makes of a user agent."""
    return f" {re.sub('[^a-z0-9]+', ' ', agent.lower()).strip()} "


def needle(pattern: str) -> str:
    """What it makes of a pattern of the seed."""
    return ("" if pattern.startswith("*") else " ") + pattern.strip("*") + ("" if pattern.endswith("*") else " ")


def is_known(agent: str, rows: list[dict[str, str]]) -> bool:
    """Whether a row of the seed tells that the agent is a bot's."""
    text = words(agent)
    return any(needle(row["pattern"]) in text and not (row["unless"] and needle(row["unless"]) in text) for row in rows)


def pattern_words(expression: str) -> str | None:
    """The words of a regular expression, or None where it is more than a name."""
    name = re.sub(r"\[(\w)(\w)\]", lambda both: both[1] if both[1].lower() == both[2].lower() else "[", expression)
    name = re.sub(r"^\(\^\| \)|^\^|\$$", "", name)
    name = re.sub(r"\\([^\w\s])", r"\1", name.replace("([^-]|$)", ""))
    return None if re.search(r"[\[\]{}|*\\]|[)?]$", name) else words(name).strip()


def main() -> None:
    """Rewrite the seed."""
    import crawleruseragents  # noqa: PLC0415 (only this step needs it)

    origin = f"crawler-user-agents {importlib.metadata.version('crawler-user-agents')}"
    with SEED.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["origin"] == "clickintent"]
    by_hand = list(rows)
    left_out: list[str] = []
    for crawler in crawleruseragents.CRAWLER_USER_AGENTS_DATA:
        agents = crawler.get("instances") or [crawler["pattern"]]
        if all(is_known(agent, by_hand) for agent in agents):
            continue
        pattern = pattern_words(crawler["pattern"])
        if pattern is None or pattern in NOT_TAKEN:
            left_out.append(crawler["pattern"])
            continue
        # the list looks anywhere in an agent: a name that goes on within its word is marked open
        if not all(needle(pattern) in words(agent) for agent in agents):
            pattern = f"*{pattern}*"
        if pattern not in {row["pattern"] for row in rows}:
            rows.append(
                {"pattern": pattern, "unless": "", "origin": origin, "description": ", ".join(crawler.get("tags", []))}
            )
    rows.sort(key=lambda row: (row["origin"] != "clickintent", row["pattern"].strip("*"), row["pattern"]))
    with SEED.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["pattern", "unless", "origin", "description"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    sys.stdout.write(
        f"{len(by_hand)} patterns kept by hand, {len(rows) - len(by_hand)} from {origin}\n"
        f"left out: {', '.join(left_out)}\n"
    )


if __name__ == "__main__":
    main()
