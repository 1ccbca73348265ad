-- Roles with the least they need: one that builds, one that reads for BI, one that reads for ranking.
-- Names of database, schema and warehouse are examples: CLICKINTENT_DB, ANALYTICS, CLICKINTENT_WH, and RAW for your events.
-- Run once by someone who may create roles and databases; docs/snowflake-security.md says why each line is there.

use role securityadmin;

create role if not exists clickintent_builder comment = 'runs dbt build and clickintent snowflake deploy';
create role if not exists clickintent_bi comment = 'reads distributions and intents, and no customer';
create role if not exists clickintent_ranking comment = 'reads embeddings and examples for a ranker';

-- so that an administrator can do what they can
grant role clickintent_builder to role sysadmin;
grant role clickintent_bi to role sysadmin;
grant role clickintent_ranking to role sysadmin;

-- where it runs ---------------------------------------------------------------------------------------------------

use role sysadmin;

create warehouse if not exists clickintent_wh warehouse_size = 'xsmall' auto_suspend = 60 auto_resume = true initially_suspended = true;
create database if not exists clickintent_db;
-- with managed access grants are given by the schema's owner alone, and not by whoever owns a table
create schema if not exists clickintent_db.analytics with managed access;

grant usage on warehouse clickintent_wh to role clickintent_builder;
grant usage on database clickintent_db to role clickintent_builder;
grant usage on schema clickintent_db.analytics to role clickintent_builder;

-- the builder: makes objects of its own in one schema, and reads the events -------------------------------------

grant create table on schema clickintent_db.analytics to role clickintent_builder;
grant create view on schema clickintent_db.analytics to role clickintent_builder;
grant create stage on schema clickintent_db.analytics to role clickintent_builder;
grant create function on schema clickintent_db.analytics to role clickintent_builder;
-- dbt's Python models run in procedures
grant create procedure on schema clickintent_db.analytics to role clickintent_builder;

grant usage on database raw to role clickintent_builder;
grant usage on schema raw.web to role clickintent_builder;
grant select on table raw.web.events to role clickintent_builder;

-- only for `deploy --openai`
grant create network rule on schema clickintent_db.analytics to role clickintent_builder;
grant create secret on schema clickintent_db.analytics to role clickintent_builder;
use role accountadmin;
grant create integration on account to role clickintent_builder;

-- only for the labeler cortex; every role has the privilege until it is taken from PUBLIC
grant database role snowflake.cortex_user to role clickintent_builder;
-- and one on the account, which PUBLIC has unless it was taken away
use role accountadmin;
grant use ai functions on account to role clickintent_builder;

-- the readers: into the schema, and there to what grants.sql names ----------------------------------------

use role sysadmin;
grant usage on warehouse clickintent_wh to role clickintent_bi;
grant usage on database clickintent_db to role clickintent_bi;
grant usage on schema clickintent_db.analytics to role clickintent_bi;

grant usage on warehouse clickintent_wh to role clickintent_ranking;
grant usage on database clickintent_db to role clickintent_ranking;
grant usage on schema clickintent_db.analytics to role clickintent_ranking;
