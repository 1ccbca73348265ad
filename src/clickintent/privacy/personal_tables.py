"""Which tables hold a person, and by what: the one list that erasing and searching go by.

The conditions read temporary tables of one connection, which `people.find` fills with whom a request is about.
"""

from dataclasses import dataclass
from typing import Final

VISITOR: Final = (
    "(source, site_id, channel, visitor_id) in (select (source, site_id, channel, visitor_id) from asked_visitors)"
)
CUSTOMER: Final = "customer_id in (select customer_id from asked_customers)"
EVENT: Final = "event_id in (select event_id from asked_events)"
SESSION: Final = "session_id in (select session_id from asked_sessions)"
EXAMPLE: Final = "example_id in (select session_id from asked_sessions)"
JOURNEY: Final = "journey_id in (select journey_id from asked_journeys)"
REFUSAL: Final = "visitor_hash in (select visitor_hash from asked_visitors)"
PLACE: Final = "(visitor_hash, block_started_at) in (select (visitor_hash, block_started_at) from asked_blocks)"
RAW_ROW: Final = "event_id in (select event_id from asked_raw_rows)"
NEIGHBOUR: Final = "neighbour_id in (select session_id from asked_sessions)"
PAGE: Final = "page_key in (select page_key from pages_of_nobody_else)"
USER_AGENT: Final = "user_agent in (select user_agent from user_agents_of_nobody_else)"

# as `source_events` reads these columns
DEMO_VISITOR: Final = VISITOR.replace(
    "(source, site_id, channel, visitor_id) in",
    "('demo', coalesce(nullif(trim(site_id), ''), 'default'), channel, nullif(trim(visitor_id), '')) in",
)


@dataclass(frozen=True, slots=True)
class PersonalTable:
    """A table that holds people.

    Attributes:
        holds: what of them, in words.
        by: conditions, each of which finds rows of theirs.
        is_text_only: whether a row stays, and only text in it goes (`llm_text`).
    """

    holds: str
    by: tuple[str, ...]
    is_text_only: bool = False

    @property
    def condition(self) -> str:
        """SQL that is true for rows of the people asked for, and never null."""
        return f"coalesce({' or '.join(f'({condition})' for condition in self.by) or 'false'}, false)"


PERSONAL_TABLES: Final = {
    "demo_events": PersonalTable("raw rows of the synthetic bank", (DEMO_VISITOR, CUSTOMER)),
    "demo_truth_events": PersonalTable("what the simulator knows of events", (EVENT,)),
    "stg_events": PersonalTable("events", (VISITOR, CUSTOMER)),
    "quarantined_events": PersonalTable("raw rows in quarantine", (RAW_ROW,)),
    "consent_withdrawals": PersonalTable("refusals, by a hash of the visitor", (REFUSAL,)),
    "customer_sightings": PersonalTable("logins on a device", (VISITOR, CUSTOMER)),
    "visitor_customers": PersonalTable("customers of a device", (VISITOR, CUSTOMER)),
    "placed_events": PersonalTable("events in their sessions", (EVENT, PLACE)),
    "user_agents": PersonalTable("user agents of nobody else", (USER_AGENT,)),
    "pages": PersonalTable("pages, or titles of them, that nobody else has seen", (PAGE,)),
    "page_embeddings": PersonalTable("embeddings of these pages", (PAGE,)),
    "sessions": PersonalTable("sessions", (SESSION,)),
    "session_features": PersonalTable("features of sessions", (SESSION,)),
    "session_sequences": PersonalTable("sequences of sessions", (SESSION,)),
    "session_stages": PersonalTable("stages of sessions", (SESSION,)),
    "session_customers": PersonalTable("customers of sessions", (SESSION, CUSTOMER)),
    "session_narratives": PersonalTable("narratives", (SESSION,)),
    "session_strata": PersonalTable("kinds of sessions, for the label sample", (SESSION,)),
    "label_requests": PersonalTable("sessions asked for to be labelled", (SESSION,)),
    "label_sample": PersonalTable("sessions drawn for labels", (SESSION,)),
    "session_labels": PersonalTable("labels", (SESSION,)),
    "gold_labels": PersonalTable("gold labels, until seeds/gold_labels.csv brings them back", (SESSION,)),
    "session_embedding_versions": PersonalTable("embeddings", (SESSION,)),
    "session_intent_predictions": PersonalTable("intents", (SESSION,)),
    "session_map": PersonalTable("places of sessions on the map", (SESSION,)),
    "session_neighbours": PersonalTable("alike sessions on the map", (SESSION, NEIGHBOUR)),
    "journey_sessions": PersonalTable("sessions of journeys", (SESSION, JOURNEY)),
    "journeys": PersonalTable("journeys", (VISITOR, CUSTOMER, JOURNEY)),
    "session_histories": PersonalTable("sessions of customers", (SESSION, CUSTOMER)),
    "customer_embedding_changes": PersonalTable("embeddings of customers", (CUSTOMER,)),
    "tile_impressions": PersonalTable("tiles that were shown", (SESSION, CUSTOMER)),
    "tile_running_sequences": PersonalTable("sessions up to a tile", (SESSION,)),
    "tile_running_embeddings": PersonalTable("embeddings of these", (SESSION,)),
    "tile_ranking_examples": PersonalTable("examples for a ranker of tiles", (SESSION, CUSTOMER)),
    "demo_truth": PersonalTable("the simulator's truth of sessions", (SESSION,)),
    "eval_sessions": PersonalTable("sessions that are evaluated on", (SESSION,)),
    "eval_sequences": PersonalTable("sequences that are evaluated on", (SESSION,)),
    "eval_page_embeddings": PersonalTable("embeddings of these pages, for the evaluation", (PAGE,)),
    "eval_session_embeddings": PersonalTable("embeddings, for the evaluation", (SESSION,)),
    "eval_session_labels": PersonalTable("labels, for the evaluation", (SESSION,)),
    "eval_outcomes": PersonalTable("outcomes, for the evaluation", (SESSION,)),
    "eval_examples": PersonalTable("moments, for the evaluation", (SESSION,)),
    "eval_example_sessions": PersonalTable("what these moments know", (SESSION, EXAMPLE)),
    "eval_customer_embeddings": PersonalTable("embeddings of customers, for the evaluation", (CUSTOMER,)),
    "eval_tile_examples": PersonalTable("tiles that were shown, for the evaluation", (SESSION, CUSTOMER)),
    "eval_session_intents": PersonalTable("intents, for the evaluation", (SESSION,)),
    "llm_calls": PersonalTable("text sent to an LLM and its answers", (), is_text_only=True),
}
"""Table -> what it holds of a person, and how their rows are found. A table that is not built is passed over."""

PERSON_COLUMNS: Final = frozenset(
    {
        *("visitor_id", "visitor_hash", "customer_id", "user_agent", "raw"),
        *("event_id", "session_id", "journey_id", "first_session_id", "last_session_id", "simulated_session_id"),
        *("neighbour_id",),
        *("page_key", "narrative", "narrative_hash", "request", "response"),
    }
)
"""Columns that tell of a person, or lead to one: a table of a build that has any of them is in `PERSONAL_TABLES`."""

TOMBSTONES: Final = "erasures"
"""The table that keeps the hashes of erased people, and is neither searched nor erased."""
