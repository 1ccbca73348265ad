"""The session encoder beside its rivals, on five tasks, with the same splits and heads: see ../README.md."""
