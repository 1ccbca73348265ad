def model(dbt, session):
    dbt.config(materialized="incremental", unique_key="session_id", full_refresh=False)
    from clickintent.stages.run import Run
    from clickintent.stages.sending import Sending
    from clickintent.stages.session_labels import label_sampled_sessions

    audience = dbt.ref("page_audience"), dbt.ref("event_type_audience")
    sending = Sending(dbt.config.meta_get("llm"), dbt.ref("sendable_sessions"), *audience, dbt.ref("llm_prices"))
    return label_sampled_sessions(
        Run(dbt, session),
        dbt.ref("session_narratives"),
        dbt.ref("label_sample"),
        dbt.ref("intent_taxonomy"),
        gold=dbt.ref("gold_labels"),
        encoders=dbt.ref("session_encoder"),
        labeler=dbt.config.meta_get("labeler"),
        sending=sending,
    )
