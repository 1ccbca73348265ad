def model(dbt, session):
    dbt.config(materialized="table")
    from clickintent.stages.learning_curve_evaluation import evaluate_learning_curve
    from clickintent.stages.run import Run

    return evaluate_learning_curve(
        Run(dbt, session),
        classifier=dbt.ref("intent_classifier"),
        embeddings=dbt.ref("session_embedding_versions"),
        sequences=dbt.ref("session_sequences"),
        labels=dbt.ref("session_labels"),
        sample=dbt.ref("label_sample"),
        taxonomy=dbt.ref("intent_taxonomy"),
        truth=dbt.ref("intent_truth"),
    )
