def model(dbt, session):
    dbt.config(materialized="incremental", unique_key="session_id", on_schema_change="append_new_columns")
    from clickintent.stages.intent_classifier import predict_changed_sessions
    from clickintent.stages.run import Run

    return predict_changed_sessions(
        Run(dbt, session),
        dbt.ref("session_embedding_versions"),
        dbt.ref("encoder_versions_in_use"),
        dbt.ref("intent_classifier"),
        dbt.ref("intent_taxonomy"),
    )
