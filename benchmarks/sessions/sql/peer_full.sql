-- The structure of dbt-labs/segment's session models (Apache-2.0), said again in our own words for DuckDB: page views are
-- numbered per visitor, a number per visitor and inactivity window makes the session id, sessions are read off windows,
-- visitors are stitched to the last user seen, and sessions are numbered per stitched user. Every event counts as a page
-- view here, so that both sides have the same rows. Their de-duplication by event id is left out: these events are unique.

-- step: peer_page_views
create or replace table peer_page_views as
with page_views as (
    select $page_view_columns from stg_events
),
$sessionized
select * from identified;

-- step: peer_sessions_initial
create or replace table peer_sessions_initial as
with page_views as (
    select * from peer_page_views
),
$summarized
select * from timed;

-- step: peer_users
create or replace table peer_users as
$stitching

-- step: peer_sessions_stitched
create or replace table peer_sessions_stitched as
select
    sessions.*,
    coalesce(users.user_id, sessions.visitor_id) as blended_user_id
from peer_sessions_initial as sessions
left join peer_users as users on sessions.visitor_id = users.visitor_id;

-- step: peer_sessions
create or replace table peer_sessions as
select
    *,
    row_number() over (partition by blended_user_id order by started_at) as session_number
from peer_sessions_stitched;
