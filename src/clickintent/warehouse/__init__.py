"""The one seam between warehouses: read in batches, apply a batch function as a UDF, hand rows back to dbt.

No other part of the package asks which warehouse it is on.
"""

from clickintent.warehouse.interface import BatchFunction, Relation, Session, Warehouse, WarehouseError

__all__ = ["BatchFunction", "Relation", "Session", "Warehouse", "WarehouseError", "open_warehouse"]


def open_warehouse(session: Session) -> Warehouse:
    """The warehouse behind the `session` that dbt hands to a Python model.

    Raises:
        WarehouseError: no warehouse here knows such a session.
    """
    # dbt-duckdb wraps its cursors, so the module tells less than what the session can do
    if hasattr(session, "create_function") and hasattr(session, "register"):
        from clickintent.warehouse.duckdb import DuckDBWarehouse  # noqa: PLC0415  # imported where it is used

        return DuckDBWarehouse(session)
    # by its name: where there is no Snowflake its packages need not be there
    if any(kind.__module__.startswith("snowflake.snowpark") for kind in type(session).__mro__):
        from clickintent.warehouse.snowpark import SnowparkWarehouse  # noqa: PLC0415

        return SnowparkWarehouse(session)
    raise WarehouseError(
        f"No warehouse knows a session of type {type(session).__module__}.{type(session).__name__}; "
        "this version of clickintent runs Python models on DuckDB and in Snowpark."
    )
