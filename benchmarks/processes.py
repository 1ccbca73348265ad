"""Child processes, with the peak of their memory."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.folders import ROOT

# getrusage counts in kilobytes, but on macOS in bytes
_MAXRSS_BYTES = 1 if sys.platform == "darwin" else 1024


class BenchmarkError(RuntimeError):
    """A part of the benchmark failed; says which and what it printed."""


@dataclass(frozen=True)
class Finished:
    """A child process that ended well."""

    output: str
    peak_bytes: int


def run_process(command: Sequence[str], *, environment: Mapping[str, str] | None = None, stdin: str = "") -> Finished:
    """Runs a command in the repository's root and waits for it.

    Raises:
        BenchmarkError: It failed.
    """
    with tempfile.TemporaryFile("w+") as given, tempfile.TemporaryFile("w+") as output:
        given.write(stdin)
        given.seek(0)
        # S603: the commands are this package's own
        child = subprocess.Popen(  # noqa: S603
            command,
            stdin=given,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
        )
        try:
            _, status, usage = os.wait4(child.pid, 0)
        except BaseException:
            child.kill()
            raise
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read()
    if child.returncode != 0:
        raise BenchmarkError(f"{' '.join(command[:6])} ... ended with {child.returncode}:\n{text[-4000:]}")
    return Finished(text, usage.ru_maxrss * _MAXRSS_BYTES)
