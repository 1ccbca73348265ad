def model(dbt, session):
    dbt.config(materialized="table")
    from clickintent.stages.evaluation_intents import taxonomy_before_split
    from clickintent.stages.run import Run

    return taxonomy_before_split(
        Run(dbt, session),
        dbt.ref("intent_taxonomy"),
        dbt.ref("eval_training_sequences"),
        dbt.ref("eval_session_embeddings"),
        dbt.ref("pages"),
        source=dbt.config.meta_get("source"),
        max_intents=dbt.config.meta_get("max_intents"),
        min_page_visitors=dbt.config.meta_get("min_page_visitors"),
    )
