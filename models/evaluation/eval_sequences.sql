{{ config(materialized='table', tags=['evaluation_fit']) }}
{%- set lists = ['page_keys', 'event_types', 'gap_seconds', 'hours', 'weekdays', 'event_values'] %}

with sequences as (
    select * from {{ ref('session_sequences') }}
    where not is_bot
),

sessions as (
    select session_id, is_before_split from {{ ref('eval_sessions') }}
),

{% if clickintent.evaluates_within_sessions() -%}
cuts as (
    select placed.session_id, min(placed.event_index) as event_index
    from {{ ref('session_events') }} as placed
    inner join {{ ref('stg_events') }} as events on placed.event_id = events.event_id
    where events.event_type in {{ clickintent.listed_texts(clickintent.evaluation_setting('cut_events')) }}
    group by placed.session_id
),

measured as (
    select
        sequences.*,
        sessions.is_before_split,
        least(
            {{ clickintent.list_length('sequences.event_types') }},
            coalesce(cuts.event_index - 1 - sequences.truncated_count, {{ clickintent.list_length('sequences.event_types') }})
        ) as kept_count,
        cuts.event_index is not null as is_cut
    from sequences
    inner join sessions on sequences.session_id = sessions.session_id
    left join cuts on sequences.session_id = cuts.session_id
),

-- The time until an event that is cut off would tell of it: the last one kept has no dwell, as the last of a session has none.
final as (
    select
        * exclude (kept_count, is_cut, dwell_seconds, content_hash, {{ lists | join(', ') }}),
        {%- for list in lists %}
        {{ clickintent.list_head(list, 'kept_count') }} as {{ list }},
        {%- endfor %}
        case when is_cut then {{ clickintent.list_head_open('dwell_seconds', 'kept_count') }} else dwell_seconds end as dwell_seconds,
        case when is_cut then md5(content_hash || ' ' || cast(kept_count as {{ dbt.type_string() }})) else content_hash end as content_hash
    from measured
    -- of a session that was too long to be kept whole, how much is missing would tell how far it went on
    where kept_count >= {{ clickintent.evaluation_setting('min_events') }} and truncated_count = 0
)
{%- else -%}
final as (
    select sequences.*, sessions.is_before_split
    from sequences
    inner join sessions on sequences.session_id = sessions.session_id
)
{%- endif %}

select * from final
