alter session set query_tag = 'clickintent'
;
set clickintent_is_empty = 'false';
    set clickintent_packages = 'numpy,pandas,polars,pyarrow,pytorch,rich,safetensors,scikit-learn,scipy,snowflake-snowpark-python,threadpoolctl';
    set clickintent_imports = '@CLICKINTENT.ANALYTICS.CLICKINTENT_PACKAGES/current/clickintent.zip'
;
WITH intent_classifier__dbt_sp AS PROCEDURE ()

RETURNS STRING
LANGUAGE PYTHON
RUNTIME_VERSION = '3.11'
PACKAGES = ('numpy', 'pandas', 'polars', 'pyarrow', 'pytorch', 'rich', 'safetensors', 'scikit-learn', 'scipy', 'snowflake-snowpark-python', 'threadpoolctl')

IMPORTS = ('@CLICKINTENT.ANALYTICS.CLICKINTENT_PACKAGES/current/clickintent.zip')
HANDLER = 'main'
EXECUTE AS CALLER
AS
$$

def model(dbt, session):
    dbt.config(materialized="incremental", unique_key="version", full_refresh=False)
    from clickintent.stages.intent_classifier import fit_intent_classifier
    from clickintent.stages.run import Run

    return fit_intent_classifier(
        Run(dbt, session),
        dbt.ref("session_labels"),
        dbt.ref("label_sample"),
        dbt.ref("session_embedding_versions"),
        dbt.ref("session_sequences"),
        dbt.ref("encoder_versions_in_use"),
        dbt.ref("intent_taxonomy"),
        gold=dbt.ref("gold_labels"),
        min_precision=dbt.config.meta_get("min_precision"),
        min_coverage=dbt.config.meta_get("min_coverage"),
        retrain=dbt.config.meta_get("retrain"),
    )

# This part is user provided model code
# you will need to copy the next section to run the code
# COMMAND ----------
# this part is dbt logic for get ref work, do not modify

def ref(*args, **kwargs):
    refs = {"encoder_versions_in_use": "CLICKINTENT.ANALYTICS.encoder_versions_in_use", "gold_labels": "CLICKINTENT.ANALYTICS.gold_labels", "intent_taxonomy": "CLICKINTENT.ANALYTICS.intent_taxonomy", "label_sample": "CLICKINTENT.ANALYTICS.label_sample", "session_embedding_versions": "CLICKINTENT.ANALYTICS.session_embedding_versions", "session_labels": "CLICKINTENT.ANALYTICS.session_labels", "session_sequences": "CLICKINTENT.ANALYTICS.session_sequences"}
    key = '.'.join(args)
    version = kwargs.get("v") or kwargs.get("version")
    if version:
        key += f".v{version}"
    dbt_load_df_function = kwargs.get("dbt_load_df_function")
    return dbt_load_df_function(refs[key])

def source(*args, dbt_load_df_function):
    sources = {}
    key = '.'.join(args)
    return dbt_load_df_function(sources[key])

config_dict = {}
meta_dict = {'min_precision': 0.85, 'min_coverage': 0.9, 'retrain': 'propose'}

class config:
    def __init__(self, *args, **kwargs):
        pass

    @staticmethod
    def get(key, default=None):
        return config_dict.get(key, default)

    @staticmethod
    def meta_get(key, default=None):
        return meta_dict.get(key, default)

class this:
    """dbt.this() or dbt.this.identifier"""
    database = "CLICKINTENT"
    schema = "ANALYTICS"
    identifier = "intent_classifier"

    def __repr__(self):
        return 'CLICKINTENT.ANALYTICS.intent_classifier'

class dbtObj:
    def __init__(self, load_df_function) -> None:
        self.source = lambda *args: source(*args, dbt_load_df_function=load_df_function)
        self.ref = lambda *args, **kwargs: ref(*args, **kwargs, dbt_load_df_function=load_df_function)
        self.config = config
        self.this = this()
        self.is_incremental = True

# COMMAND ----------

def materialize(session, df, target_relation):
    # make sure pandas exists
    import importlib.util
    package_name = 'pandas'
    if importlib.util.find_spec(package_name):
        import pandas
        if isinstance(df, pandas.core.frame.DataFrame):
            session.use_database(target_relation.database)
            session.use_schema(target_relation.schema)
            # session.write_pandas does not have overwrite function
            df = session.createDataFrame(df)

    df.write.mode("overwrite").save_as_table('CLICKINTENT.ANALYTICS.intent_classifier__dbt_tmp', table_type='temporary')

def main(session):
    dbt = dbtObj(session.table)
    df = model(dbt, session)
    materialize(session, df, dbt.this)
    return "OK"

$$
CALL intent_classifier__dbt_sp()
;
begin;

        delete from CLICKINTENT.ANALYTICS.intent_classifier as DBT_INTERNAL_DEST
        where (version) in (
            select distinct version
            from CLICKINTENT.ANALYTICS.intent_classifier__dbt_tmp as DBT_INTERNAL_SOURCE
        );

    insert into CLICKINTENT.ANALYTICS.intent_classifier ("VERSION", "STATUS", "TRAINED_AT", "TRAINED_ROWS", "TRAINED_FROM", "TRAINED_TO", "CONFIG", "METRICS", "WEIGHTS", "APPROVED_BY", "APPROVED_AT")
    (
        select "VERSION", "STATUS", "TRAINED_AT", "TRAINED_ROWS", "TRAINED_FROM", "TRAINED_TO", "CONFIG", "METRICS", "WEIGHTS", "APPROVED_BY", "APPROVED_AT"
        from CLICKINTENT.ANALYTICS.intent_classifier__dbt_tmp
    );
    commit
;
drop table if exists CLICKINTENT.ANALYTICS.intent_classifier__dbt_tmp cascade
;
alter session unset query_tag
;
