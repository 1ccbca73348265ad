"""The models of a deployment as one file of safetensors: written where torch is at hand, read by NumPy alone."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.numpy import save

from clickintent.classifier import FoldedClassifier, load_classifier
from clickintent.encoder import EncoderConfig, NumpyEncoder

_ENCODER: Final = "encoder."
_PAGES: Final = "pages"
_CLASSIFIER: Final = "classifier"


@dataclass(frozen=True)
class ModelVersion:
    """A row of `session_encoder` or `intent_classifier`.

    Attributes:
        version: its name.
        weights: safetensors bytes.
        config: JSON.
    """

    version: str
    weights: bytes
    config: str


@dataclass(frozen=True)
class ModelVersions:
    """The versions that a deployment answers by.

    Attributes:
        encoder: in force.
        page_keys: pages that a build has embedded with it, sorted.
        page_vectors: float32[len(page_keys), page_dim].
        classifier: in force; None where there is none for this encoder.
    """

    encoder: ModelVersion
    page_keys: Sequence[str]
    page_vectors: NDArray[np.float32]
    classifier: ModelVersion | None

    @property
    def digest(self) -> str:
        """Hash of all of it; folding and its rounding, which differ between machines, are not in it."""
        digest = hashlib.sha256()
        for model in (self.encoder, self.classifier):
            if model is not None:
                digest.update(json.dumps([model.version, model.config]).encode())
                digest.update(model.weights)
        digest.update(json.dumps(list(self.page_keys)).encode())
        digest.update(np.ascontiguousarray(self.page_vectors, dtype="<f4").tobytes())
        return digest.hexdigest()


class LoadedModels:
    """What the handlers answer by.

    Attributes:
        encoder: of the deployment.
        classifier: of the deployment; None where it has none.
    """

    def __init__(self, path: Path) -> None:
        with safe_open(str(path), framework="np") as file:
            about = json.loads(file.metadata()["about"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
        arrays = {name.removeprefix(_ENCODER): tensor for name, tensor in tensors.items() if name.startswith(_ENCODER)}
        config = EncoderConfig.from_json(about["encoder_config"])
        self.encoder = NumpyEncoder(arrays, config, about["page_keys"], tensors[_PAGES])
        self.classifier: FoldedClassifier | None = None
        if _CLASSIFIER in tensors:
            loaded = load_classifier(tensors[_CLASSIFIER].tobytes(), about["classifier_config"])
            self.classifier = FoldedClassifier(loaded)


def models_file(versions: ModelVersions) -> bytes:
    """The bytes that `LoadedModels` reads.

    Raises:
        EncoderLoadError: the encoder cannot be loaded, or a text model reads its pages.
    """
    import torch  # noqa: PLC0415 - where it is written, not where it is read

    from clickintent.encoder import load_encoder  # noqa: PLC0415
    from clickintent.encoder.folded import FoldedEncoder  # noqa: PLC0415

    encoder = load_encoder(versions.encoder.weights, versions.encoder.config)
    folded = FoldedEncoder(encoder, torch.empty(0, encoder.config.page_dim))
    tensors = {f"{_ENCODER}{name}": array for name, array in folded.arrays().items()}
    tensors[_PAGES] = np.ascontiguousarray(versions.page_vectors, dtype=np.float32)
    about = {
        "encoder_version": versions.encoder.version,
        "encoder_config": versions.encoder.config,
        "page_keys": list(versions.page_keys),
    }
    if versions.classifier is not None:
        tensors[_CLASSIFIER] = np.frombuffer(versions.classifier.weights, dtype=np.uint8)
        about |= {
            "classifier_version": versions.classifier.version,
            "classifier_config": versions.classifier.config,
        }
    # one entry: several would be written in an order that changes from process to process
    written: bytes = save(tensors, metadata={"about": json.dumps(about, sort_keys=True)})
    return written
