alter session set query_tag = 'clickintent'
;
set clickintent_is_empty = 'false';
    set clickintent_packages = 'numpy,pandas,polars,pyarrow,pytorch,rich,safetensors,scikit-learn,scipy,snowflake-snowpark-python,threadpoolctl';
    set clickintent_imports = '@CLICKINTENT.ANALYTICS.CLICKINTENT_PACKAGES/current/clickintent.zip'
;
WITH session_map__dbt_sp AS PROCEDURE ()

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
    dbt.config(materialized="incremental", unique_key="session_id", full_refresh=False)
    from clickintent.stages.run import Run
    from clickintent.stages.session_map import lay_out_sample

    return lay_out_sample(Run(dbt, session), dbt.ref("session_map_sample"))

# This part is user provided model code
# you will need to copy the next section to run the code
# COMMAND ----------
# this part is dbt logic for get ref work, do not modify

def ref(*args, **kwargs):
    refs = {"session_map_sample": "CLICKINTENT.ANALYTICS.session_map_sample"}
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
meta_dict = {}

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
    identifier = "session_map"

    def __repr__(self):
        return 'CLICKINTENT.ANALYTICS.session_map'

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

    df.write.mode("overwrite").save_as_table('CLICKINTENT.ANALYTICS.session_map__dbt_tmp', table_type='temporary')

def main(session):
    dbt = dbtObj(session.table)
    df = model(dbt, session)
    materialize(session, df, dbt.this)
    return "OK"

$$
CALL session_map__dbt_sp()
;
begin;

        delete from CLICKINTENT.ANALYTICS.session_map as DBT_INTERNAL_DEST
        where (session_id) in (
            select distinct session_id
            from CLICKINTENT.ANALYTICS.session_map__dbt_tmp as DBT_INTERNAL_SOURCE
        );

    insert into CLICKINTENT.ANALYTICS.session_map ("SESSION_ID", "ENCODER_VERSION", "CONTENT_HASH", "X", "Y", "SAMPLE_HASH")
    (
        select "SESSION_ID", "ENCODER_VERSION", "CONTENT_HASH", "X", "Y", "SAMPLE_HASH"
        from CLICKINTENT.ANALYTICS.session_map__dbt_tmp
    );
    commit
;
drop table if exists CLICKINTENT.ANALYTICS.session_map__dbt_tmp cascade
;
delete from CLICKINTENT.ANALYTICS.session_map
        where not exists (
            select 1
            from CLICKINTENT.ANALYTICS.session_map_sample as parent
            where (true)
                and parent.session_id = session_map.session_id
        )
;
alter session unset query_tag
;
