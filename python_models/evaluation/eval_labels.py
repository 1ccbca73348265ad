def model(dbt, session):
    dbt.config(materialized="table")
    from clickintent.stages.evaluation import evaluate_demo_labels
    from clickintent.stages.run import Run

    return evaluate_demo_labels(
        Run(dbt, session),
        truth=dbt.ref("demo_truth"),
        sessions=dbt.ref("sessions"),
        sequences=dbt.ref("session_sequences"),
        pages=dbt.ref("pages"),
        intents=dbt.ref("session_intents"),
        labels=dbt.ref("session_labels"),
        sample=dbt.ref("label_sample"),
        narratives=dbt.ref("session_narratives"),
        encoders=dbt.ref("session_encoder"),
        taxonomy=dbt.ref("intent_taxonomy"),
    )
