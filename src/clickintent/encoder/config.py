"""Every choice of the encoder in one frozen record that travels with its weights."""

import json
from dataclasses import asdict, dataclass, fields
from typing import Final, Self

from clickintent.encoder.errors import EncoderConfigError
from clickintent.sequence_inputs import EMBEDDING_DIM

FORMAT: Final = 2
"""What weights mean to the code that reads them: another number where the same weights would give other embeddings."""

NORM_EPSILON: Final = 1e-5
"""Added to what every norm divides by."""

HASHED: Final = "hashed"
SENTENCE_TRANSFORMERS: Final = "sentence-transformers"

CPU: Final = "cpu"

PACKAGED: Final = "packaged"
SEEDED: Final = "seeded"
# What starts from nothing has further to go
LEARNING_RATES: Final = {PACKAGED: 4e-3, SEEDED: 8e-3}


@dataclass(frozen=True)
class EncoderConfig:
    """Shape and training of the session encoder.

    The defaults train in half a minute on two cores and keep the weights near 5 MB: a Snowflake BINARY cell
    holds 8 MB unless an account raised it, and the weights travel as one cell of a table.
    """

    format: int = FORMAT

    # Shape
    embedding_dim: int = EMBEDDING_DIM
    page_dim: int = 64
    width: int = 64
    layers: int = 1
    heads: int = 4
    hidden: int = 64  # GeGLU hidden width
    max_events: int = 64  # the last of a session; the var sequence_events of a dbt build
    text_buckets: int = 16_384
    event_type_buckets: int = 128
    device_buckets: int = 32
    referrer_buckets: int = 32

    # Where training starts: 'packaged', which reads hashed words, or 'seeded' for weights drawn from `seed`
    initial_weights: str = PACKAGED

    # Page text: who reads it is the var page_text_encoder of a dbt build
    page_text: str = HASHED
    page_text_model: str | None = None  # a hub name or a folder; the var page_text_model
    # Known once that model was loaded: how many numbers it makes of a text, and the first ones that it makes of a fixed
    # text, by which another model under its name is recognised
    page_text_dim: int | None = None
    page_text_sample: tuple[float, ...] | None = None

    # Training length and data
    seed: int = 7
    steps: int = 600
    batch_sessions: int = 128
    min_training_sessions: int = 500
    max_training_sessions: int = 200_000  # above that a hash sample is taken
    heldout_share: float = 0.1
    heldout_sessions: int = 4_000
    # One thread: nearly as fast as two on batches this small, far faster on a machine busy with a build, and
    # the same sums wherever it runs. None: every core this process may use.
    threads: int | None = 1

    # Training ends early where the held-out loss has not fallen for `patience` evaluations, or when the clock says so
    evaluate_every: int = 100
    patience: int = 5
    max_seconds: float | None = None

    # Optimiser (AdamW, linear warm-up, cosine decay)
    learning_rate: float | None = None  # None: that of LEARNING_RATES for where training starts
    warmup_share: float = 0.05
    weight_decay: float = 0.01
    gradient_norm: float = 1.0

    # Views of a session
    mask_share: float = 0.2
    keep_share: float = 0.7
    whole_share: float = 0.3  # of the sessions whose first events are shown, those that are shown whole
    field_drop_share: float = 0.2
    ngram_drop_share: float = 0.2  # of a page's n-grams, or of the numbers of a text model

    # Objectives
    candidate_pages: int = 1_024  # at most this many pages: exact softmax; above: sampled
    temperature: float = 0.2
    page_weight: float = 1.0
    event_type_weight: float = 0.3
    dwell_weight: float = 0.1
    content_weight: float = 1.0
    future_weight: float = 0.25
    contrastive_weight: float = 0.05
    spread_weight: float = 0.1

    # Agreement of channels, only where sessions come with intents
    intent_weight: float = 4.0
    intents_per_step: int = 28
    sessions_per_intent: int = 2  # of each channel

    def __post_init__(self) -> None:
        """Refuse values that cannot make a model, naming the field and what it needs."""
        for field in (
            "embedding_dim",
            "page_dim",
            "width",
            "heads",
            "hidden",
            "max_events",
            "batch_sessions",
            "evaluate_every",
            "patience",
            "intents_per_step",
            "sessions_per_intent",
        ):
            self._require(field, getattr(self, field) >= 1, "at least 1")
        self._require("width", self.width % (4 * self.heads) == 0, f"a multiple of 4 times heads={self.heads}")
        self._require("layers", self.layers >= 0, "0 or more")
        self._require("initial_weights", self.initial_weights in {PACKAGED, SEEDED}, f"'{PACKAGED}' or '{SEEDED}'")
        self._require("steps", self.steps >= 0, "0 or more")
        self._require("max_seconds", self.max_seconds is None or self.max_seconds >= 0, "null, or 0 or more")
        for field in ("text_buckets", "event_type_buckets", "device_buckets", "referrer_buckets"):
            self._require(field, getattr(self, field) >= 1, "at least 1")
        for field in ("mask_share", "field_drop_share", "ngram_drop_share", "heldout_share", "whole_share"):
            self._require(field, 0 <= getattr(self, field) < 1, "in [0, 1)")
        self._require("keep_share", 0 < self.keep_share <= 1, "in (0, 1]")
        self._require("temperature", self.temperature > 0, "above 0")
        self._require_page_text()

    @property
    def rate(self) -> float:
        """The highest learning rate of a run."""
        return LEARNING_RATES[self.initial_weights] if self.learning_rate is None else self.learning_rate

    def _require(self, field: str, holds: bool, needed: str) -> None:
        if not holds:
            raise EncoderConfigError(f"EncoderConfig.{field} is {getattr(self, field)!r}; it must be {needed}.")

    def _require_page_text(self) -> None:
        if self.page_text not in {HASHED, SENTENCE_TRANSFORMERS}:
            raise EncoderConfigError(
                f"page_text_encoder is {self.page_text!r}; it must be {HASHED!r} or {SENTENCE_TRANSFORMERS!r}."
            )
        if self.page_text == SENTENCE_TRANSFORMERS and not self.page_text_model:
            raise EncoderConfigError(
                f"page_text_encoder is {self.page_text!r} and page_text_model names no model: set page_text_model to "
                "a hub name, such as sentence-transformers/all-MiniLM-L6-v2, or to a local folder."
            )
        if self.page_text == HASHED and self.page_text_model:
            raise EncoderConfigError(
                f"page_text_model is {self.page_text_model!r}, and page_text_encoder is {HASHED!r}, which reads "
                f"without one: set page_text_encoder to {SENTENCE_TRANSFORMERS!r}, or page_text_model to null."
            )
        self._require("page_text_dim", self.page_text_dim is None or self.page_text_dim >= 1, "null, or at least 1")

    def to_json(self) -> str:
        """The config as JSON with sorted keys: equal configs give equal text."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote.

        Raises:
            EncoderConfigError: the text is no JSON object, is of another format or has a field that is not known.
        """
        try:
            values = json.loads(text)
        except json.JSONDecodeError as error:
            raise EncoderConfigError(f"The encoder config is not JSON: {error}.") from error
        if not isinstance(values, dict):
            raise EncoderConfigError("The encoder config must be a JSON object.")
        if values.get("format") != FORMAT:
            raise EncoderConfigError(
                f"The encoder is of format {values.get('format', 1)}, this version of clickintent reads {FORMAT}. "
                "Go back to the version that trained it, or drop the table session_encoder and build: that trains a "
                "new encoder."
            )
        unknown = sorted(set(values) - {field.name for field in fields(cls)})
        if unknown:
            raise EncoderConfigError(
                f"The encoder config has unknown fields {unknown}: another version of clickintent wrote it. "
                "Install that version or train again."
            )
        sample = values.get("page_text_sample")
        return cls(**values | ({} if sample is None else {"page_text_sample": tuple(sample)}))
