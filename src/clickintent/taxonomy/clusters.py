"""A draft of a taxonomy from nothing but sessions: two levels of clusters, as fine as page terms can tell apart.

Sessions of a channel are put into many small clusters by their embeddings (k-means); these are joined, across channels
too, by the likeness of embeddings and terms (average linkage); the tree is cut where the clusters and the labels that
the embedding labeler gives by their terms agree best within channels, since only what terms tell apart can be labelled.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import fcluster, linkage  # type: ignore[import-untyped,unused-ignore]
from scipy.sparse import csr_matrix  # type: ignore[import-untyped,unused-ignore]
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_mutual_info_score, silhouette_score
from sklearn.preprocessing import normalize
from threadpoolctl import threadpool_limits

from clickintent.labeling.embedded import EmbeddedLabeler
from clickintent.taxonomy.content import versioned
from clickintent.taxonomy.naming import Labels, Portrait, draft_intents, portraits
from clickintent.taxonomy.quality import Figure, share_figure
from clickintent.taxonomy.reading import MIN_LEAVES, Taxonomy
from clickintent.taxonomy.rows import TaxonomyError
from clickintent.taxonomy.terms import PHRASE, WORD, SessionTerms, read_terms

SEED: Final = 7
"""Of the k-means: the same sessions make the same clusters."""

_STARTS: Final = 3
_SESSIONS_PER_PART: Final = 25
_PARTS_PER_LEAF: Final = 2
"""Small clusters per channel: as many for each leaf, of so many sessions on average at least."""

_SESSIONS_PER_LEAF: Final = 50
"""On average at least: fewer teach a student nothing."""

_EMBEDDING_WEIGHT: Final = 0.5
"""Of embeddings beside terms in the likeness of two clusters."""

_ONE_CHANNEL: Final = 0.9
"""From this share of its sessions on, a cluster is of one channel."""

_SAME_CENTRE: Final = 0.6
"""Least cosine of the centres of a web and an app cluster that are one intent: one encoder reads both."""

_JUDGED_SESSIONS: Final = 2_000
"""Sessions by which a cut is judged: the first ones, whose ids are hashes."""

_CUTS: Final = (2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 21, 25, 30, 35)
_TIE: Final = 0.02
"""Of two cuts that agree with the labels about as well, the finer one says more."""

_LEAVES_PER_GROUP: Final = 2.5
"""On average: what a chart's legend holds."""

_LEAST_RECALL: Final = 0.25
"""A cluster of whose sessions the labeler finds a smaller share is no intent that terms can tell."""

_Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ClusterInputs:
    """n sessions, in the order of their ids.

    Attributes:
        vectors: float32[n, d] of unit length.
        channels: 'web' or 'app'.
        visitors: whose they are.
        narratives: as labelers read them.
        page_keys: pages of each session.
    """

    vectors: npt.NDArray[np.float32]
    channels: Sequence[str]
    visitors: Sequence[str]
    narratives: Sequence[str]
    page_keys: Sequence[Sequence[str]]

    @cached_property
    def channels_of_page(self) -> dict[str, set[str]]:
        """Channels in which each page is seen."""
        channels: defaultdict[str, set[str]] = defaultdict(set)
        for channel, keys in zip(self.channels, self.page_keys, strict=True):
            for key in keys:
                channels[key].add(channel)
        return channels


@dataclass(frozen=True)
class _Cut:
    """A draft at one number of leaves, with what the labeler makes of it.

    Attributes:
        labels: leaf of each session, from 0; -1 for sessions of none.
        taxonomy: the leaves as intents.
        assigned: leaf that the labeler gives the first sessions, -1 where it abstains.
        agreement: of both, by `agreement_in_channels`.
    """

    labels: Labels
    taxonomy: Taxonomy
    assigned: Labels
    agreement: float


