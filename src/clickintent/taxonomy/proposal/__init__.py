"""A taxonomy proposed by a language model: from sessions, or from clusters that it names and groups.

The method is that of TnT-LLM (Wan et al. 2024, arXiv 2403.12173): generate from a first mini-batch, update over the
others, review; then near-duplicates are merged and the result is judged on sessions that it was not made from.
"""

from clickintent.taxonomy.proposal.asking import Asker, AskingError
from clickintent.taxonomy.proposal.drafting import Proposal, propose_from_clusters, propose_from_sessions
from clickintent.taxonomy.proposal.representatives import choose_representatives
from clickintent.taxonomy.proposal.settings import ProposalSettings
from clickintent.taxonomy.proposal.sketch import SessionText

__all__ = [
    "Asker",
    "AskingError",
    "Proposal",
    "ProposalSettings",
    "SessionText",
    "choose_representatives",
    "propose_from_clusters",
    "propose_from_sessions",
]
