def model(dbt, session):
    dbt.config(materialized="table")
    from clickintent.stages.run import Run
    from clickintent.stages.taxonomy_evaluation import evaluate_demo_taxonomy

    return evaluate_demo_taxonomy(
        Run(dbt, session),
        truth=dbt.ref("demo_truth"),
        sessions=dbt.ref("sessions"),
        intents=dbt.ref("session_intents"),
        labels=dbt.ref("session_labels"),
        taxonomy=dbt.ref("intent_taxonomy"),
    )
