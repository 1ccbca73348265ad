def model(dbt, session):
    dbt.config(materialized="incremental", unique_key="encoder_version", full_refresh=False)
    from clickintent.stages.run import Run
    from clickintent.stages.session_clusters import fit_session_clusters

    return fit_session_clusters(
        Run(dbt, session), dbt.ref("session_embedding_versions"), dbt.ref("encoder_versions_in_use")
    )
