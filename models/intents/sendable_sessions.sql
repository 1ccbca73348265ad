{{ config(materialized='view') }}
{%- set visitor = ['source', 'site_id', 'channel', 'visitor_id'] %}

with sessions as (
    select session_id, {{ visitor | join(', ') }}, is_bot from {{ clickintent.movable(ref('sessions')) }}
),

-- a later consent brings none of them back: what was refused once is not sent
withdrawals as (
    select visitor_hash from {{ clickintent.movable(ref('consent_withdrawals')) }}
    where refused_at is not null
),

final as (
    select session_id
    from sessions
    where
        not is_bot
        and {{ clickintent.stable_hash(visitor) }} not in (select visitor_hash from withdrawals)
)

select * from final
