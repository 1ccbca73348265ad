def model(dbt, session):
    dbt.config(materialized="incremental", unique_key="version", full_refresh=False)
    from clickintent.stages.evaluation_intents import name_of_sessions
    from clickintent.stages.intent_classifier import fit_intent_classifier
    from clickintent.stages.run import Run

    run = Run(dbt, session)
    built, anew = dbt.ref("session_labels"), dbt.ref("eval_session_labels")
    # on a line of its own: dbt hands over only what it finds in a plain statement
    is_anew = dbt.config.meta_get("labels_anew")
    return fit_intent_classifier(
        run,
        anew if is_anew else built,
        dbt.ref("label_sample"),
        dbt.ref("eval_session_embeddings"),
        dbt.ref("eval_training_sequences"),
        dbt.ref("eval_encoder_in_use"),
        dbt.ref("eval_intent_taxonomy"),
        gold=dbt.ref("gold_labels"),
        min_precision=dbt.config.meta_get("min_precision"),
        min_coverage=dbt.config.meta_get("min_coverage"),
        fitted_on=name_of_sessions(run, dbt.ref("eval_training_sequences")),
    )
