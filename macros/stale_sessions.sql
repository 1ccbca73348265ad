{#
    CTEs `stale`, `placed` and `gone`, for a table of one row per session below `sessions`: the sessions whose
    `content_hash` the table does not hold yet, their events, and the ids it holds of sessions that are no more. All
    sessions, all events and no ids where the table is built anew. The table needs session_id, started_at, content_hash.
#}
{% macro stale_sessions() -%}
{%- if is_incremental() %}
{%- set days = clickintent.changed_days(
    {'relation': ref('sessions'), 'time': 'started_at', 'number': 'hash(content_hash)'},
    {'relation': this, 'time': 'started_at', 'number': 'hash(content_hash)'}
) %}
present as (
    select * from {{ ref('sessions') }}
    where {{ clickintent.in_days('started_at', days) }}
),

held as (
    select session_id, started_at, content_hash from {{ this }}
    where {{ clickintent.in_days('started_at', days) }}
),

stale as (
    select present.* from present
    anti join held using (session_id, started_at, content_hash)
),

placed as (
    select placed_events.* from {{ ref('placed_events') }} as placed_events
    semi join stale using (session_id)
    where {{ clickintent.in_days('placed_events.session_started_at', days) }}
),

gone as (
    select held.session_id, held.started_at from held
    anti join present using (session_id, started_at)
)
{%- else %}
stale as (
    select * from {{ ref('sessions') }}
),

placed as (
    select * from {{ ref('placed_events') }}
),

gone as (
    select session_id, started_at from stale where 1 = 0
)
{%- endif %}
{%- endmacro %}
