-- What each reader reads. Run once by the schema's owner, after `dbt build` and `clickintent snowflake deploy` have made it;
-- roles.sql comes first. The grants outlive later builds: docs/snowflake-security.md.

use role sysadmin;

-- BI: what was aggregated, and intents of sessions without whose they are ----------------------------------------

grant select on table clickintent_db.analytics.intent_distribution_daily to role clickintent_bi;
grant select on table clickintent_db.analytics.intent_shares_daily to role clickintent_bi;
grant select on table clickintent_db.analytics.dim_intents to role clickintent_bi;
grant select on view clickintent_db.analytics.session_intents to role clickintent_bi;
grant select on table clickintent_db.analytics.sessions to role clickintent_bi;
grant usage on function clickintent_db.analytics.clickintent_intent(array, varchar) to role clickintent_bi;
grant usage on function clickintent_db.analytics.clickintent_intent(array) to role clickintent_bi;

-- ranking: embeddings and examples, with the customers they are of -----------------------------------------------

grant select on view clickintent_db.analytics.session_embeddings to role clickintent_ranking;
grant select on view clickintent_db.analytics.customer_embeddings to role clickintent_ranking;
grant select on table clickintent_db.analytics.tile_ranking_examples to role clickintent_ranking;
grant select on view clickintent_db.analytics.model_registry to role clickintent_ranking;
grant usage on function clickintent_db.analytics.clickintent_embed(varchar, varchar, varchar, array, array, array, array, array, array, array) to role clickintent_ranking;
