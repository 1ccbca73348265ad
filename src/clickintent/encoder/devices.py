"""Where a training runs: on the CPU, or on a GPU."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import torch
from torch import nn

from clickintent.encoder.config import CPU
from clickintent.encoder.errors import EncoderConfigError

CUDA: Final = "cuda"
AUTO: Final = "auto"


def find_device(asked: str) -> torch.device:
    """The device that is meant by 'cpu', by 'cuda' or 'cuda:N', or by 'auto': a GPU where torch sees one, else the CPU.

    Raises:
        EncoderConfigError: it is none of these, or torch sees no such GPU.
    """
    if asked == AUTO:
        return torch.device(CUDA if torch.cuda.is_available() else CPU)
    try:
        device = torch.device(asked)
    except RuntimeError:
        device = None
    if device is None or device.type not in {CPU, CUDA}:
        raise EncoderConfigError(
            f"A training cannot run on the device {asked!r}: it must be '{CPU}', '{CUDA}', '{CUDA}:1' for the second "
            f"of several, or '{AUTO}' (var encoder_training_device, option --device)."
        )
    seen = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if device.type == CUDA and (device.index or 0) >= seen:
        raise EncoderConfigError(
            f"A training is to run on {asked!r}, and torch {torch.__version__} sees {seen} GPUs: install a torch that "
            f"is built for yours, or say '{CPU}' or '{AUTO}' (var encoder_training_device, option --device)."
        )
    return device


@contextmanager
def placed_on(device: torch.device, *modules: nn.Module) -> Iterator[None]:
    """Have the modules, and every tensor that is made meanwhile, on a device; afterwards the modules are on the CPU."""
    if device.type == CPU:
        yield
        return
    try:
        for module in modules:
            module.to(device)
        with device:
            yield
    finally:
        for module in modules:
            module.to(CPU)
