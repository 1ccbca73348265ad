def model(dbt, session):
    dbt.config(materialized="incremental", unique_key="cluster_version", full_refresh=False)
    from clickintent.stages.label_strata import fit_label_strata
    from clickintent.stages.run import Run

    return fit_label_strata(Run(dbt, session), dbt.ref("session_strata"), share=dbt.config.meta_get("label_share"))
