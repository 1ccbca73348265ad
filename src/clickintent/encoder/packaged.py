"""The weights that come with the package: where training starts, and what scores where there is too little to train on.

They were trained on synthetic banks of many layouts (`python -m pretraining`), none of which is the demo's.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from typing import Any, Final

import torch
from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor, nn

from clickintent.encoder.config import EncoderConfig
from clickintent.encoder.errors import EncoderConfigError

FILE: Final = "packaged.safetensors"
# Rows of this table are by position: a config may read more events, or fewer, than the weights were trained with.
_BY_POSITION = "encoder.position.weight"
# Of the sessions at hand, not of those that were trained on
_CENTRE = "encoder.centre"


@dataclass(frozen=True)
class PackagedWeights:
    """Weights of an encoder and of the heads it was trained with.

    Attributes:
        name: of the weights, in every version that starts from them.
        tensors: by 'encoder.' or 'heads.' and the parameter's name; float16 in the file, float32 here.
        about: what they were trained on and what they reach; JSON-able.
    """

    name: str
    tensors: dict[str, Tensor]
    about: dict[str, Any]


@cache
def load_packaged() -> PackagedWeights:
    """The weights in this package, read once a process."""
    with as_file(files("clickintent.encoder") / FILE) as path, safe_open(str(path), framework="pt") as file:
        about = json.loads(file.metadata()["about"])
        tensors = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118 - not a dict
    return PackagedWeights(about["name"], tensors, about)


def start_from_packaged(encoder: nn.Module, heads: nn.Module, config: EncoderConfig) -> str:
    """Put the packaged weights in the place of the seeded ones, and return their name.

    Raises:
        EncoderConfigError: the config asks for another shape than the weights have.
    """
    packaged = load_packaged()
    own = {**_named("encoder", encoder), **_named("heads", heads)}
    lacking = sorted(own.keys() - packaged.tensors.keys())
    if lacking:
        raise EncoderConfigError(
            f"The packaged weights do not fit this config: they lack {lacking[0]} (layers={config.layers}). "
            "Set initial_weights='seeded'."
        )
    with torch.no_grad():
        for name, weights in packaged.tensors.items():
            tensor = weights
            if name == _CENTRE:
                continue
            given = own.get(name, torch.empty(0))
            if name == _BY_POSITION:
                rows = min(len(given), len(tensor))
                given, tensor = given[:rows], tensor[:rows]
            if given.shape != tensor.shape:
                raise EncoderConfigError(
                    f"The packaged weights do not fit this config: {name} has shape {tuple(tensor.shape)}, the config "
                    f"asks for {tuple(given.shape)} (width={config.width}, layers={config.layers}, "
                    f"hidden={config.hidden}). Set initial_weights='seeded'."
                )
            given.copy_(tensor)
    return packaged.name


def packaged_file(encoder: nn.Module, heads: nn.Module, about: dict[str, Any]) -> bytes:
    """What `load_packaged` reads, as bytes: half precision, which halves the file."""
    tensors = {**_named("encoder", encoder), **_named("heads", heads)}
    half = {name: tensor.detach().half().contiguous() for name, tensor in tensors.items()}
    written: bytes = save(half, metadata={"about": json.dumps(about, sort_keys=True)})
    return written


def _named(prefix: str, module: nn.Module) -> dict[str, Tensor]:
    return {f"{prefix}.{name}": tensor for name, tensor in module.state_dict().items()}
