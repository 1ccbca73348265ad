def model(dbt, session):
    dbt.config(materialized="incremental", unique_key="version", full_refresh=False)
    from clickintent.stages.run import Run
    from clickintent.stages.session_encoder import fit_session_encoder

    return fit_session_encoder(
        Run(dbt, session),
        dbt.ref("session_sequences"),
        dbt.ref("pages"),
        retrain=dbt.config.meta_get("retrain"),
        is_demo=dbt.config.meta_get("is_demo"),
        initial_weights=dbt.config.meta_get("initial_weights"),
        steps=dbt.config.meta_get("training_steps"),
        max_events=dbt.config.meta_get("max_events"),
        page_text=dbt.config.meta_get("page_text_encoder"),
        page_text_model=dbt.config.meta_get("page_text_model"),
        min_training_sessions=dbt.config.meta_get("min_training_sessions"),
        max_training_sessions=dbt.config.meta_get("max_training_sessions"),
        device=dbt.config.meta_get("training_device"),
    )
