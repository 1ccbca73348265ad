def model(dbt, session):
    dbt.config(materialized="incremental", unique_key="session_id", full_refresh=False)
    from clickintent.stages.run import Run
    from clickintent.stages.session_map import lay_out_sample

    return lay_out_sample(Run(dbt, session), dbt.ref("session_map_sample"))
