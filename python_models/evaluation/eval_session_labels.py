def model(dbt, session):
    dbt.config(materialized="table")
    from clickintent.stages.evaluation_intents import label_eval_sessions
    from clickintent.stages.run import Run

    return label_eval_sessions(
        Run(dbt, session),
        dbt.ref("eval_sequences"),
        dbt.ref("pages"),
        dbt.ref("eval_intent_taxonomy"),
        dbt.ref("session_encoder"),
    )
