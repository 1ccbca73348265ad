"""What the estimate would be if one assumption were another: which of them decide."""

from collections.abc import Iterator, Mapping

from clickintent.snowflake.estimate.assumptions import Assumptions
from clickintent.snowflake.estimate.costs import Estimate, work_out


def variations(assumed: Assumptions) -> Iterator[tuple[str, Estimate]]:
    """The estimate as it is, then with one thing changed at a time: what changed, and what follows."""
    yield "as it is", work_out(assumed)
    for told, settings in _changes(assumed).items():
        yield told, work_out(assumed.changed(settings))


def _changes(assumed: Assumptions) -> dict[str, Mapping[str, float]]:
    return {
        "cores of a node do half as much": {
            name: assumed[name] / 2 for name in ("sql_core_share", "python_core_share")
        },
        "cores of a node do twice as much": {
            name: assumed[name] * 2 for name in ("sql_core_share", "python_core_share")
        },
        "a quarter of the history is kept": {"history_days": assumed["history_days"] / 4},
        "nothing of earlier days is read again": {
            f"stages.{stage}.{rate}": 0.0 for stage in assumed.stages for rate in ("lookback_us", "stored_us")
        },
        "a build every hour": {"builds_a_day": 24},
        "a tenth of the sessions": {"sessions_a_day": assumed["sessions_a_day"] / 10},
        "a language model labels a quarter of all sessions": {"llm_labels_a_day": assumed["sessions_a_day"] / 4},
    }
