def model(dbt, session):
    dbt.config(materialized="incremental", unique_key="session_id")
    from clickintent.stages.run import Run
    from clickintent.stages.session_labels import narrate_changed_sessions

    return narrate_changed_sessions(Run(dbt, session), dbt.ref("session_sequences"), dbt.ref("pages"))
