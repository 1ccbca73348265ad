def model(dbt, session):
    dbt.config(materialized="incremental", unique_key="version", full_refresh=False)
    from clickintent.stages.evaluation_encoder import fit_eval_encoder
    from clickintent.stages.run import Run
    from clickintent.stages.session_encoder import config_of_vars

    config = config_of_vars(
        initial_weights=dbt.config.meta_get("initial_weights"),
        steps=dbt.config.meta_get("training_steps"),
        max_events=dbt.config.meta_get("max_events"),
        page_text=dbt.config.meta_get("page_text_encoder"),
        page_text_model=dbt.config.meta_get("page_text_model"),
        min_training_sessions=dbt.config.meta_get("min_training_sessions"),
        max_training_sessions=dbt.config.meta_get("max_training_sessions"),
    )
    tables = dbt.ref("eval_training_sequences"), dbt.ref("pages"), dbt.ref("eval_split"), dbt.ref("session_encoder")
    return fit_eval_encoder(Run(dbt, session), *tables, config, is_cut=dbt.config.meta_get("is_cut"))
