"""Sessions ready to train on, and the parts of them that a step needs."""

import math
from dataclasses import dataclass

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray
from torch import Tensor

from clickintent.encoder.channel_agreement import NO_INTENT, IntentPools, intent_pools
from clickintent.encoder.config import EncoderConfig
from clickintent.encoder.errors import EncoderInputError
from clickintent.encoder.objectives import Bag, Candidates
from clickintent.encoder.page_reading import PageTexts, read_texts
from clickintent.encoder.page_text import bucket_of, page_key_text
from clickintent.encoder.session_arrays import FIRST_CODE, SessionArrays
from clickintent.encoder.sessions import flatten_sessions

# The hash space of visitors and sessions, finer than any share in use.
HASH_SPACE = 1_000_000
NO_SESSION = -1
SITE_COLUMNS = ("source", "site_id", "channel")
# As in sessions: the same id on another site or channel is another visitor
VISITOR_COLUMNS = (*SITE_COLUMNS, "visitor_id")


@dataclass(frozen=True)
class TrainingData:
    """Sessions ready to train on, in an order that depends on their ids only.

    Attributes:
        sessions: flat sessions; page codes count rows of `pages`.
        pages: texts of the distinct pages, read once.
        page_counts: float64[pages], events per page.
        visitors, contents, rivals: int64[sessions], codes for `may_repel`; rivals are of one site and channel.
        next_rows: int64[sessions], the visitor's next session, NO_SESSION if there is none or no time is known.
        sites: int64[sessions], a code for source, site and channel.
        site_pages: bool[sites, pages], the pages seen there: the others are never an answer there.
        training_rows, heldout_rows: int64, apart by visitor.
        intent_pools: sessions of `training_rows` whose intent somebody told; empty where nobody did.
    """

    sessions: SessionArrays
    pages: PageTexts
    page_counts: NDArray[np.float64]
    visitors: NDArray[np.int64]
    contents: NDArray[np.int64]
    rivals: NDArray[np.int64]
    next_rows: NDArray[np.int64]
    sites: NDArray[np.int64]
    site_pages: NDArray[np.bool_]
    training_rows: NDArray[np.int64]
    heldout_rows: NDArray[np.int64]
    intent_pools: IntentPools

    @property
    def is_training(self) -> NDArray[np.bool_]:
        """bool[sessions], those of `training_rows`."""
        is_training = np.zeros(len(self.sessions), dtype=bool)
        is_training[self.training_rows] = True
        return is_training


def sample_sessions(sequences: pl.DataFrame, config: EncoderConfig) -> pl.DataFrame:
    """At most `max_training_sessions` rows, chosen by hash of their id: no dependence on row order.

    Raises:
        EncoderInputError: session_id or visitor_id is missing.
    """
    absent = [name for name in ("session_id", "visitor_id") if name not in sequences.columns]
    if absent:
        raise EncoderInputError(f"The table session_sequences lacks the columns {absent}.")
    if len(sequences) > config.max_training_sessions:
        hashes = [bucket_of(session_id, HASH_SPACE) for session_id in sequences["session_id"].to_list()]
        sequences = sequences.with_columns(pl.Series("_hash", hashes)).sort("_hash", "session_id")
        sequences = sequences.head(config.max_training_sessions).drop("_hash")
    return sequences.sort("session_id")


def prepare(sequences: pl.DataFrame, pages: pl.DataFrame, config: EncoderConfig) -> TrainingData:
    """Flatten sampled sessions and set held-out visitors apart.

    Where `sequences` has a column told_intent, sessions of one intent in two channels are to agree; null tells nothing.
    """
    sessions = flatten_sessions(sequences, config)
    known_text = dict(pages.select("page_key", "text").iter_rows())
    texts = [known_text.get(key) or page_key_text(key) for key in sessions.page_keys]
    visitors = sequences["visitor_id"].cast(pl.String).fill_null("")
    is_heldout = np.asarray(
        [bucket_of(visitor, HASH_SPACE) < config.heldout_share * HASH_SPACE for visitor in visitors],
        dtype=bool,
    )
    contents = sequences.select(
        pl.col("page_keys").list.join("\n").fill_null("")
        + "\t"
        + pl.col("event_types").list.join("\n", ignore_nulls=True).fill_null("")
    ).to_series()
    has_page = sessions.page >= FIRST_CODE
    seen = sessions.page[has_page] - FIRST_CODE
    page_counts = np.bincount(seen, minlength=len(sessions.page_keys)).astype(np.float64)
    sites = _dense_codes(sequences.select(_key_of(sequences, SITE_COLUMNS)).to_series()) - 1
    site_pages = np.zeros((int(sites.max(initial=-1)) + 1, len(sessions.page_keys)), dtype=bool)
    site_pages[np.repeat(sites, sessions.lengths)[has_page], seen] = True
    training_rows = np.flatnonzero(~is_heldout)
    return TrainingData(
        sessions=sessions,
        pages=read_texts(texts, config),
        page_counts=page_counts,
        visitors=_dense_codes(sequences.select(_key_of(sequences, VISITOR_COLUMNS)).to_series()),
        contents=_dense_codes(contents),
        rivals=sites,
        next_rows=_next_rows(sequences),
        sites=sites,
        site_pages=site_pages,
        training_rows=training_rows,
        heldout_rows=np.flatnonzero(is_heldout)[: config.heldout_sessions],
        intent_pools=intent_pools(_intents(sequences), sessions.channel, training_rows),
    )


