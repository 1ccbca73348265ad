"""The models in force as SQL functions of a DuckDB connection: `clickintent_embed` and `clickintent_intent`."""

from clickintent.function_errors import NoModelError
from clickintent.sql_functions.registration import EMBED, INTENT, ModelFunctions, register_functions

__all__ = ["EMBED", "INTENT", "ModelFunctions", "NoModelError", "register_functions"]
