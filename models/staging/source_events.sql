{{ config(materialized='view') }}

with arrived as (
    {%- for source in clickintent.event_sources() %}
    select * from {{ clickintent.movable(ref('stg_' ~ source ~ '__events')) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

referrer_sites as (
    select * from {{ clickintent.movable(ref('referrer_sites')) }}
),

parsed as (
    select
        raw,
        source,
        -- An event without an id is known by what it says, so that reading it again adds nothing: not by the whole row,
        -- which changes its text when another file brings a new column, nor by its load time.
        {{ clickintent.source_prefix() }}coalesce(nullif(trim(event_id), ''), {{ clickintent.stable_hash(
            ['source'] + clickintent.event_contract_columns() | reject('in', ['event_id', 'loaded_at']) | list
        ) }}) as event_id,
        {{ clickintent.parse_timestamp('event_at') }} as event_at,
        {{ clickintent.parse_timestamp('loaded_at') }} as load_time,
        event_at is null or trim(event_at) = '' as is_event_at_missing,
        coalesce(nullif(trim(site_id), ''), 'default') as site_id,
        case when lower(channel) in ('app', 'mobile', 'mob', 'ios', 'android') then 'app' else 'web' end as channel,
        nullif(trim(visitor_id), '') as visitor_id,
        nullif(trim(customer_id), '') as customer_id,
        nullif(trim(event_type), '') as event_type,
        nullif(trim(page_url), '') as page_url,
        {{ clickintent.normalize_page('page_url') }} as page_key,
        nullif(trim(page_title), '') as page_title,
        nullif(trim(referrer_url), '') as referrer_url,
        coalesce(nullif(utm_source, ''), {{ clickintent.url_parameter('page_url', 'utm_source') }}) as utm_source,
        coalesce(nullif(utm_medium, ''), {{ clickintent.url_parameter('page_url', 'utm_medium') }}) as utm_medium,
        coalesce(nullif(utm_campaign, ''), {{ clickintent.url_parameter('page_url', 'utm_campaign') }}) as utm_campaign,
        nullif(lower(device_type), '') as device_type,
        nullif(user_agent, '') as user_agent,
        nullif(language, '') as language,
        {{ clickintent.parse_consent('has_consent') }} as has_consent,
        coalesce(try_cast(is_internal as boolean), false) as is_internal,
        try_cast(event_value as double) as event_value,
        nullif(properties, '') as properties
    from arrived
),

bounded as (
    select
        * exclude (event_type, event_at, load_time),
        coalesce(event_type, case when page_url is not null then 'page_view' end) as event_type,
        {{ clickintent.plausible_timestamp('event_at') }} as event_at,
        {{ clickintent.plausible_timestamp('load_time') }} as load_time
    from parsed
),

timed as (
    select
        * exclude (load_time),
        load_time is not null as has_load_time,
        -- without a load time the event's own stands in: a build's clock would differ at a full refresh
        coalesce(load_time, event_at, timestamp '1970-01-01') as loaded_at
    from bounded
),

judged as (
    select
        timed.*,
        case
            when timed.utm_medium is not null and regexp_matches(lower(timed.utm_medium), 'cpc|ppc|paid|display|banner|cpm') then 'paid'
            when lower(timed.utm_medium) in ('email', 'e-mail', 'newsletter') then 'email'
            when lower(timed.utm_medium) in ('social', 'organic_social') then 'social'
            when timed.referrer_url is null then 'direct'
            when {{ clickintent.url_host('timed.referrer_url') }} = {{ clickintent.url_host('timed.page_url') }} then 'internal'
            else coalesce(referrer_sites.referrer_medium, 'referral')
        end as referrer_medium,
        case
            when timed.visitor_id is null then 'missing_visitor'
            when timed.is_event_at_missing then 'missing_timestamp'
            when timed.event_at is null then 'bad_timestamp'
            -- without a load time the clock stands in: the row is read again at each build, and taken when its time comes
            when {{ clickintent.seconds_between(
                "case when timed.has_load_time then timed.loaded_at else cast('" ~ clickintent.clock() ~ "' as timestamp) end",
                'timed.event_at'
            ) }} > {{ var('future_tolerance_hours') }} * 3600 then 'future_timestamp'
            when timed.event_type is null then 'missing_event_type_and_page'
        end as reason
    from timed
    left join referrer_sites
        on {{ clickintent.site_name(clickintent.url_host('timed.referrer_url')) }} = referrer_sites.site_name
)

select
    *,
    -- one verdict a row: what is refused is counted, and stored nowhere
    case when has_consent is false then 'refused' when reason is not null then 'quarantined' else 'accepted' end as verdict,
    {{ clickintent.stable_hash([
        'event_id', 'source', 'site_id', 'channel', 'visitor_id', 'customer_id', 'event_at', 'event_type', 'page_url',
        'page_title', 'referrer_url', 'utm_source', 'utm_medium', 'utm_campaign', 'device_type',
        'user_agent', 'language', 'has_consent', 'is_internal', 'event_value', 'properties'
    ]) }} as content_hash
from judged
