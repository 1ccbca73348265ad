def model(dbt, session):
    dbt.config(materialized="incremental", unique_key=["session_id", "impression_id"])
    from clickintent.stages.run import Run
    from clickintent.stages.running_sessions import embed_running_sessions

    return embed_running_sessions(
        Run(dbt, session),
        dbt.ref("tile_running_sequences"),
        dbt.ref("page_embeddings"),
        dbt.ref("encoder_versions_in_use"),
    )
