alter session set query_tag = 'clickintent'
;
create or replace   view CLICKINTENT.ANALYTICS.sendable_sessions

  copy grants

  as (

with sessions as (
    select session_id, source, site_id, channel, visitor_id, is_bot from CLICKINTENT.ANALYTICS.sessions
),

-- a later consent brings none of them back: what was refused once is not sent
withdrawals as (
    select visitor_hash from CLICKINTENT.ANALYTICS.consent_withdrawals
    where refused_at is not null
),

final as (
    select session_id
    from sessions
    where
        not is_bot
        and md5(
        coalesce(cast(source as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(site_id as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(channel as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(visitor_id as TEXT), chr(30))) not in (select visitor_hash from withdrawals)
)

select * from final
  )
;
alter session unset query_tag
;
