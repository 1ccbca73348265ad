"""The report of an evaluation: tables, plots, and the sentences that follow from the figures."""

from clickintent.report.reading import Evaluations, read_evaluations
from clickintent.report.writing import write_report

__all__ = ["Evaluations", "read_evaluations", "write_report"]
