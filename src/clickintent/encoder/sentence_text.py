"""Page text by a sentence-transformers model: read on this machine, each distinct text once, the model as it came.

The library is an extra, `pip install 'clickintent[text]'`, and is imported only when a text is to be read.
"""

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from clickintent.encoder.config import HASHED, SEEDED, EncoderConfig
from clickintent.encoder.errors import EncoderConfigError, TextModelError

# Read by every model when an encoder is trained with it, and compared whenever it is loaded again.
SAMPLE_TEXT = "Compare fixed and variable rates of a home loan"
SAMPLE_NUMBERS = 8
# The numbers of a sample are scaled to about 1: another processor or half precision moves them by 0.01, another model
# by about 1.
SAMPLE_TOLERANCE = 0.1
# The encoder in force and the one before may read with two models.
MODELS_KEPT = 2

_loading = threading.Lock()
_log = logging.getLogger(__name__)


class TextModel(Protocol):
    """What reads texts."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """float32[len(texts), dim], each of unit length."""
        ...


@dataclass(frozen=True)
class SentenceTexts:
    """Texts as a text model reads them.

    Attributes:
        vectors: float32[texts, dim], unit length; zeros where there is no text.
    """

    vectors: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.vectors)

    def take(self, rows: NDArray[np.int64]) -> "SentenceTexts":
        """Some texts, in the order of `rows` (int64[k])."""
        return SentenceTexts(self.vectors[rows])

    def dropped(self, share: float, random: np.random.Generator) -> "SentenceTexts":
        """The same texts with about `share` of the numbers of each set to zero."""
        kept = random.random(self.vectors.shape, dtype=np.float32) >= share
        return SentenceTexts(self.vectors * kept.astype(np.float32))

    def told_apart_by(self) -> tuple[NDArray[np.float32], ...]:
        """What differs where the texts do."""
        return (self.vectors,)


class SentenceModel:
    """A model of sentence-transformers. Threads take turns: its tokenizer bears one at a time."""

    def __init__(self, name: str, model: Any) -> None:  # noqa: ANN401 - a class of a library that need not be there
        self._name = name
        self._model = model
        self._turn = threading.Lock()

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """float32[len(texts), dim], each of unit length.

        Raises:
            TextModelError: the model makes NaN or infinity of a text.
        """
        with self._turn:
            vectors = self._model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        if not np.isfinite(vectors).all():
            raise TextModelError(
                f"The text model {self._name!r} makes NaN or infinity of a page text: name another one in "
                "page_text_model and train."
            )
        return np.asarray(vectors, dtype=np.float32)


def load_text_model(name: str) -> TextModel:
    """The model of a local folder or of a hub name, loaded once per process.

    The hub is asked only where this machine has no whole copy: never for a later state, as the encoder knows this one.

    Raises:
        TextModelError: the library is not installed, or there is no such model, here or to be fetched.
    """
    with _loading:
        return _load(name)


def with_text_model(config: EncoderConfig) -> EncoderConfig:
    """The config with what is to be known of its text model before an encoder can be made; unchanged if it has none.

    Raises:
        TextModelError: the model cannot be loaded, or is another one than the config says already.
    """
    if config.page_text == HASHED:
        return config
    sample = load_text_model(_name(config)).encode([SAMPLE_TEXT])[0]
    _require_same_model(config, sample)
    # the packaged weights know hashed words, and nothing of another text model
    return replace(config, initial_weights=SEEDED, page_text_dim=len(sample), page_text_sample=_told_of(sample))


def read_sentences(texts: Sequence[str | None], config: EncoderConfig) -> SentenceTexts:
    """Read each distinct text once; where all are empty or null, no model is loaded.

    Args:
        texts: page texts.
        config: of `with_text_model`.

    Raises:
        TextModelError: the model cannot be loaded, or is another one than the config says.
    """
    given = [(text or "").strip() for text in texts]
    distinct = sorted(set(given) - {""})
    # the last row is that of no text
    vectors = np.zeros((len(distinct) + 1, text_dim(config)), dtype=np.float32)
    if distinct:
        sample, *read = load_text_model(_name(config)).encode([SAMPLE_TEXT, *distinct])
        _require_same_model(config, sample)
        vectors[:-1] = read
    row_of = {text: row for row, text in enumerate([*distinct, ""])}
    return SentenceTexts(vectors[np.asarray([row_of[text] for text in given], dtype=np.int64)])


def text_dim(config: EncoderConfig) -> int:
    """How many numbers the text model of a config makes of a text.

    Raises:
        EncoderConfigError: it is not known.
    """
    if config.page_text_dim is None:
        raise EncoderConfigError(
            f"EncoderConfig.page_text_dim is not known for the text model {config.page_text_model!r}: take the config "
            "from with_text_model, as the training does."
        )
    return config.page_text_dim


@lru_cache(maxsize=MODELS_KEPT)
def _load(name: str) -> TextModel:
    try:
        import sentence_transformers  # noqa: F401, PLC0415 - an extra, slow to import
    except ImportError as error:
        raise TextModelError(
            f"Page text is to be read by {name!r} (page_text_model), and sentence-transformers is not installed: "
            "pip install 'clickintent[text]', or train with page_text_encoder 'hashed'."
        ) from error
    try:
        return SentenceModel(name, _opened(name))
    except Exception as error:  # the library, the hub's client and the readers of files have no error in common
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        raise TextModelError(
            f"The text model {name!r} cannot be loaded ({reason.rstrip('.')}): page_text_model must name a local "
            "folder that holds a model of sentence-transformers, or one of the hub, which is downloaded at first use."
        ) from error


def _opened(name: str) -> Any:  # noqa: ANN401 - a class of a library that need not be there
    from huggingface_hub import try_to_load_from_cache  # noqa: PLC0415 - comes with sentence-transformers
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415

    if Path(name).is_dir():
        return SentenceTransformer(name, local_files_only=True)
    # without this file of it the library would make up how words become a text
    if try_to_load_from_cache(name, "modules.json") is not None:
        try:
            return SentenceTransformer(name, local_files_only=True)
        except (OSError, ValueError) as error:
            _log.warning("The copy of the text model %s is not whole (%s): it is downloaded again.", name, error)
    return SentenceTransformer(name)


def _name(config: EncoderConfig) -> str:
    return config.page_text_model or ""


def _told_of(sample: NDArray[np.float32]) -> tuple[float, ...]:
    scaled = sample[:SAMPLE_NUMBERS] * len(sample) ** 0.5
    return tuple(round(float(number), 3) for number in scaled)


def _require_same_model(config: EncoderConfig, sample: NDArray[np.float32]) -> None:
    if config.page_text_dim not in {None, len(sample)}:
        raise _another_model(
            config, f"makes {len(sample)} numbers of a text, and the encoder was trained with {config.page_text_dim}"
        )
    known = config.page_text_sample
    if known is not None and not np.allclose(_told_of(sample), known, rtol=0, atol=SAMPLE_TOLERANCE):
        raise _another_model(config, "does not read as the one did that the encoder was trained with")


def _another_model(config: EncoderConfig, difference: str) -> TextModelError:
    # not under the same name: the version before stays scored for a while, and needs the model that it knows
    return TextModelError(
        f"The text model {config.page_text_model!r} {difference}: put that model back under its name, and give this "
        "one a name of its own (page_text_model) for `clickintent train`."
    )
