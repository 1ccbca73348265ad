def model(dbt, session):
    dbt.config(materialized="table")
    from clickintent.stages.judged_sessions import JudgedInputs
    from clickintent.stages.run import Run
    from clickintent.stages.sensitive_probe import evaluate_sensitive_intents

    inputs = JudgedInputs(
        judged=dbt.ref("judged_sessions"),
        sessions=dbt.ref("eval_sessions"),
        sequences=dbt.ref("eval_sequences"),
        pages=dbt.ref("pages"),
        encoders=dbt.ref("eval_encoder_in_use"),
        taxonomy=dbt.ref("intent_taxonomy"),
    )
    return evaluate_sensitive_intents(Run(dbt, session), inputs)
