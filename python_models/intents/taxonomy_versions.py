def model(dbt, session):
    dbt.config(materialized="incremental", unique_key="taxonomy_version", full_refresh=False)
    from clickintent.stages.run import Run
    from clickintent.stages.sending import Sending
    from clickintent.stages.taxonomy import settle_taxonomy
    from clickintent.stages.taxonomy_drafts import DraftSettings
    from clickintent.stages.taxonomy_sample import SessionInputs

    audience = dbt.ref("page_audience"), dbt.ref("event_type_audience")
    sending = Sending(dbt.config.meta_get("llm"), dbt.ref("sendable_sessions"), *audience, dbt.ref("llm_prices"))
    return settle_taxonomy(
        Run(dbt, session),
        dbt.ref("taxonomy"),
        dbt.ref("taxonomy_overrides"),
        SessionInputs(
            dbt.ref("session_narratives"),
            dbt.ref("session_sequences"),
            dbt.ref("session_embedding_versions"),
            dbt.ref("encoder_versions_in_use"),
            sending,
        ),
        source=dbt.config.meta_get("taxonomy_source"),
        settings=DraftSettings(dbt.config.meta_get("max_intents"), dbt.config.meta_get("min_page_visitors")),
    )
