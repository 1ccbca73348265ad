def model(dbt, session):
    dbt.config(materialized="incremental", unique_key=["page_key", "encoder_version"])
    from clickintent.stages.run import Run
    from clickintent.stages.session_embeddings import embed_new_pages

    return embed_new_pages(Run(dbt, session), dbt.ref("pages"), dbt.ref("eval_encoder_in_use"))
