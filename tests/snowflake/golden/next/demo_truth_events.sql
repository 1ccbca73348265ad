alter session set query_tag = 'clickintent'
;
set clickintent_is_empty = 'false';
    set clickintent_packages = 'numpy,pandas,polars,pyarrow,pytorch,rich,safetensors,scikit-learn,scipy,snowflake-snowpark-python,threadpoolctl';
    set clickintent_imports = '@CLICKINTENT.ANALYTICS.CLICKINTENT_PACKAGES/current/clickintent.zip'
;
WITH demo_truth_events__dbt_sp AS PROCEDURE ()

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
    dbt.config(materialized="incremental")
    from clickintent.stages.demo_bank import load_demo_truth
    from clickintent.stages.run import Run

    return load_demo_truth(Run(dbt, session), dbt.config.meta_get("bank"), dbt.ref("erasures"))

# This part is user provided model code
# you will need to copy the next section to run the code
# COMMAND ----------
# this part is dbt logic for get ref work, do not modify

def ref(*args, **kwargs):
    refs = {"erasures": "CLICKINTENT.ANALYTICS.erasures"}
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
meta_dict = {'bank': {'people': 20000, 'days': 60, 'seed': 7, 'linked': True}}

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
    identifier = "demo_truth_events"

    def __repr__(self):
        return 'CLICKINTENT.ANALYTICS.demo_truth_events'

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

    df.write.mode("overwrite").save_as_table('CLICKINTENT.ANALYTICS.demo_truth_events__dbt_tmp', table_type='temporary')

def main(session):
    dbt = dbtObj(session.table)
    df = model(dbt, session)
    materialize(session, df, dbt.this)
    return "OK"

$$
CALL demo_truth_events__dbt_sp()
;
begin;

    insert into CLICKINTENT.ANALYTICS.demo_truth_events ("EVENT_ID", "SIMULATED_SESSION_ID", "GROUP", "INTENT", "NEED", "IS_MIXED", "IS_AMBIGUOUS", "ORACLE_GROUP", "ORACLE_INTENT", "SIMULATION")
    (
        select "EVENT_ID", "SIMULATED_SESSION_ID", "GROUP", "INTENT", "NEED", "IS_MIXED", "IS_AMBIGUOUS", "ORACLE_GROUP", "ORACLE_INTENT", "SIMULATION"
        from CLICKINTENT.ANALYTICS.demo_truth_events__dbt_tmp
    );
    commit
;
drop table if exists CLICKINTENT.ANALYTICS.demo_truth_events__dbt_tmp cascade
;
alter session unset query_tag
;
