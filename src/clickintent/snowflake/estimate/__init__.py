"""What clickintent would cost on Snowflake, from measured rates and stated assumptions."""

from clickintent.snowflake.estimate.assumptions import Assumption, Assumptions, AssumptionsError, read_assumptions
from clickintent.snowflake.estimate.costs import Estimate, StageCost, work_out
from clickintent.snowflake.estimate.tables import as_json, as_markdown

__all__ = [
    "Assumption",
    "Assumptions",
    "AssumptionsError",
    "Estimate",
    "StageCost",
    "as_json",
    "as_markdown",
    "read_assumptions",
    "work_out",
]
