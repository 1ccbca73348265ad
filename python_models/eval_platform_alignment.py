def model(dbt, session):
    dbt.config(materialized="table")
    from clickintent.stages.judged_sessions import JudgedInputs
    from clickintent.stages.platform_alignment import evaluate_platform_alignment
    from clickintent.stages.run import Run

    inputs = JudgedInputs(
        judged=dbt.ref("judged_sessions"),
        sessions=dbt.ref("eval_sessions"),
        sequences=dbt.ref("eval_sequences"),
        pages=dbt.ref("pages"),
        encoders=dbt.ref("eval_encoder_in_use"),
        taxonomy=dbt.ref("intent_taxonomy"),
    )
    return evaluate_platform_alignment(Run(dbt, session), inputs)
