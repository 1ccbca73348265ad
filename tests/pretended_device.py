"""A second device for machines that have none: torch is told that tensors are elsewhere, and the CPU computes them.

It refuses what a GPU refuses, operations on tensors of two devices, and computes what the CPU computes. So code that
runs on it puts everything where it belongs, and results can be compared, but for rounding. It says nothing about the
speed, the rounding or the order of sums of a GPU.
"""

from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map

# A name that torch knows on every machine, and on which nothing else of a training is
PRETENDED = torch.device("meta")


class _Elsewhere(torch.Tensor):
    """A tensor that says it is on the pretended device, around one that is here."""

    here: Tensor

    @staticmethod
    def __new__(cls, here: Tensor) -> "_Elsewhere":
        wrapped = torch.Tensor._make_wrapper_subclass(
            cls,
            here.shape,
            strides=here.stride(),
            storage_offset=here.storage_offset(),
            dtype=here.dtype,
            device=PRETENDED,
        )
        wrapped.here = here
        return wrapped

    @classmethod
    def __torch_dispatch__(cls, operation: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        raise RuntimeError(f"{operation}: the pretended device is used outside of PretendedDevice.")


class PretendedDevice(TorchDispatchMode):
    """Use it as a context in which `PRETENDED` is a device."""

    def __torch_dispatch__(self, operation: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = dict(kwargs or {})
        name = operation.name().removeprefix("aten::").partition(".")[0]
        tensors = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, Tensor)]
        elsewhere = [tensor for tensor in tensors if isinstance(tensor, _Elsewhere)]
        asked = kwargs.pop("device", None)
        if name not in {"_to_copy", "copy_"} and elsewhere:
            # as on a GPU, only single numbers may come from the CPU
            strangers = [tensor for tensor in tensors if not isinstance(tensor, _Elsewhere) and tensor.dim() > 0]
            if strangers:
                shapes = [tuple(stranger.shape) for stranger in strangers]
                raise RuntimeError(f"{name}: expected all tensors to be on one device; those of {shapes} are not.")
        if asked is not None:
            kwargs["device"] = torch.device("cpu")
            is_elsewhere = torch.device(asked) == PRETENDED
        else:
            is_elsewhere = isinstance(args[0], _Elsewhere) if name == "copy_" else bool(elsewhere)
        made = operation(*tree_map(_unwrapped, args), **tree_map(_unwrapped, kwargs))
        if name.endswith("_"):  # in place; of a list of tensors nothing is given back
            return made if made is None else args[0]
        return _wrapped(made) if is_elsewhere else made


def _unwrapped(value: Any) -> Any:
    return value.here if isinstance(value, _Elsewhere) else value


def _wrapped(made: Any) -> Any:
    # a conjugate is a flag on the tensor that is here, which operations on the wrapper would not see
    return tree_map(lambda value: _Elsewhere(value.resolve_conj()) if isinstance(value, Tensor) else value, made)
