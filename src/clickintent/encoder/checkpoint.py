"""A training run on disk, so that a killed one goes on: safetensors, never pickles."""

import hashlib
import json
import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from clickintent.encoder.config import CPU, PACKAGED, EncoderConfig
from clickintent.encoder.packaged import load_packaged
from clickintent.encoder.training_data import TrainingData

_MODEL = "model."
_STATE = "state."

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Checkpoint:
    """Where a run's progress is kept.

    Attributes:
        path: the file; it is removed when the run ends.
        fingerprint: of config and sessions. A file of another one belongs to another run and is written over.
    """

    path: Path
    fingerprint: str

    def save(self, step: int, modules: nn.Module, optimiser: torch.optim.Optimizer, notes: dict[str, Any]) -> None:
        """Write the run as it is after `step`; a kill meanwhile leaves the file before."""
        tensors = {f"{_MODEL}{name}": tensor for name, tensor in modules.state_dict().items()}
        for number, state in optimiser.state_dict()["state"].items():
            tensors |= {f"{_STATE}{number}.{name}": tensor for name, tensor in state.items()}
        unfinished = self.path.with_name(self.path.name + ".unfinished")
        about = {"fingerprint": self.fingerprint, "step": str(step), "notes": json.dumps(notes)}
        here = {name: tensor.cpu().contiguous() for name, tensor in tensors.items()}
        save_file(here, str(unfinished), metadata=about)
        os.replace(unfinished, self.path)

    def load(self, modules: nn.Module, optimiser: torch.optim.Optimizer) -> tuple[int, dict[str, Any]]:
        """Put modules and optimiser where the run was.

        Returns:
            its last step, 0 if there is none to go on with, and its notes.
        """
        if not self.path.exists():
            return 0, {}
        try:
            with safe_open(str(self.path), framework="pt") as file:
                about = file.metadata() or {}
                if about.get("fingerprint") != self.fingerprint:
                    return 0, {}
                tensors: dict[str, Tensor] = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        except SafetensorError as error:
            _log.warning("The checkpoint %s cannot be read (%s): the training starts again.", self.path, error)
            return 0, {}
        modules.load_state_dict(
            {name.removeprefix(_MODEL): t for name, t in tensors.items() if name.startswith(_MODEL)}
        )
        states: dict[int, dict[str, Tensor]] = {}
        for name, tensor in tensors.items():
            if name.startswith(_STATE):
                number, _, field = name.removeprefix(_STATE).partition(".")
                states.setdefault(int(number), {})[field] = tensor
        optimiser.load_state_dict({"state": states, "param_groups": optimiser.state_dict()["param_groups"]})
        notes: dict[str, Any] = json.loads(about["notes"])
        return int(about["step"]), notes

    def remove(self) -> None:
        """The run is over."""
        self.path.unlink(missing_ok=True)


def fingerprint_of(data: TrainingData, config: EncoderConfig, device: str = CPU) -> str:
    """Equal for runs that would take the same steps on the same kind of device."""
    digest = hashlib.sha256(f"{config.to_json()}{device}".encode())
    sessions = data.sessions
    for array in (
        sessions.offsets,
        sessions.page,
        sessions.event_type,
        sessions.dwell,
        sessions.gap,
        sessions.value,
        sessions.hour,
        sessions.weekday,
        sessions.channel,
        sessions.device,
        sessions.referrer,
        data.next_rows,
        data.sites,
        data.visitors,
        data.contents,
        data.rivals,
        data.training_rows,
        *data.pages.told_apart_by(),
        *(pool for pools in data.intent_pools for pool in pools),
    ):
        digest.update(array.tobytes())
    if config.initial_weights == PACKAGED:
        digest.update(load_packaged().name.encode())
    return digest.hexdigest()
