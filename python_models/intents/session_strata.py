def model(dbt, session):
    dbt.config(materialized="incremental", unique_key="session_id")
    from clickintent.stages.run import Run
    from clickintent.stages.session_clusters import stratify_changed_sessions

    return stratify_changed_sessions(
        Run(dbt, session),
        dbt.ref("sessions"),
        dbt.ref("session_embedding_versions"),
        dbt.ref("session_clusters"),
        dbt.ref("encoder_versions_in_use"),
    )
