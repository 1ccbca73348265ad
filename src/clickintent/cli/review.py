"""`clickintent taxonomy review`: a walk through sessions in the terminal, whose answers become seeds."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.panel import Panel

from clickintent.cli.options import ByOption, FileOption, legible, login_name, refusals_told, screen

if TYPE_CHECKING:
    from clickintent.review import ReviewedSession
    from clickintent.taxonomy import Intent, Taxonomy

KEYS = "[a]ccept  [c]hoose another leaf  [n]one fits  [s]kip  n[o]te  [r]ename a leaf  re[t]ire a leaf  [q]uit"
WHY_SHOWN = {
    "random": "drawn at random",
    "low_margin": "the labeler was not sure",
    "disagreeing": "the student says something else",
}
MOST_MATCHES = 12


def review(
    random: Annotated[int, typer.Option(min=0, help="Sessions drawn at random: what agreement is told from.")] = 20,
    per_leaf: Annotated[
        int, typer.Option(min=0, help="Of each leaf, sessions of small margin, and as many the student disagrees on.")
    ] = 1,
    seeds: Annotated[Path, typer.Option(help="Folder of gold_labels.csv and taxonomy_overrides.csv.")] = Path("seeds"),
    by: ByOption = None,
    file: FileOption = Path("clickintent.duckdb"),
) -> None:
    """Read sessions and say what they are about; each answer is written at once, and none is asked for twice.

    Answers go to gold_labels.csv, which judges labels and intents at the next `dbt build`; renames and retirements go
    to taxonomy_overrides.csv, which corrects the taxonomy then.

    Example: clickintent taxonomy review --random 50 --per-leaf 0
    """
    from clickintent.review import SeedError, read_gold, read_queue  # noqa: PLC0415 - heavy imports when needed
    from clickintent.taxonomy import TaxonomyError  # noqa: PLC0415

    console = screen()
    gold = seeds / "gold_labels.csv"
    with refusals_told(SeedError, TaxonomyError):
        reviewed = read_gold(gold)["session_id"].to_list()
        taxonomy, queue = read_queue(file, reviewed, random_count=random, per_leaf=per_leaf)
        walk = _Walk(console, taxonomy, seeds, login_name() if by is None else by)
        for number, session in enumerate(queue, start=1):
            console.print(_shown(session, taxonomy, f"{number} of {len(queue)}"))
            if not walk.ask(session):
                break
        if not queue:
            console.print("Nothing to review: every session of the kinds asked for has a gold label.", highlight=False)
        for line in _agreement(gold, file):
            console.print(line, highlight=False, soft_wrap=True)
    if walk.answers:
        console.print(
            f"{walk.answers} written: review the changes in {escape(str(seeds))}, commit them, and run `dbt build`.",
            highlight=False,
            soft_wrap=True,
        )


@dataclass
class _Walk:
    """Asks for one session after the other and writes what is said.

    Attributes:
        answers: gold labels and overrides written so far.
    """

    console: Console
    taxonomy: "Taxonomy"
    seeds: Path
    by: str
    answers: int = 0

    def ask(self, session: "ReviewedSession") -> bool:
        """Ask until the session is answered or skipped; False to stop."""
        from clickintent.labeling.session_label import NO_INTENT  # noqa: PLC0415

        note = ""
        while True:
            self.console.print(KEYS, markup=False, highlight=False)
            key: str = typer.prompt("?", prompt_suffix=" ").strip().lower()
            if key == "a" and session.labels:
                return self._keep(session, session.labels[0][0], note)
            if key == "n":
                return self._keep(session, NO_INTENT, note)
            if key == "c":
                leaf = self._leaf("Which leaf (id or part of its name)")
                if leaf:
                    return self._keep(session, leaf.intent_id, note)
            elif key == "o":
                note = typer.prompt("Note")
            elif key == "r":
                self._correct("rename", lambda: typer.prompt("Its new name").strip())
            elif key == "t":
                self._correct("retire", lambda: "")
            elif key in {"s", "q"}:
                return key == "s"
            elif key == "a":
                self._say("There is no label to accept: choose a leaf, or say that none fits.")
            else:
                self._say(f"There is no key '{key}'.")

    def _keep(self, session: "ReviewedSession", intent_id: str, note: str) -> bool:
        from datetime import UTC, datetime  # noqa: PLC0415

        from clickintent.review import GoldLabel, add_gold  # noqa: PLC0415

        label = GoldLabel(session.session_id, intent_id, session.shown_because, self.by, datetime.now(UTC), note)
        add_gold(self.seeds / "gold_labels.csv", label)
        self.answers += 1
        self._say(f"Written: {intent_id}.")
        return True

    def _correct(self, action: str, new_name: Callable[[], str]) -> None:
        from clickintent.review import add_override  # noqa: PLC0415

        leaf = self._leaf(f"Which leaf to {action} (id or part of its name)")
        if leaf is None:
            return
        name = new_name()
        reason = typer.prompt("Why")
        add_override(self.seeds / "taxonomy_overrides.csv", action, leaf.intent_id, name=name, reason=reason)
        self.answers += 1
        self._say(f"Written: {action} {leaf.intent_id}, from the next build on.")

    def _leaf(self, question: str) -> "Intent | None":
        """A leaf by its id or by a part of its id or name; None where an empty answer takes the question back."""
        while said := typer.prompt(question, default="", show_default=False).strip().lower():
            exact = [leaf for leaf in self.taxonomy.leaves if leaf.intent_id == said]
            found = exact or [
                leaf for leaf in self.taxonomy.leaves if said in leaf.intent_id or said in leaf.name.lower()
            ]
            if len(found) == 1:
                return found[0]
            self._say(f"No leaf has '{said}' in its id or name." if not found else "Which of these?")
            for leaf in found[:MOST_MATCHES]:
                self._say(f"  {leaf.intent_id}  {leaf.name}")
        return None

    def _say(self, text: str) -> None:
        self.console.print(legible(text), markup=False, highlight=False)


def _shown(session: "ReviewedSession", taxonomy: "Taxonomy", place: str) -> Panel:
    names = {leaf.intent_id: leaf.name for leaf in taxonomy.leaves}
    lines = [escape(session.narrative), ""]
    for intent_id, confidence in session.labels:
        lines.append(f"label    {confidence:4.0%}  {escape(intent_id)}  {escape(names.get(intent_id, ''))}")
    if not session.labels:
        lines.append("label    none: the labeler abstained")
    if session.student:
        lines.append(f"student  {session.probability:4.0%}  {escape(session.student)}")
    title = f"{place}: {WHY_SHOWN[session.shown_because]}"
    return Panel(legible("\n".join(lines)), title=escape(title), title_align="left")


def _agreement(gold: Path, file: Path) -> list[str]:
    """What the random gold labels of the seed say of the labels of the file."""
    from clickintent.labeling.quality import HALF_WIDTH, RANDOM, gold_needed, share  # noqa: PLC0415
    from clickintent.labeling.session_label import NO_INTENT  # noqa: PLC0415
    from clickintent.review import labels_of, read_gold  # noqa: PLC0415

    answers = read_gold(gold)
    random = dict(answers.filter(shown_because=RANDOM).select("session_id", "intent_id").rows())
    labels = labels_of(file, list(random))
    judged = [(random[session_id], label or NO_INTENT) for session_id, label in labels.items()]
    agreed = sum(person == label for person, label in judged)
    figures = share(agreed, len(judged))
    points = f"{100 * HALF_WIDTH:.0f} points"
    if figures.value is None or figures.low is None or figures.high is None:
        return [
            f"{answers.height} gold labels, none of a session drawn at random: there is no agreement to tell yet.",
            f"An interval of {points} either way needs up to {gold_needed(1 / 2)} random ones.",
        ]
    needed = gold_needed(figures.value)
    more = max(needed - len(judged), 0)
    return [
        f"Labels agree with {agreed} of {len(judged)} random gold labels: {figures.value:.0%}, 95% interval "
        f"{figures.low:.0%} to {figures.high:.0%}. The {answers.height - len(random)} of sessions that were chosen "
        "because they are hard are left out.",
        f"An interval of {points} either way needs about {needed} random ones at this agreement: {more} more.",
    ]
