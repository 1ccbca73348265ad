"""Sessions on which taxonomies are compared, each assigned as the embedding labeler would."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from clickintent.labeling import EmbeddedLabeler
from clickintent.stages.run import Run
from clickintent.stages.sending import Sending
from clickintent.taxonomy import Taxonomy
from clickintent.taxonomy.changes import Assignment
from clickintent.warehouse import Relation

SAMPLED_SESSIONS: Final = 2_000
"""Sessions that are compared: shares are then known to about two hundredths."""


@dataclass(frozen=True)
class SessionInputs:
    """Tables of sessions that a taxonomy may be drafted from and measured on; none of them depends on a taxonomy.

    Attributes:
        sending: what may be told, and what a language model is asked with.
    """

    narratives: Relation
    sequences: Relation
    embeddings: Relation
    encoder_versions: Relation
    sending: Sending


class SessionSample:
    """The same sessions for every taxonomy, read once they are needed.

    Args:
        run: the dbt run.
        narratives: `session_narratives`.
    """

    def __init__(self, run: Run, narratives: Relation) -> None:
        self._run = run
        self._narratives = narratives
        self._assigned: dict[Taxonomy, Assignment] = {}

    def assign(self, taxonomy: Taxonomy) -> Assignment:
        """The leaf of each session; None where the labeler abstains."""
        if taxonomy not in self._assigned:
            labels = EmbeddedLabeler(taxonomy).label(*self._sessions) if self._sessions[0] else []
            self._assigned[taxonomy] = [label.intents[0][0] if label.intents else None for label in labels]
        return self._assigned[taxonomy]

    @cached_property
    def _sessions(self) -> tuple[list[str], list[str]]:
        """Narratives and channels; ids are hashes, so that their order is a random sample, and a stable one."""
        rows = self._run.warehouse.read(
            f"""
            select narrative, channel from {self._run.source(self._narratives)} as narratives
            order by session_id limit {SAMPLED_SESSIONS}
            """
        )
        return rows["narrative"].to_list(), rows["channel"].to_list()
