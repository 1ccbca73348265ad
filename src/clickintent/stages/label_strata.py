"""Stage `label_strata`: what share of each stratum's sessions is labelled."""

from typing import Final

import polars as pl

from clickintent.labeling.sample import require_share, sampling_rates
from clickintent.stages.run import Run, Schema
from clickintent.warehouse import Relation

LABEL_STRATUM_SCHEMA: Final[Schema] = {
    "cluster_version": pl.String,
    "channel": pl.String,
    "cluster_id": pl.Int64,
    "auth_state": pl.String,
    "length_bucket": pl.String,
    "sessions": pl.Int64,
    "rate": pl.Float64,
    "label_share": pl.Float64,
    "fitted_at": pl.Datetime("us"),
}
STRATUM: Final = ("channel", "cluster_id", "auth_state", "length_bucket")


def fit_label_strata(run: Run, strata: Relation, *, share: float) -> Relation:
    """Rows of `label_strata` to write: those of the clusters in force where they have no rates for this share.

    Sizes are counted once per cluster version. Another share gives other rates for the same sizes.

    Args:
        run: the dbt run.
        strata: `session_strata`.
        share: of all sessions that are to be labelled, 0 to 1.

    Raises:
        ValueError: `share` is no share.
    """
    require_share(share)
    if run.is_empty:
        return run.nothing(LABEL_STRATUM_SCHEMA)
    counted = run.warehouse.read(
        f"""
        select cluster_version, {", ".join(STRATUM)}, count(*) as sessions
        from {run.source(strata)} as strata
        group by cluster_version, {", ".join(STRATUM)}
        order by cluster_version, {", ".join(STRATUM)}
        """
    )
    if counted.is_empty():
        return run.nothing(LABEL_STRATUM_SCHEMA)
    known = run.known_rows(LABEL_STRATUM_SCHEMA).join(counted, on="cluster_version", how="semi")
    if known.is_empty():
        return run.rows(_rated(counted.with_columns(fitted_at=pl.lit(run.now)), share), LABEL_STRATUM_SCHEMA)
    if known["label_share"][0] == share:
        return run.nothing(LABEL_STRATUM_SCHEMA)
    return run.rows(_rated(known, share), LABEL_STRATUM_SCHEMA)


def _rated(strata: pl.DataFrame, share: float) -> pl.DataFrame:
    rates = sampling_rates(strata["sessions"].to_numpy(), share)
    return strata.with_columns(rate=pl.Series(rates), label_share=pl.lit(float(share)))
