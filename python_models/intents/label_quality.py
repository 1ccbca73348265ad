def model(dbt, session):
    dbt.config(materialized="table")
    from clickintent.stages.label_quality import judge_labels
    from clickintent.stages.run import Run

    return judge_labels(
        Run(dbt, session),
        gold=dbt.ref("gold_labels"),
        sessions=dbt.ref("sessions"),
        session_events=dbt.ref("session_events"),
        events=dbt.ref("stg_events"),
        labels=dbt.ref("session_labels"),
        intents=dbt.ref("session_intents"),
        taxonomy=dbt.ref("intent_taxonomy"),
    )
