def model(dbt, session):
    dbt.config(materialized="table")
    from clickintent.stages.conversion_evaluation import EvaluatedTables, evaluate_conversion
    from clickintent.stages.run import Run

    tables = EvaluatedTables(
        split=dbt.ref("eval_split"),
        examples=dbt.ref("eval_examples"),
        example_sessions=dbt.ref("eval_example_sessions"),
        sequences=dbt.ref("eval_sequences"),
        pages=dbt.ref("pages"),
        labels=dbt.ref("session_labels"),
        all_labels=dbt.ref("eval_session_labels"),
        embeddings=dbt.ref("eval_session_embeddings"),
        intents=dbt.ref("eval_session_intents"),
    )
    return evaluate_conversion(Run(dbt, session), tables)
