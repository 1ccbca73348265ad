def model(dbt, session):
    dbt.config(materialized="table")
    from clickintent.stages.distillation_evaluation import evaluate_distillation
    from clickintent.stages.run import Run
    from clickintent.stages.sending import Sending

    audience = dbt.ref("page_audience"), dbt.ref("event_type_audience")
    sending = Sending(dbt.config.meta_get("llm"), dbt.ref("sendable_sessions"), *audience, dbt.ref("llm_prices"))
    return evaluate_distillation(
        Run(dbt, session),
        classifier=dbt.ref("intent_classifier"),
        embeddings=dbt.ref("session_embedding_versions"),
        sequences=dbt.ref("session_sequences"),
        labels=dbt.ref("session_labels"),
        sample=dbt.ref("label_sample"),
        narratives=dbt.ref("session_narratives"),
        taxonomy=dbt.ref("intent_taxonomy"),
        truth=dbt.ref("intent_truth"),
        sending=sending,
    )
