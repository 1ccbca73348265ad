"""CoLES of pytorch-lifestream as a peer, in an environment of its own: `python -m benchmarks.encoder.lifestream`.

The library's requirements hold numpy below 2 and this project's above: its models are trained by a process of that
environment (`worker`), which is given Parquet and gives back an array. Nothing here imports the library.
"""

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.encoder.lifestream.sequences import COLUMNS
from benchmarks.folders import ROOT
from benchmarks.processes import BenchmarkError

Model = Literal["coles-gru", "coles-transformer", "untrained-gru", "untrained-transformer"]

MAKE_IT = "python -m benchmarks.encoder.lifestream"
# What is kept of a failed process's last words
SHOWN_CHARACTERS = 4_000


def environment_folder() -> Path:
    """Where the environment is, or is to be: $CLICKINTENT_LIFESTREAM_VENV, else in the system's temporary folder."""
    named = os.environ.get("CLICKINTENT_LIFESTREAM_VENV")
    return Path(named) if named else Path(tempfile.gettempdir()) / "clickintent-lifestream"


def lifestream_python() -> Path | None:
    """The environment's interpreter, or None where it has not been made."""
    python = environment_folder() / "bin" / "python"
    return python if python.exists() else None


def lifestream_embeddings(
    sequences: pl.DataFrame, train_rows: NDArray[np.int64], model: Model, seed: int, steps: int | None = None
) -> tuple[NDArray[np.float32], dict[str, Any]]:
    """Embeddings of all sessions by a model trained without labels on some of them.

    Args:
        sequences: rows of `session_sequences`.
        train_rows: int64 rows to train on.
        model: which; the untrained ones have random weights, after a look at the training rows' numbers.
        seed: of weights, order and slices.
        steps: of training, of 256 sessions each; None for as many as `worker` thinks right.

    Returns:
        float32[sessions, 64] in the order of `sequences`, and the worker's report: seconds, steps, losses, settings,
        versions.

    Raises:
        BenchmarkError: There is no environment, or the worker failed.
    """
    with tempfile.TemporaryDirectory(prefix="lifestream-") as name:
        folder = Path(name)
        sequences.select(COLUMNS).write_parquet(folder / "sequences.parquet")
        np.save(folder / "rows.npy", np.asarray(train_rows, dtype=np.int64))
        arguments = {
            "sequences": folder / "sequences.parquet",
            "train-rows": folder / "rows.npy",
            "model": model,
            "seed": seed,
            **({} if steps is None else {"steps": steps}),
            "out": folder / "embeddings.npy",
            "report": folder / "report.json",
        }
        _run("worker", [text for key, value in arguments.items() for text in (f"--{key}", str(value))])
        embeddings: NDArray[np.float32] = np.load(folder / "embeddings.npy")
        report: dict[str, Any] = json.loads((folder / "report.json").read_text())
    return embeddings, report


def lifestream_speed() -> dict[str, Any]:
    """Sessions a second that the models embed, by model and events a session, and the matmul rate: see `speed`.

    Raises:
        BenchmarkError: There is no environment, or the measurement failed.
    """
    figures: dict[str, Any] = json.loads(_run("speed", []))
    return figures


def _run(module: str, arguments: list[str]) -> str:
    python = lifestream_python()
    if python is None:
        raise BenchmarkError(
            f"There is no environment of pytorch-lifestream in {environment_folder()}. Make it by `{MAKE_IT}`, "
            "or name another in CLICKINTENT_LIFESTREAM_VENV."
        )
    command = [str(python), "-m", f"benchmarks.encoder.lifestream.{module}", *arguments]
    # S603: the commands are this package's own
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    if finished.returncode != 0:
        raise BenchmarkError(
            f"{' '.join(command[:5])} ... ended with {finished.returncode}:\n{finished.stderr[-SHOWN_CHARACTERS:]}"
        )
    return finished.stdout
