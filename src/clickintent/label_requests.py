"""Sessions to label beside the sample: those that the classifier is least sure of, asked for in a file."""

from pathlib import Path
from typing import Final

import polars as pl

from clickintent.built_file import opened
from clickintent.labeling.sample import UNCERTAIN
from clickintent.stages.run import BuiltTable, Run

LEAST_CERTAIN: Final = """
    with scores as (
        select best.session_id, best.intent_id, best.probability - coalesce(second.probability, 0) as margin
        from session_intent_scores as best
        left join session_intent_scores as second
            on second.session_id = best.session_id and second.rank = 2
        where best.rank = 1
    ),

    taken as (
        select session_id from label_sample
        union
        select session_id from label_requests
    ),

    known_narratives as (
        select narrative_hash from session_labels
        union
        select narrative_hash from session_narratives semi join taken using (session_id)
    ),

    candidates as (
        select scores.*
        from scores
        inner join session_narratives as narratives on narratives.session_id = scores.session_id
        where
            scores.session_id not in (select session_id from taken)
            and narratives.narrative_hash not in (select narrative_hash from known_narratives)
        qualify row_number() over (partition by narratives.narrative_hash order by margin, scores.session_id) = 1
    )

    select session_id, intent_id, margin
    from candidates
    order by row_number() over (partition by intent_id order by margin, session_id), margin, session_id
"""
"""Sessions that may be asked for, in the order in which they are chosen."""


class LabelRequestError(ValueError):
    """Sessions that cannot be asked for; the message says what to do."""


def request_uncertain_sessions(file: Path, sessions: int, *, by: str) -> pl.DataFrame:
    """Ask for labels of the sessions between whose two best intents the classifier hardly decides.

    They are spread over the leaves: the closest call of each leaf first, then the second of each. Sessions that read
    alike get the same label, so one of them is enough, and none is taken whose narrative is labelled or asked for.

    Args:
        file: a DuckDB file that `dbt build` wrote.
        sessions: how many to ask for.
        by: who asks.

    Returns:
        session_id, intent_id (the best leaf), margin (probability of the best less that of the runner-up), in the order
        in which they were chosen; fewer than `sessions` where there are no more.

    Raises:
        BuiltFileError: the file cannot be written to, or the build in it is not complete.
        LabelRequestError: nobody asks, for no session, or there is none to ask for.
    """
    if sessions < 1:
        raise LabelRequestError(f"{sessions} sessions are none to label: ask for at least one (--sessions).")
    if not by.strip():
        raise LabelRequestError("Nobody is named who asks: say who with --by.")
    with opened(file, is_writing=True) as connection:
        run = Run(BuiltTable("label_requests"), connection)
        chosen = run.warehouse.read(f"{LEAST_CERTAIN} limit {sessions:d}")
        if chosen.is_empty():
            raise LabelRequestError(_why_none(run))
        requests = chosen.select(
            "session_id",
            reason=pl.lit(UNCERTAIN),
            requested_by=pl.lit(by.strip()),
            requested_at=pl.lit(run.now),
        )
        run.warehouse.replace_rows("label_requests", "session_id", requests)
    return chosen


def _why_none(run: Run) -> str:
    (has_scores,) = run.warehouse.read("select count(*) > 0 from session_intent_scores").row(0)
    if has_scores:
        return "Every session reads like one that is labelled or asked for: there is none to add."
    return (
        "There is no classifier, so no session is less certain than another: label more of them "
        "(var label_share) and run `dbt build`."
    )
