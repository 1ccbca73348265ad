def model(dbt, session):
    dbt.config(materialized="table")
    from clickintent.stages.judged_sessions import JudgedInputs
    from clickintent.stages.run import Run
    from clickintent.stages.stability import evaluate_stability

    inputs = JudgedInputs(
        judged=dbt.ref("judged_sessions"),
        sessions=dbt.ref("eval_sessions"),
        sequences=dbt.ref("eval_sequences"),
        pages=dbt.ref("pages"),
        encoders=dbt.ref("eval_encoder_in_use"),
        taxonomy=dbt.ref("intent_taxonomy"),
    )
    return evaluate_stability(
        Run(dbt, session),
        inputs,
        max_intents=dbt.config.meta_get("max_intents"),
        min_page_visitors=dbt.config.meta_get("min_page_visitors"),
        steps=dbt.config.meta_get("training_steps"),
    )
