"""What Snowflake's Anaconda channel calls the libraries that run there.

`select * from information_schema.packages where language = 'python'` lists what an account has.
"""

from collections.abc import Iterable, Mapping
from typing import Final

PYTHON: Final = "3.11"
"""The runtime of functions and procedures: the oldest Python that this package runs on."""

CHANNEL_NAMES: Final[Mapping[str, str]] = {"torch": "pytorch"}
"""Libraries that the channel has under another name than the package index."""

FUNCTION_PACKAGES: Final = ("numpy", "pandas", "pyarrow", "safetensors", "scipy", "threadpoolctl")
"""What the SQL functions import. No torch and no Polars: they would take longer to import than a batch to score."""

MODEL_PACKAGES: Final = (
    *FUNCTION_PACKAGES,
    "polars",
    "pytorch",
    "rich",
    "scikit-learn",
    "snowflake-snowpark-python",
)
"""What dbt's Python models import; those that ask a server for labels need `openai` beside it."""


def channel_names(libraries: Iterable[str]) -> tuple[str, ...]:
    """Names in the channel of libraries as the package index names them."""
    return tuple(CHANNEL_NAMES.get(library, library) for library in libraries)
