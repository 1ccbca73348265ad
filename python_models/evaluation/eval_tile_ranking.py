def model(dbt, session):
    dbt.config(materialized="table")
    from clickintent.stages.run import Run
    from clickintent.stages.tile_evaluation import evaluate_tile_ranking

    return evaluate_tile_ranking(
        Run(dbt, session),
        split=dbt.ref("eval_split"),
        examples=dbt.ref("eval_tile_examples"),
        needs=dbt.ref("eval_tile_needs"),
        intents=dbt.ref("eval_session_intents"),
    )
