"""What the page *Sessions* shows: the map of a sample, and one session of it."""

from dataclasses import dataclass

import polars as pl

from clickintent.dashboard.data import Query


@dataclass(frozen=True, slots=True)
class SessionStory:
    """One session of the map.

    Attributes:
        facts: its row of `mapped_sessions`.
        events: event_index, event_type, page_words, seconds_since_previous, dwell_seconds; in order.
        scores: rank, name, probability; the best first.
        neighbours: rank, session_id, similarity, channel, name, is_converted; the most alike first.
    """

    facts: dict[str, object]
    events: pl.DataFrame
    scores: pl.DataFrame
    neighbours: pl.DataFrame


def read_map(query: Query) -> pl.DataFrame:
    """The sessions of the map.

    Returns:
        session_id, x, y, channel, is_converted, is_abstained, probability, intent (level 1), group_name, name.
    """
    return query(
        """
        select
            mapped.session_id,
            mapped.x,
            mapped.y,
            mapped.channel,
            mapped.is_converted,
            mapped.is_abstained,
            mapped.probability,
            coalesce(mapped.intent_l1, 'none') as intent,
            coalesce(intents.intent_group_name, 'No intent yet') as group_name,
            coalesce(intents.intent_name, 'No intent yet') as name
        from mapped_sessions as mapped
        left join dim_intents as intents on mapped.intent_id = intents.intent_id
        order by mapped.session_id
        """
    )


def read_story(query: Query, session_id: str) -> SessionStory | None:
    """All that is published of a session; None for one that is not on the map."""
    found = query(
        """
        select mapped.*, intents.intent_name as name, runners_up.intent_name as runner_up_name
        from mapped_sessions as mapped
        left join dim_intents as intents on mapped.intent_id = intents.intent_id
        left join dim_intents as runners_up on mapped.runner_up_intent_id = runners_up.intent_id
        where mapped.session_id = ?
        """,
        [session_id],
    )
    if found.is_empty():
        return None
    events = query(
        "select event_index, event_type, page_words, seconds_since_previous, dwell_seconds "
        "from mapped_session_events where session_id = ? order by event_index",
        [session_id],
    )
    scores = query(
        "select scores.rank, coalesce(intents.intent_name, scores.intent_id) as name, scores.probability "
        "from mapped_session_scores as scores left join dim_intents as intents on scores.intent_id = intents.intent_id "
        "where scores.session_id = ? order by scores.rank",
        [session_id],
    )
    neighbours = query(
        """
        select
            near.rank,
            near.neighbour_id as session_id,
            near.similarity,
            mapped.channel,
            coalesce(intents.intent_name, 'No intent yet') as name,
            mapped.is_converted
        from session_neighbours as near
        inner join mapped_sessions as mapped on near.neighbour_id = mapped.session_id
        left join dim_intents as intents on mapped.intent_id = intents.intent_id
        where near.session_id = ?
        order by near.rank
        """,
        [session_id],
    )
    return SessionStory(found.row(0, named=True), events, scores, neighbours)
