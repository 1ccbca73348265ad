"""Processor time of the server and of the browser: other work on the machine sways it less than it sways waiting."""

import os
from pathlib import Path
from typing import Final, NamedTuple

PROC: Final = Path("/proc")


class ProcessorTime(NamedTuple):
    """Seconds of processor time, in user and system mode together."""

    server: float
    browser: float


def spent() -> ProcessorTime:
    """By the children of this process and by theirs, up to now; Linux alone tells.

    Raises:
        OSError: this is no Linux.
    """
    parents, seconds, commands = {}, {}, {}
    ticks = os.sysconf("SC_CLK_TCK")
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            process = int(folder.name)
            try:
                # proc(5): the name, in brackets, may have spaces; then parent (4), user (14) and system time (15)
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                commands[process] = (folder / "cmdline").read_bytes()
            except OSError:  # it has ended meanwhile
                continue
            parents[process] = int(fields[1])
            seconds[process] = (int(fields[11]) + int(fields[12])) / ticks
    told = {"server": 0.0, "browser": 0.0}
    for process, used in seconds.items():
        if os.getpid() in _ancestors(process, parents):
            told["server" if b"streamlit" in commands[process] else "browser"] += used
    return ProcessorTime(**told)


def _ancestors(process: int, parents: dict[int, int]) -> list[int]:
    found = []
    while (process := parents.get(process, 0)) not in (0, *found):
        found.append(process)
    return found
