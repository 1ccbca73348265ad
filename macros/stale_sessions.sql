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
    where not exists (
        select 1 from held
        where
            held.session_id = present.session_id
            and held.started_at = present.started_at
            and held.content_hash = present.content_hash
    )
),

placed as (
    select placed_events.* from {{ ref('placed_events') }} as placed_events
    where
        {{ clickintent.in_days('placed_events.session_started_at', days) }}
        -- not `exists`, for which DuckDB first takes the events apart by session
        and placed_events.session_id in (select session_id from stale)
),

gone as (
    select held.session_id, held.started_at from held
    where not exists (
        select 1 from present where present.session_id = held.session_id and present.started_at = held.started_at
    )
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
