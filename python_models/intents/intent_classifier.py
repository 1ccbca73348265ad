def model(dbt, session):
    dbt.config(materialized="incremental", unique_key="version", full_refresh=False)
    from clickintent.stages.intent_classifier import fit_intent_classifier
    from clickintent.stages.run import Run

    return fit_intent_classifier(
        Run(dbt, session),
        dbt.ref("session_labels"),
        dbt.ref("label_sample"),
        dbt.ref("session_embedding_versions"),
        dbt.ref("session_sequences"),
        dbt.ref("encoder_versions_in_use"),
        dbt.ref("intent_taxonomy"),
        gold=dbt.ref("gold_labels"),
        min_precision=dbt.config.meta_get("min_precision"),
        min_coverage=dbt.config.meta_get("min_coverage"),
        retrain=dbt.config.meta_get("retrain"),
    )
