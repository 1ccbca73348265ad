def model(dbt, session):
    dbt.config(materialized="incremental", unique_key="customer_id")
    from clickintent.stages.customer_embeddings import pool_changed_customers
    from clickintent.stages.run import Run

    return pool_changed_customers(
        Run(dbt, session),
        dbt.ref("session_histories"),
        dbt.ref("session_embeddings"),
        pooling=dbt.config.meta_get("pooling"),
    )
