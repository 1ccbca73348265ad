def model(dbt, session):
    dbt.config(materialized="incremental", unique_key="session_id", full_refresh=False)
    from clickintent.stages.run import Run
    from clickintent.stages.session_labels import label_sampled_sessions

    return label_sampled_sessions(
        Run(dbt, session),
        dbt.ref("session_narratives"),
        dbt.ref("label_sample"),
        dbt.ref("intent_taxonomy"),
        gold=dbt.ref("gold_labels"),
        encoders=dbt.ref("session_encoder"),
        labeler=dbt.config.meta_get("labeler"),
    )
