def model(dbt, session):
    dbt.config(materialized="incremental", unique_key=["session_id", "encoder_version"])
    from clickintent.stages.run import Run
    from clickintent.stages.session_embeddings import embed_changed_sessions

    return embed_changed_sessions(
        Run(dbt, session),
        dbt.ref("session_sequences"),
        dbt.ref("page_embeddings"),
        dbt.ref("encoder_versions_in_use"),
    )
