"""One function per dbt Python model: what it reads, what it leaves alone, what it hands back.

The models in `python_models/` are about ten lines each over these; the work itself is pure and lives in the
packages `encoder`, `labeling`, `classifier` and `demo`.
"""
