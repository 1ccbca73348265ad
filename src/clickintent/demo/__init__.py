"""A synthetic retail bank: clickstreams whose intents are known. Nothing in it is real."""

from clickintent.demo.oracle import report_rows
from clickintent.demo.simulate import DemoBank, Simulation, simulate, source_hash
from clickintent.demo.stream import Written, stream_to_parquet, write_simulation

__all__ = [
    "DemoBank",
    "Simulation",
    "Written",
    "report_rows",
    "simulate",
    "source_hash",
    "stream_to_parquet",
    "write_simulation",
]
