alter session set query_tag = 'clickintent'
;
set clickintent_is_empty = 'false';
    set clickintent_packages = 'numpy,pandas,polars,pyarrow,pytorch,rich,safetensors,scikit-learn,scipy,snowflake-snowpark-python,threadpoolctl';
    set clickintent_imports = '@CLICKINTENT.ANALYTICS.CLICKINTENT_PACKAGES/current/clickintent.zip'
;
WITH session_encoder__dbt_sp AS PROCEDURE ()

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
    from clickintent.stages.run import Run
    from clickintent.stages.session_encoder import fit_session_encoder

    return fit_session_encoder(
        Run(dbt, session),
        dbt.ref("session_sequences"),
        dbt.ref("pages"),
        retrain=dbt.config.meta_get("retrain"),
        is_demo=dbt.config.meta_get("is_demo"),
        initial_weights=dbt.config.meta_get("initial_weights"),
        steps=dbt.config.meta_get("training_steps"),
        max_events=dbt.config.meta_get("max_events"),
        page_text=dbt.config.meta_get("page_text_encoder"),
        page_text_model=dbt.config.meta_get("page_text_model"),
        min_training_sessions=dbt.config.meta_get("min_training_sessions"),
        max_training_sessions=dbt.config.meta_get("max_training_sessions"),
        device=dbt.config.meta_get("training_device"),
    )

# This part is user provided model code
# you will need to copy the next section to run the code
# COMMAND ----------
# this part is dbt logic for get ref work, do not modify

def ref(*args, **kwargs):
    refs = {"pages": "CLICKINTENT.ANALYTICS.pages", "session_sequences": "CLICKINTENT.ANALYTICS.session_sequences"}
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
meta_dict = {'retrain': 'propose', 'is_demo': False, 'initial_weights': 'packaged', 'training_steps': None, 'max_events': 64, 'page_text_encoder': 'hashed', 'page_text_model': None, 'min_training_sessions': 500, 'max_training_sessions': 200000, 'training_device': 'cpu'}

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
    identifier = "session_encoder"

    def __repr__(self):
        return 'CLICKINTENT.ANALYTICS.session_encoder'

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

    df.write.mode("overwrite").save_as_table('CLICKINTENT.ANALYTICS.session_encoder__dbt_tmp', table_type='temporary')

def main(session):
    dbt = dbtObj(session.table)
    df = model(dbt, session)
    materialize(session, df, dbt.this)
    return "OK"

$$
CALL session_encoder__dbt_sp()
;
begin;

        delete from CLICKINTENT.ANALYTICS.session_encoder as DBT_INTERNAL_DEST
        where (version) in (
            select distinct version
            from CLICKINTENT.ANALYTICS.session_encoder__dbt_tmp as DBT_INTERNAL_SOURCE
        );

    insert into CLICKINTENT.ANALYTICS.session_encoder ("VERSION", "STATUS", "TRAINED_AT", "TRAINED_ROWS", "TRAINED_FROM", "TRAINED_TO", "CONFIG", "METRICS", "WEIGHTS", "APPROVED_BY", "APPROVED_AT")
    (
        select "VERSION", "STATUS", "TRAINED_AT", "TRAINED_ROWS", "TRAINED_FROM", "TRAINED_TO", "CONFIG", "METRICS", "WEIGHTS", "APPROVED_BY", "APPROVED_AT"
        from CLICKINTENT.ANALYTICS.session_encoder__dbt_tmp
    );
    commit
;
drop table if exists CLICKINTENT.ANALYTICS.session_encoder__dbt_tmp cascade
;
alter session unset query_tag
;