def draw_candidates(
    data: TrainingData, rows: NDArray[np.int64], config: EncoderConfig, random: np.random.Generator
) -> Candidates:
    """All pages where they are few; else the pages of the sessions `rows` and a sample by popularity."""
    pages = len(data.pages)
    if pages <= config.candidate_pages:
        return Candidates(np.arange(pages), torch.zeros(pages))
    events = events_of(data.sessions, rows)
    in_batch = np.unique(data.sessions.page[events])
    in_batch = in_batch[in_batch >= FIRST_CODE] - FIRST_CODE
    chance = data.page_counts / data.page_counts.sum()
    drawn = random.choice(pages, size=config.candidate_pages, p=chance)
    chosen = np.union1d(in_batch, drawn)
    draws = len(events) + config.candidate_pages
    log_chance = np.log(-np.expm1(draws * np.log1p(-chance[chosen].clip(max=1 - 1e-9))))
    return Candidates(chosen, torch.as_tensor(log_chance.astype(np.float32)))


def log_chance_by_session(data: TrainingData, rows: NDArray[np.int64], candidates: Candidates) -> Tensor:
    """Log of each candidate's chance, infinite where a session's site never showed the page: float32[rows, candidates].

    Pages of another site or channel would be told apart by their words alone, and what is the same there would be
    driven away.
    """
    is_possible = torch.as_tensor(data.site_pages[np.ix_(data.sites[rows], candidates.rows)])
    return torch.where(is_possible, candidates.log_chance, math.inf)


def localise(sessions: SessionArrays, rows: NDArray[np.int64], page_rows: NDArray[np.int64]) -> SessionArrays:
    """The sessions `rows` alone, with page codes that count `page_rows` (sorted)."""
    events = events_of(sessions, rows)
    page = sessions.page[events]
    has_page = page >= FIRST_CODE
    page = np.where(has_page, FIRST_CODE + np.searchsorted(page_rows, page - FIRST_CODE), page)
    return SessionArrays(
        offsets=np.concatenate([[0], np.cumsum(sessions.lengths[rows])]).astype(np.int64),
        page=page,
        page_keys=[sessions.page_keys[row] for row in page_rows],
        event_type=sessions.event_type[events],
        dwell=sessions.dwell[events],
        gap=sessions.gap[events],
        value=sessions.value[events],
        elapsed=sessions.elapsed[events],
        hour=sessions.hour[events],
        weekday=sessions.weekday[events],
        channel=sessions.channel[rows],
        device=sessions.device[rows],
        referrer=sessions.referrer[rows],
    )


def bag_of(sessions: SessionArrays, owners: NDArray[np.int64], events: NDArray[np.int64]) -> Bag:
    """Events of localised sessions as a bag; `owners` (int64[k]) says whose each of them counts as."""
    return Bag(
        session=torch.as_tensor(owners),
        page=torch.as_tensor(sessions.page[events] - FIRST_CODE),
        event_type=torch.as_tensor(sessions.event_type[events] - FIRST_CODE),
        dwell=torch.as_tensor(sessions.dwell[events]),
    )


def events_of(sessions: SessionArrays, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """int64, the events of the sessions `rows`, one session after another."""
    lengths = sessions.lengths[rows]
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    events: NDArray[np.int64] = np.repeat(sessions.offsets[rows] - starts, lengths) + np.arange(lengths.sum())
    return events


def _key_of(sequences: pl.DataFrame, columns: tuple[str, ...]) -> pl.Expr:
    """One text of those columns that are there."""
    named = [pl.col(name).cast(pl.String).fill_null("") for name in columns if name in sequences.columns]
    return pl.concat_str(named, separator="\n")


def _next_rows(sequences: pl.DataFrame) -> NDArray[np.int64]:
    if "started_at" not in sequences.columns:
        return np.full(len(sequences), NO_SESSION, dtype=np.int64)
    follower = (
        sequences.select("started_at", "session_id", visitor=_key_of(sequences, VISITOR_COLUMNS))
        .with_row_index("row")
        .sort("visitor", "started_at", "session_id")
        .with_columns(follower=pl.col("row").cast(pl.Int64).shift(-1).over("visitor"))
        .sort("row")["follower"]
    )
    rows: NDArray[np.int64] = follower.fill_null(NO_SESSION).to_numpy()
    return rows


def _intents(sequences: pl.DataFrame) -> NDArray[np.int64]:
    # a name of its own: a table of sessions may hold their true intents, by which nothing is to be trained
    if "told_intent" not in sequences.columns:
        return np.full(len(sequences), NO_INTENT, dtype=np.int64)
    codes: NDArray[np.int64] = (
        sequences["told_intent"].cast(pl.String).rank("dense").cast(pl.Int64).fill_null(NO_INTENT).to_numpy()
    )
    return codes


def _dense_codes(values: pl.Series) -> NDArray[np.int64]:
    """Equal values get equal codes."""
    codes: NDArray[np.int64] = values.rank("dense").cast(pl.Int64).to_numpy()
    return codes
