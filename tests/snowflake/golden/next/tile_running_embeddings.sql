alter session set query_tag = 'clickintent'
;
set clickintent_is_empty = 'false';
    set clickintent_packages = 'numpy,pandas,polars,pyarrow,pytorch,rich,safetensors,scikit-learn,scipy,snowflake-snowpark-python,threadpoolctl';
    set clickintent_imports = '@CLICKINTENT.ANALYTICS.CLICKINTENT_PACKAGES/current/clickintent.zip'
;
WITH tile_running_embeddings__dbt_sp AS PROCEDURE ()

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
    dbt.config(materialized="incremental", unique_key=["session_id", "impression_id"])
    from clickintent.stages.run import Run
    from clickintent.stages.running_sessions import embed_running_sessions

    return embed_running_sessions(
        Run(dbt, session),
        dbt.ref("tile_running_sequences"),
        dbt.ref("page_embeddings"),
        dbt.ref("encoder_versions_in_use"),
    )

# This part is user provided model code
# you will need to copy the next section to run the code
# COMMAND ----------
# this part is dbt logic for get ref work, do not modify

def ref(*args, **kwargs):
    refs = {"encoder_versions_in_use": "CLICKINTENT.ANALYTICS.encoder_versions_in_use", "page_embeddings": "CLICKINTENT.ANALYTICS.page_embeddings", "tile_running_sequences": "CLICKINTENT.ANALYTICS.tile_running_sequences"}
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
    identifier = "tile_running_embeddings"

    def __repr__(self):
        return 'CLICKINTENT.ANALYTICS.tile_running_embeddings'

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

    df.write.mode("overwrite").save_as_table('CLICKINTENT.ANALYTICS.tile_running_embeddings__dbt_tmp', table_type='temporary')

def main(session):
    dbt = dbtObj(session.table)
    df = model(dbt, session)
    materialize(session, df, dbt.this)
    return "OK"

$$
CALL tile_running_embeddings__dbt_sp()
;
begin;

        delete from CLICKINTENT.ANALYTICS.tile_running_embeddings as DBT_INTERNAL_DEST
        where (session_id, impression_id) in (
            select distinct session_id, impression_id
            from CLICKINTENT.ANALYTICS.tile_running_embeddings__dbt_tmp as DBT_INTERNAL_SOURCE
        );

    insert into CLICKINTENT.ANALYTICS.tile_running_embeddings ("SESSION_ID", "IMPRESSION_ID", "EVENT_COUNT", "EMBEDDING", "ENCODER_VERSION", "CONTENT_HASH")
    (
        select "SESSION_ID", "IMPRESSION_ID", "EVENT_COUNT", "EMBEDDING", "ENCODER_VERSION", "CONTENT_HASH"
        from CLICKINTENT.ANALYTICS.tile_running_embeddings__dbt_tmp
    );
    commit
;
drop table if exists CLICKINTENT.ANALYTICS.tile_running_embeddings__dbt_tmp cascade
;
delete from CLICKINTENT.ANALYTICS.tile_running_embeddings
        where not exists (
            select 1
            from CLICKINTENT.ANALYTICS.tile_running_sequences as parent
            where (true)
                and parent.session_id = tile_running_embeddings.session_id
                and parent.impression_id = tile_running_embeddings.impression_id
        )
;
alter session unset query_tag
;
