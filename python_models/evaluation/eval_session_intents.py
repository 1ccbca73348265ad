def model(dbt, session):
    dbt.config(materialized="table")
    from clickintent.stages.evaluation_intents import score_eval_sessions
    from clickintent.stages.run import Run

    return score_eval_sessions(
        Run(dbt, session),
        dbt.ref("eval_session_embeddings"),
        dbt.ref("eval_encoder_in_use"),
        dbt.ref("eval_classifier"),
        dbt.ref("eval_intent_taxonomy"),
    )
