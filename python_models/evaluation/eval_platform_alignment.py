def model(dbt, session):
    dbt.config(materialized="table")
    from clickintent.stages.judged_sessions import JudgedInputs
    from clickintent.stages.platform_alignment import ToldInputs, evaluate_platform_alignment
    from clickintent.stages.run import Run

    inputs = JudgedInputs(
        judged=dbt.ref("judged_sessions"),
        sessions=dbt.ref("eval_sessions"),
        sequences=dbt.ref("eval_sequences"),
        pages=dbt.ref("pages"),
        encoders=dbt.ref("eval_encoder_in_use"),
        taxonomy=dbt.ref("intent_taxonomy"),
    )
    told = ToldInputs(
        sequences=dbt.ref("eval_training_sequences"),
        labels=dbt.ref("eval_session_labels"),
        intents=dbt.ref("eval_session_intents"),
        taxonomy=dbt.ref("eval_intent_taxonomy"),
    )
    return evaluate_platform_alignment(Run(dbt, session), inputs, told)
