{{ config(materialized='view') }}
{%- set bounds = clickintent.load_bounds() %}

with arrived as (
    {%- for source in clickintent.event_sources() %}
    select {{ clickintent.event_contract_columns() | join(', ') }}, source, raw, load_batch
    from {{ clickintent.movable(ref('stg_' ~ source ~ '__events')) }}
    {{ clickintent.where_loaded(bounds[source]) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

-- a page key looks at its URL many times
decoded as (
    select *, {{ clickintent.decoded_page('page_url') }} as decoded_page
    from arrived
),

referrer_sites as {{ clickintent.not_materialized() }} (
    select * from {{ clickintent.movable(ref('referrer_sites')) }}
),

campaign_media as {{ clickintent.not_materialized() }} (
    select * from {{ clickintent.movable(ref('campaign_media')) }}
),

erasures as {{ clickintent.not_materialized() }} (
    select * from {{ clickintent.movable(ref('erasures')) }}
),

erasure_count as (
    select count(*) as people from erasures
),

parsed as (
    select
        raw,
        source,
        load_batch as load_file,
        -- An event without an id is known by what it says, so that reading it again adds nothing: not by the whole row,
        -- which changes its text when another file brings a new column, nor by its load time.
        {{ clickintent.source_prefix() }}coalesce(nullif(trim(event_id), ''), {{ clickintent.derived_event_id() }}) as event_id,
        {{ clickintent.parse_timestamp('event_at') }} as event_at,
        {{ clickintent.parse_timestamp('loaded_at') }} as load_time,
        event_at is null or trim(event_at) = '' as is_event_at_missing,
        coalesce(nullif(trim(site_id), ''), 'default') as site_id,
        case when lower(channel) in ('app', 'mobile', 'mob', 'ios', 'android') then 'app' else 'web' end as channel,
        nullif(trim(visitor_id), '') as visitor_id,
        nullif(trim(customer_id), '') as customer_id,
        nullif(trim(event_type), '') as event_type,
        nullif(trim(page_url), '') as page_url,
        {{ clickintent.normalize_page('decoded_page') }} as page_key,
        nullif(trim(page_title), '') as page_title,
        nullif(trim(referrer_url), '') as referrer_url,
        coalesce(nullif(utm_source, ''), {{ clickintent.url_parameter('page_url', 'utm_source') }}) as utm_source,
        coalesce(nullif(utm_medium, ''), {{ clickintent.url_parameter('page_url', 'utm_medium') }}) as utm_medium,
        coalesce(nullif(utm_campaign, ''), {{ clickintent.url_parameter('page_url', 'utm_campaign') }}) as utm_campaign,
        nullif(lower(device_type), '') as device_type,
        nullif(user_agent, '') as user_agent,
        nullif(language, '') as language,
        {{ clickintent.parse_consent('has_consent') }} as has_consent,
        coalesce(lower(is_internal) in ('true', 't', '1', 'yes', 'y'), false) as is_internal,
        try_cast(event_value as double) as event_value,
        try_cast(engaged_seconds as double) as engaged_seconds,
        nullif(properties, '') as properties
    from decoded
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
        coalesce(load_time, event_at, timestamp '1970-01-01') as loaded_at,
        -- A row that comes from no file is booked on the day it was loaded. Rows that nobody says it of are booked apart,
        -- since they are read at every build and the others of their day are not.
        coalesce(
            load_file,
            {{ clickintent.text_of("cast(coalesce(load_time, event_at, timestamp '1970-01-01') as date)", 'date') }}
            || case when load_time is null then ' (no load time)' else '' end
        ) as load_batch
    from bounded
),

hosted as (
    select
        *,
        {{ clickintent.url_host('referrer_url') }} as referrer_host,
        {{ clickintent.url_host('page_url') }} as page_host
    from timed
),

judged as (
    select
        timed.* exclude (referrer_host, page_host),
        {{ clickintent.referrer_medium('timed') }} as referrer_medium,
        case
            when timed.visitor_id is null then 'missing_visitor'
            when timed.is_event_at_missing then 'missing_timestamp'
            when timed.event_at is null then 'bad_timestamp'
            -- Without a load time the time of the file stands in, or the clock: a row without either is read again at each
            -- build, and taken when its time comes.
            when {{ clickintent.seconds_between(
                "case when timed.has_load_time then timed.loaded_at else coalesce(batches_to_read.file_modified_at, cast('"
                ~ clickintent.clock() ~ "' as timestamp)) end",
                'timed.event_at'
            ) }} > {{ var('future_tolerance_hours') }} * 3600 then 'future_timestamp'
            when timed.event_type is null then 'missing_event_type_and_page'
        end as reason,
        {{ clickintent.is_erased('timed') }} as is_erased,
        -- Of files: all that are read. Of relations: what was loaded in the window, what nobody knows the load time of, and the
        -- days that the audit found wrong. A backfill looks at all that it reads.
        {%- if var('backfill_from') or var('backfill_to') %}
        true as is_to_read
        {%- else %}
        batches_to_read.load_batch is not null
        or not timed.has_load_time
        or timed.loaded_at >= coalesce(load_windows.read_from, timestamp '1900-01-01') as is_to_read
        {%- endif %}
    from hosted as timed
    left join {{ clickintent.movable(ref('batches_to_read')) }} as batches_to_read
        on timed.source = batches_to_read.source and timed.load_batch = batches_to_read.load_batch
    left join {{ clickintent.movable(ref('load_windows')) }} as load_windows
        on timed.source = load_windows.source
    {{- clickintent.erasure_joins('timed') }}
    {{- clickintent.referrer_medium_joins('timed', 'campaign_media', 'referrer_sites') }}
)

select
    * exclude (is_erased),
    -- tells models that start from nothing, which need all loads
    {{ 'true' if bounds else 'false' }} as is_bounded,
    -- one verdict a row: what is erased or refused is counted, and stored nowhere
    case when is_erased then 'erased' when has_consent is false then 'refused' when reason is not null then 'quarantined' else 'accepted' end as verdict,
    {{ clickintent.event_content_hash() }} as content_hash
from judged
where
    true
    {%- if var('backfill_from') %}
    and loaded_at >= cast('{{ var("backfill_from") }}' as timestamp)
    {%- endif %}
    {%- if var('backfill_to') %}
    and loaded_at < cast('{{ var("backfill_to") }}' as timestamp)
    {%- endif %}
