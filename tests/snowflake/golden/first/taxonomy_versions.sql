alter session set query_tag = 'clickintent'
;
set clickintent_is_empty = 'false';
    set clickintent_packages = 'numpy,pandas,polars,pyarrow,pytorch,rich,safetensors,scikit-learn,scipy,snowflake-snowpark-python,threadpoolctl';
    set clickintent_imports = '@CLICKINTENT.ANALYTICS.CLICKINTENT_PACKAGES/current/clickintent.zip'
;
set clickintent_table_llm_calls = 'CLICKINTENT.ANALYTICS.llm_calls'
;
WITH taxonomy_versions__dbt_sp AS PROCEDURE ()

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
    dbt.config(materialized="incremental", unique_key="taxonomy_version", full_refresh=False)
    from clickintent.stages.run import Run
    from clickintent.stages.sending import Sending
    from clickintent.stages.taxonomy import settle_taxonomy
    from clickintent.stages.taxonomy_drafts import DraftSettings
    from clickintent.stages.taxonomy_sample import SessionInputs

    audience = dbt.ref("page_audience"), dbt.ref("event_type_audience")
    sending = Sending(dbt.config.meta_get("llm"), dbt.ref("sendable_sessions"), *audience, dbt.ref("llm_prices"))
    return settle_taxonomy(
        Run(dbt, session),
        dbt.ref("taxonomy"),
        dbt.ref("taxonomy_overrides"),
        SessionInputs(
            dbt.ref("session_narratives"),
            dbt.ref("session_sequences"),
            dbt.ref("session_embedding_versions"),
            dbt.ref("encoder_versions_in_use"),
            sending,
        ),
        source=dbt.config.meta_get("taxonomy_source"),
        settings=DraftSettings(dbt.config.meta_get("max_intents"), dbt.config.meta_get("min_page_visitors")),
    )

# This part is user provided model code
# you will need to copy the next section to run the code
# COMMAND ----------
# this part is dbt logic for get ref work, do not modify

def ref(*args, **kwargs):
    refs = {"encoder_versions_in_use": "CLICKINTENT.ANALYTICS.encoder_versions_in_use", "event_type_audience": "CLICKINTENT.ANALYTICS.event_type_audience", "llm_calls": "CLICKINTENT.ANALYTICS.llm_calls", "llm_prices": "CLICKINTENT.ANALYTICS.llm_prices", "page_audience": "CLICKINTENT.ANALYTICS.page_audience", "sendable_sessions": "CLICKINTENT.ANALYTICS.sendable_sessions", "session_embedding_versions": "CLICKINTENT.ANALYTICS.session_embedding_versions", "session_narratives": "CLICKINTENT.ANALYTICS.session_narratives", "session_sequences": "CLICKINTENT.ANALYTICS.session_sequences", "taxonomy": "CLICKINTENT.ANALYTICS.taxonomy", "taxonomy_overrides": "CLICKINTENT.ANALYTICS.taxonomy_overrides"}
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
meta_dict = {'llm': {}, 'taxonomy_source': 'seed', 'max_intents': 35, 'min_page_visitors': 20}

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
    identifier = "taxonomy_versions"

    def __repr__(self):
        return 'CLICKINTENT.ANALYTICS.taxonomy_versions'

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

    df.write.mode("overwrite").save_as_table('CLICKINTENT.ANALYTICS.taxonomy_versions', table_type='')

def main(session):
    dbt = dbtObj(session.table)
    df = model(dbt, session)
    materialize(session, df, dbt.this)
    return "OK"

$$
CALL taxonomy_versions__dbt_sp()
;
drop table if exists CLICKINTENT.ANALYTICS.taxonomy_versions__dbt_tmp cascade
;
alter session unset query_tag
;
