def model(dbt, session):
    dbt.config(materialized="incremental")
    from clickintent.stages.demo_bank import load_demo_events
    from clickintent.stages.run import Run

    return load_demo_events(Run(dbt, session), dbt.config.meta_get("bank"), dbt.ref("erasures"))
