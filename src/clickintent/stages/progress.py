"""Progress of the long steps, on standard error, so that dbt's own lines stay readable."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

Report = Callable[[int, int, Mapping[str, float]], None]

PLAIN_REPORTS = 5
"""Lines in all where standard error is no terminal, such as CI."""


@contextmanager
def training_progress(title: str) -> Iterator[Report]:
    """A progress bar in a terminal, a few plain lines elsewhere.

    Yields:
        report(step, steps, losses), to be called after each step.
    """
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _plain_report(title, console)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[losses]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(title, losses="")

        def report(step: int, steps: int, losses: Mapping[str, float]) -> None:
            bar.update(task, completed=step, total=steps, losses=_spoken(losses))

        yield report


@contextmanager
def asking_progress() -> Iterator[Callable[[int, int], None]]:
    """The same while a language model is asked.

    Yields:
        report(settled, narratives), to be called after each answer.
    """
    with training_progress("narratives that a language model labels") as report:
        yield lambda settled, narratives: report(settled, narratives, {})


def _plain_report(title: str, console: Console) -> Report:
    told = 0

    def report(step: int, steps: int, losses: Mapping[str, float]) -> None:
        nonlocal told
        # steps may come in strides, as the answers of a call do
        if (part := step * PLAIN_REPORTS // steps) > told:
            told = part
            console.print(f"{title}: step {step} of {steps} {_spoken(losses)}".rstrip(), highlight=False)

    return report


def _spoken(losses: Mapping[str, float]) -> str:
    return " ".join(f"{name} {value:.3f}" for name, value in losses.items())
