{#
    Every eligible session that arrived more than `max_hours` before `as_of` is in `model`, embedded as it is now (its
    `content_hash`) and, where `versions` is given, by the version in force. Sessions that arrived later may still
    wait. `as_of` is a UTC timestamp: the argument, else the var of that name, else the start of this run. No eligible
    session at all fails unless `allow_empty`.
#}
{% test embedding_freshness(
    model, eligible, max_hours=24, versions=none, eligible_condition='not is_bot', updated_at='updated_at', as_of=none,
    allow_empty=false
) %}
{%- set judged_at = as_of or clickintent.clock() %}
with sessions as (
    select session_id, content_hash, {{ updated_at }} as updated_at
    from {{ eligible }}
    where {{ eligible_condition }}
),

embedded as (
    select embeddings.session_id, embeddings.content_hash
    from {{ model }} as embeddings
    {%- if versions %}
    inner join {{ versions }} as versions
        on embeddings.encoder_version = versions.version and versions.is_current
    {%- endif %}
),

late as (
    select
        case when embedded.session_id is null then 'not embedded' else 'content has changed' end as problem,
        sessions.session_id,
        sessions.updated_at
    from sessions
    left join embedded on sessions.session_id = embedded.session_id
    where
        (embedded.session_id is null or embedded.content_hash <> sessions.content_hash)
        and {{ clickintent.seconds_between('sessions.updated_at', "cast('" ~ judged_at ~ "' as timestamp)") }}
        > {{ max_hours }} * 3600
),

problems as (
    select * from late
    {%- if not allow_empty %}
    union all
    select 'no eligible sessions' as problem, null as session_id, null as updated_at
    from (select count(*) as row_count from sessions) as counted
    where row_count = 0
    {%- endif %}
)

select * from problems
{%- if flags.EMPTY %}
where 1 = 0
{%- endif %}
{% endtest %}
