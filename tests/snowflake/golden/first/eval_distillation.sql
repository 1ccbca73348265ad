alter session set query_tag = 'clickintent'
;
set clickintent_is_empty = 'false';
    set clickintent_packages = 'numpy,pandas,polars,pyarrow,pytorch,rich,safetensors,scikit-learn,scipy,snowflake-snowpark-python,threadpoolctl';
    set clickintent_imports = '@CLICKINTENT.ANALYTICS.CLICKINTENT_PACKAGES/current/clickintent.zip'
;
WITH eval_distillation__dbt_sp AS PROCEDURE ()

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
    dbt.config(materialized="table")
    from clickintent.stages.distillation_evaluation import evaluate_distillation
    from clickintent.stages.run import Run
    from clickintent.stages.sending import Sending

    audience = dbt.ref("page_audience"), dbt.ref("event_type_audience")
    sending = Sending(dbt.config.meta_get("llm"), dbt.ref("sendable_sessions"), *audience, dbt.ref("llm_prices"))
    return evaluate_distillation(
        Run(dbt, session),
        classifier=dbt.ref("intent_classifier"),
        embeddings=dbt.ref("session_embedding_versions"),
        sequences=dbt.ref("session_sequences"),
        labels=dbt.ref("session_labels"),
        sample=dbt.ref("label_sample"),
        narratives=dbt.ref("session_narratives"),
        taxonomy=dbt.ref("intent_taxonomy"),
        truth=dbt.ref("intent_truth"),
        sending=sending,
    )

# This part is user provided model code
# you will need to copy the next section to run the code
# COMMAND ----------
# this part is dbt logic for get ref work, do not modify

def ref(*args, **kwargs):
    refs = {"event_type_audience": "CLICKINTENT.ANALYTICS.event_type_audience", "intent_classifier": "CLICKINTENT.ANALYTICS.intent_classifier", "intent_taxonomy": "CLICKINTENT.ANALYTICS.intent_taxonomy", "intent_truth": "CLICKINTENT.ANALYTICS.intent_truth", "label_sample": "CLICKINTENT.ANALYTICS.label_sample", "llm_prices": "CLICKINTENT.ANALYTICS.llm_prices", "page_audience": "CLICKINTENT.ANALYTICS.page_audience", "sendable_sessions": "CLICKINTENT.ANALYTICS.sendable_sessions", "session_embedding_versions": "CLICKINTENT.ANALYTICS.session_embedding_versions", "session_labels": "CLICKINTENT.ANALYTICS.session_labels", "session_narratives": "CLICKINTENT.ANALYTICS.session_narratives", "session_sequences": "CLICKINTENT.ANALYTICS.session_sequences"}
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
meta_dict = {'llm': {}}

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
    identifier = "eval_distillation"

    def __repr__(self):
        return 'CLICKINTENT.ANALYTICS.eval_distillation'

class dbtObj:
    def __init__(self, load_df_function) -> None:
        self.source = lambda *args: source(*args, dbt_load_df_function=load_df_function)
        self.ref = lambda *args, **kwargs: ref(*args, **kwargs, dbt_load_df_function=load_df_function)
        self.config = config
        self.this = this()
        self.is_incremental = False

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

    df.write.mode("overwrite").save_as_table('CLICKINTENT.ANALYTICS.eval_distillation', table_type='transient')

def main(session):
    dbt = dbtObj(session.table)
    df = model(dbt, session)
    materialize(session, df, dbt.this)
    return "OK"

$$
CALL eval_distillation__dbt_sp()
;
alter session unset query_tag
;
