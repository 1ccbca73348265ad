"""`clickintent init`: a dbt project of one's own around the package, with what can be told from a file of events."""

from clickintent.starter.columns import ColumnsError, EventColumns, guess_columns, read_columns
from clickintent.starter.project import StarterError, write_starter

__all__ = ["ColumnsError", "EventColumns", "StarterError", "guess_columns", "read_columns", "write_starter"]
