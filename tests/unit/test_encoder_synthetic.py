"""Synthetic sessions of eight topics, and what an encoder must learn from them without seeing a topic."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression

from clickintent.encoder import EncoderConfig, embed_pages, encode, load_encoder, train_encoder
from clickintent.encoder.config import SEEDED

TOPICS = {
    "cards": "card credit cashback visa limit annual fee platinum travel points",
    "homes": "mortgage home refinance equity appraisal closing fixed escrow buyer house",
    "autos": "auto car vehicle loan dealer lease motorcycle trade engine title",
    "saving": "savings deposit certificate yield goal interest bonus emergency jar ladder",
    "invest": "stocks funds retirement portfolio broker dividend index pension trading bonds",
    "insure": "insurance policy claim coverage premium quote liability renters deductible rider",
    "moving": "transfer wire payee zelle iban payment schedule send recipient swift",
    "trouble": "dispute fraud stolen freeze hardship overdue unauthorised report block chargeback",
}
SHARED_PAGES = {
    "web": ["home", "search results", "help centre", "log in", "contact us", "rates"],
    "app": ["accounts home", "menu", "inbox", "profile", "support chat", "explore"],
}
PAGES_PER_TOPIC = 10


@dataclass(frozen=True)
class SyntheticSessions:
    """Sessions as in session_sequences, their pages, and the topic that drove each."""

    sequences: pl.DataFrame
    pages: pl.DataFrame
    topics: np.ndarray


def simulate(sessions: int, seed: int = 0, own_share: float = 0.4) -> SyntheticSessions:
    """Web and app sessions: `own_share` of events on the topic's pages, others on shared ones."""
    random = np.random.default_rng(seed)
    keys, texts, by_topic = _site()
    rows, topics = [], []
    for number in range(sessions):
        visitor = int(random.integers(max(sessions // 3, 1)))
        topic = (visitor + int(random.integers(2))) % len(TOPICS)
        channel = "web" if random.random() < 0.6 else "app"
        length = 1 + min(int(random.geometric(0.19)), 40)
        page_keys = []
        for _ in range(length):
            draw = random.random()
            if draw < own_share:
                page_keys.append(str(random.choice(by_topic[channel][topic])))
            elif draw < 0.8:
                page_keys.append(str(random.choice(by_topic[channel][-1])))
            else:
                page_keys.append(str(random.choice(by_topic[channel][int(random.integers(len(TOPICS)))])))
        started = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=int(random.integers(60_000)))
        dwell = [float(seconds) for seconds in random.lognormal(3, 1, length)]
        rows.append(
            {
                "session_id": f"session-{seed}-{number:06d}",
                "source": "synthetic",
                "site_id": "default",
                "channel": channel,
                "visitor_id": f"visitor-{visitor}",
                "device_type": None if channel == "app" else str(random.choice(["desktop", "mobile"])),
                "referrer_medium": str(random.choice(["search", "email", "direct"])) if channel == "web" else None,
                "started_at": started,
                "page_keys": page_keys,
                "event_types": [str(random.choice(["page_view", "page_view", "click"])) for _ in range(length)],
                "dwell_seconds": [*dwell[:-1], None],
                "gap_seconds": [None, *dwell[:-1]],
                "hours": [started.hour] * length,
                "weekdays": [started.weekday()] * length,
                "event_values": [None] * length,
                "truncated_count": 0,
                "content_hash": f"hash-{number}",
            }
        )
        topics.append(topic)
    frame = pl.DataFrame(rows, infer_schema_length=None, schema_overrides={"event_values": pl.List(pl.Float64)})
    pages = pl.DataFrame({"page_key": keys, "text": texts, "page_group": ["any"] * len(keys)})
    return SyntheticSessions(frame, pages, np.array(topics))


def probe_accuracy(embeddings: np.ndarray, topics: np.ndarray, channels: pl.Series) -> dict[str, float]:
    """Accuracy of a linear head on frozen embeddings, per channel, on the second half."""
    half = len(topics) // 2
    head = LogisticRegression(max_iter=500, C=10.0).fit(embeddings[:half], topics[:half])
    is_right = head.predict(embeddings[half:]) == topics[half:]
    return {name: float(is_right[(channels[half:] == name).to_numpy()].mean()) for name in ("web", "app")}


def _site() -> tuple[list[str], list[str], dict[str, list[list[str]]]]:
    random = np.random.default_rng(99)
    keys: list[str] = []
    texts: list[str] = []
    by_topic: dict[str, list[list[str]]] = {}
    for channel in ("web", "app"):
        by_topic[channel] = []
        for topic, vocabulary in TOPICS.items():
            own = []
            for number in range(PAGES_PER_TOPIC):
                words = random.choice(vocabulary.split(), size=2, replace=False)
                key = f"/{topic[:3]}/p{number}" if channel == "web" else f"{topic[:3].title()}Screen{number}"
                own.append(key)
                keys.append(key)
                texts.append(" ".join(words))
            by_topic[channel].append(own)
        shared = [f"{channel}:{text}" for text in SHARED_PAGES[channel]]
        keys += shared
        texts += SHARED_PAGES[channel]
        by_topic[channel].append(shared)
    return keys, texts, by_topic


@pytest.fixture(scope="module")
def accuracy() -> dict[str, dict[str, float]]:
    """Linear-probe accuracy by channel, of an untrained and of a briefly trained encoder."""
    synthetic = simulate(3_000)
    sequences, pages = synthetic.sequences, synthetic.pages
    figures = {}
    for name, steps in (("untrained", 0), ("trained", 100)):
        version = train_encoder(sequences, pages, EncoderConfig(steps=steps, initial_weights=SEEDED))
        encoder = load_encoder(version.weights, version.config)
        embeddings = encode(sequences, encoder, embed_pages(pages, encoder))
        figures[name] = probe_accuracy(embeddings, synthetic.topics, sequences["channel"])
    return figures


@pytest.mark.parametrize("channel", ["web", "app"])
def test_trained_embeddings_separate_topics_better_than_untrained_ones(accuracy, channel):
    assert accuracy["trained"][channel] > accuracy["untrained"][channel] + 0.02
    assert accuracy["trained"][channel] > 0.65
