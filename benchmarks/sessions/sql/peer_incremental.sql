-- The same five models in their incremental form: each looks $trailing_hours hours behind the newest *event* time it holds,
-- takes what lies after that, and writes it with delete+insert by key. Page views are taken with the whole history of every
-- visitor seen in that window, sessions are not.

-- step: peer_page_views
create or replace temp table peer_new_page_views as
with page_views as (
    select $page_view_columns from stg_events
    where visitor_id in (
        select visitor_id from stg_events
        where event_at > (select max(event_at) - interval $trailing_hours hours from peer_page_views)
    )
),
$sessionized
select * from identified;
begin;
delete from peer_page_views where event_id in (select event_id from peer_new_page_views);
insert into peer_page_views select * from peer_new_page_views;
commit;

-- step: peer_sessions_initial
create or replace temp table peer_new_sessions_initial as
with page_views as (
    select * from peer_page_views
    where event_at > (select max(started_at) - interval $trailing_hours hours from peer_sessions_initial)
),
$summarized
select * from timed;
begin;
delete from peer_sessions_initial where session_id in (select session_id from peer_new_sessions_initial);
insert into peer_sessions_initial select * from peer_new_sessions_initial;
commit;

-- step: peer_users
create or replace table peer_users as
$stitching

-- step: peer_sessions_stitched
create or replace temp table peer_new_sessions_stitched as
select
    sessions.*,
    coalesce(users.user_id, sessions.visitor_id) as blended_user_id
from peer_sessions_initial as sessions
left join peer_users as users on sessions.visitor_id = users.visitor_id
where sessions.started_at > (select max(started_at) - interval $trailing_hours hours from peer_sessions_stitched);
begin;
delete from peer_sessions_stitched where session_id in (select session_id from peer_new_sessions_stitched);
insert into peer_sessions_stitched select * from peer_new_sessions_stitched;
commit;

-- step: peer_sessions
create or replace temp table peer_new_sessions as
with bound as (
    select max(started_at) - interval $trailing_hours hours as from_at from peer_sessions
),

kept as (
    select blended_user_id, count(*) as starting_number
    from peer_sessions
    where started_at <= (select from_at from bound)
    group by 1
),

redone as (
    select * from peer_sessions_stitched
    where started_at > (select from_at from bound)
)

select
    redone.*,
    row_number() over (partition by redone.blended_user_id order by redone.started_at)
        + coalesce(kept.starting_number, 0) as session_number
from redone
left join kept on redone.blended_user_id = kept.blended_user_id;
begin;
delete from peer_sessions where session_id in (select session_id from peer_new_sessions);
insert into peer_sessions select * from peer_new_sessions;
commit;