def cluster_taxonomy(sessions: ClusterInputs, max_leaves: int, min_visitors: int) -> tuple[Taxonomy, list[Figure]]:
    """A taxonomy of clusters of sessions, and how well it holds together.

    Args:
        sessions: a sample; human ones only.
        max_leaves: most leaves.
        min_visitors: fewest visitors of a page, word or event type that may name an intent.

    Returns:
        The taxonomy, and the figures 'cluster_coverage', 'cluster_purity', 'cluster_agreement' and 'silhouette'.

    Raises:
        TaxonomyError: there are too few sessions, or too little that enough people have seen, to tell two apart.
    """
    terms = read_terms(sessions.narratives, sessions.page_keys, sessions.visitors, min_visitors)
    most = min(max_leaves, len(sessions.channels) // _SESSIONS_PER_LEAF)
    if most < MIN_LEAVES or not terms.is_kind(WORD).any():
        raise TaxonomyError(
            f"{len(sessions.channels)} sessions with {terms.is_kind(WORD).sum()} words that {min_visitors} visitors "
            f"have seen make no draft of a taxonomy: it takes {MIN_LEAVES * _SESSIONS_PER_LEAF} sessions. Set "
            "taxonomy_source to seed until there are more."
        )
    with threadpool_limits(limits=1):  # sums of numbers depend on how many threads add them up
        parts = _parts(sessions, most)
        tree = _tree(sessions, terms, parts)
        cuts = [_cut(sessions, terms, parts, tree, leaves) for leaves in _CUTS if leaves <= most]
    found = [cut for cut in cuts if cut is not None]
    if not found:
        raise TaxonomyError(
            f"No two clusters of {len(sessions.channels)} sessions are told apart by words that {min_visitors} "
            "visitors have seen: write a taxonomy, in seeds/taxonomy.csv, or wait for more sessions."
        )
    chosen = found[_finest_of_best([cut.agreement for cut in found])]
    return chosen.taxonomy, _figures(sessions, chosen)


def _finest_of_best(agreements: Sequence[float]) -> int:
    """Number of the finest cut that agrees with the labels about as well as any; from coarse to fine."""
    return max(number for number, agreement in enumerate(agreements) if agreement >= max(agreements) - _TIE)


def _parts(sessions: ClusterInputs, most: int) -> Labels:
    """Small cluster of each session, none of them in two channels."""
    channels = np.array(sessions.channels)
    parts = np.zeros(len(channels), dtype=np.int64)
    first = 0
    for channel in sorted(set(sessions.channels)):
        of_channel = np.flatnonzero(channels == channel)
        count = max(1, min(_PARTS_PER_LEAF * most, len(of_channel) // _SESSIONS_PER_PART))
        fitted = KMeans(count, n_init=_STARTS, random_state=SEED).fit_predict(sessions.vectors[of_channel])
        parts[of_channel] = first + np.unique(fitted, return_inverse=True)[1]
        first = int(parts.max()) + 1
    return parts


def _tree(sessions: ClusterInputs, terms: SessionTerms, labels: Labels) -> _Matrix:
    """How clusters join, as SciPy writes it: by the weighted mean of the cosines of their centres and profiles."""
    centres, profiles = _centres(sessions, labels), _profiles(terms, labels)
    both = np.hstack([np.sqrt(_EMBEDDING_WEIGHT) * centres, np.sqrt(1 - _EMBEDDING_WEIGHT) * profiles])
    tree: _Matrix = linkage(both, "average", metric="cosine")
    return tree


def _centres(sessions: ClusterInputs, labels: Labels) -> _Matrix:
    """Mean embedding of each cluster's sessions, of unit length."""
    centres: _Matrix = normalize(_members(labels) @ sessions.vectors)
    return centres


def _profiles(terms: SessionTerms, labels: Labels) -> _Matrix:
    """Share of each cluster's sessions that have each word or text, by TF-IDF, of unit length."""
    told = terms.is_kind(WORD, PHRASE)
    weight = np.log(1 / np.maximum(terms.share[told], 1 / len(labels)))
    shares = normalize(_members(labels), norm="l1") @ terms.counts[:, told]
    profiles: _Matrix = normalize(shares.toarray() * weight)
    return profiles


def _members(labels: Labels) -> csr_matrix:
    """Clusters x sessions, 1 where a session is in a cluster."""
    is_in = labels >= 0
    rows, columns = labels[is_in], np.flatnonzero(is_in)
    return csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(int(labels.max()) + 1, len(labels)))


def _cut(sessions: ClusterInputs, terms: SessionTerms, parts: Labels, tree: _Matrix, leaves: int) -> _Cut | None:
    """The draft with at most so many leaves; None where fewer than two can be told by their terms."""
    clusters = _in_order(fcluster(tree, leaves, "maxclust")[parts])
    drafted = _draft(sessions, terms, _with_channels_joined(sessions, terms, clusters))
    if drafted is None:
        return None
    joined = _with_unrecognised_joined(drafted)
    return drafted if np.array_equal(joined, drafted.labels) else _draft(sessions, terms, joined)


def _with_channels_joined(sessions: ClusterInputs, terms: SessionTerms, labels: Labels) -> Labels:
    """One intent leaves other pages on the web than in the app: clusters that are each other's nearest become one."""
    channels = np.array(sessions.channels)
    on_web = np.array([(channels[labels == n] == "web").mean() for n in range(int(labels.max()) + 1)])
    web, app = np.flatnonzero(on_web > _ONE_CHANNEL), np.flatnonzero(on_web < 1 - _ONE_CHANNEL)
    if not len(web) or not len(app):
        return labels
    centres, profiles = (each[web] @ each[app].T for each in (_centres(sessions, labels), _profiles(terms, labels)))
    near = np.where(profiles > np.median(profiles), centres, -1.0)
    is_pair = (near == near.max(axis=1, keepdims=True)) & (near == near.max(axis=0)) & (near >= _SAME_CENTRE)
    place = np.arange(len(on_web))
    rows, columns = np.nonzero(is_pair)
    place[app[columns]] = web[rows]
    joined: Labels = place[labels]
    return joined


def _draft(sessions: ClusterInputs, terms: SessionTerms, labels: Labels) -> _Cut | None:
    """Clusters, less those that no term sets apart, as intents, and as the labeler finds them."""
    labels = _in_order(labels)
    found = portraits(terms, labels, int(labels.max()) + 1)
    named = [number for number, portrait in enumerate(found) if portrait.words]
    if len(named) < MIN_LEAVES:
        return None
    place = np.full(len(found) + 1, -1)  # the last one is where -1 points to
    place[named] = np.arange(len(named))
    labels = place[labels]
    leaves = [found[number] for number in named]
    group_of = _groups(sessions, terms, labels)
    groups = _group_portraits(terms, labels, group_of, leaves)
    intents, leaf_ids = draft_intents(leaves, groups, group_of.tolist(), sessions.channels_of_page)
    taxonomy = versioned(intents)
    answers = EmbeddedLabeler(taxonomy).label(
        sessions.narratives[:_JUDGED_SESSIONS], sessions.channels[:_JUDGED_SESSIONS]
    )
    number = {leaf_id: number for number, leaf_id in enumerate(leaf_ids)}
    assigned = np.array([number[answer.intents[0][0]] if answer.intents else -1 for answer in answers])
    agreement = agreement_in_channels(labels[:_JUDGED_SESSIONS], assigned, sessions.channels[:_JUDGED_SESSIONS])
    return _Cut(labels, taxonomy, assigned, agreement)


def agreement_in_channels(labels: Labels, assigned: Labels, channels: Sequence[str]) -> float:
    """How far two divisions of n sessions agree beyond telling channels apart, which needs no taxonomy.

    Args:
        labels: n numbers.
        assigned: n other ones.
        channels: n channels.

    Returns:
        Adjusted mutual information within each channel, averaged by sessions; 0 for a channel that is not divided.
    """
    total = 0.0
    for channel in sorted(set(channels)):
        is_here = np.array([name == channel for name in channels], dtype=bool)
        # of two divisions into one part each the score is 1
        if len(set(labels[is_here])) > 1:
            total += float(adjusted_mutual_info_score(labels[is_here], assigned[is_here])) * int(is_here.sum())
    return total / len(channels)


def _with_unrecognised_joined(cut: _Cut) -> Labels:
    """Clusters that the labeler does not find, as part of the one that it finds in their place; else as none."""
    judged = cut.labels[:_JUDGED_SESSIONS]
    count = int(cut.labels.max()) + 1
    answers = np.zeros((count, count))
    np.add.at(
        answers, (judged[(judged >= 0) & (cut.assigned >= 0)], cut.assigned[(judged >= 0) & (cut.assigned >= 0)]), 1
    )
    sizes = np.bincount(judged[judged >= 0], minlength=count)
    is_found = np.diag(answers) >= _LEAST_RECALL * np.maximum(sizes, 1)
    instead = np.where(is_found, answers, 0)
    into = np.where(instead.max(axis=1) > 0, instead.argmax(axis=1), -1)
    into = np.where(is_found, np.arange(count), into)
    joined: Labels = np.append(into, -1)[cut.labels]
    return joined


def _groups(sessions: ClusterInputs, terms: SessionTerms, labels: Labels) -> Labels:
    """Group of each leaf, from 0."""
    tree = _tree(sessions, terms, labels)
    count = max(MIN_LEAVES, round((len(tree) + 1) / _LEAVES_PER_GROUP))
    return np.unique(fcluster(tree, count, "maxclust"), return_inverse=True)[1].astype(np.int64)


def _group_portraits(
    terms: SessionTerms, labels: Labels, group_of: Labels, leaves: Sequence[Portrait]
) -> list[Portrait]:
    """Portraits of the groups; one that nothing sets apart as a whole is told by its leaves."""
    found = portraits(terms, np.append(group_of, -1)[labels], int(group_of.max()) + 1)
    return [
        portrait
        if portrait.words
        else Portrait(tuple(leaves[n].words[0] for n in np.flatnonzero(group_of == number).tolist()))
        for number, portrait in enumerate(found)
    ]


def _in_order(labels: Labels) -> Labels:
    """Clusters numbered from 0 in the order of their first session; -1 stays."""
    numbers, first = (
        np.unique(labels[labels >= 0], return_index=True) if labels.min() < 0 else np.unique(labels, return_index=True)
    )
    place = {int(number): order for order, number in enumerate(numbers[np.argsort(first)])}
    return np.array([place.get(int(label), -1) for label in labels], dtype=np.int64)


def _figures(sessions: ClusterInputs, cut: _Cut) -> list[Figure]:
    judged = cut.labels[:_JUDGED_SESSIONS]
    is_placed = judged >= 0
    is_answered = is_placed & (cut.assigned >= 0)
    n, answered = len(cut.labels), int(is_answered.sum())
    figures = [
        share_figure("cluster_coverage", None, int((cut.labels >= 0).sum()), n),
        Figure("cluster_agreement", None, cut.agreement, None, None, len(judged)),
    ]
    if answered:
        same = int((judged == cut.assigned)[is_answered].sum())
        figures.append(share_figure("cluster_purity", None, same, answered))
    if 1 < len(np.unique(judged[is_placed])) < is_placed.sum():
        vectors = sessions.vectors[:_JUDGED_SESSIONS][is_placed]
        silhouette = float(silhouette_score(vectors, judged[is_placed], metric="cosine"))
        figures.append(Figure("silhouette", None, silhouette, None, None, int(is_placed.sum())))
    return figures
