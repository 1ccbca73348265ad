def model(dbt, session):
    dbt.config(materialized="incremental", unique_key=["session_id", "encoder_version"])
    from clickintent.stages.run import Run
    from clickintent.stages.session_embeddings import embed_changed_sessions

    return embed_changed_sessions(
        Run(dbt, session),
        dbt.ref("eval_sequences"),
        dbt.ref("eval_page_embeddings"),
        dbt.ref("eval_encoder_in_use"),
    )
