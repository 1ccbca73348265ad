select
            windows.source,
            regexp_replace(to_varchar(cast(windows.read_from as datetime), 'YYYY-MM-DD HH24:MI:SS.FF6'), '[.]?0*$', '') as window_from,
            min(case when batches.load_batch like '____-__-__' then batches.load_batch end) as batch_from
        from CLICKINTENT.ANALYTICS.LOAD_WINDOWS as windows
        left join CLICKINTENT.ANALYTICS.BATCHES_TO_READ as batches on windows.source = batches.source
        where windows.read_from is not null
        group by windows.source, windows.read_from
        -- a batch that is no day, such as a file, tells nothing of load times
        having count(case when batches.load_batch not like '____-__-__' and batches.load_batch not like '____-__-__ (no load time)' then 1 end) = 0
;
select event_id like source || ':%' from CLICKINTENT.ANALYTICS.STG_EVENTS limit 1
;
alter session set query_tag = 'clickintent'
;
create or replace   view CLICKINTENT.ANALYTICS.source_events

  copy grants

  as (

with arrived as (
    select event_id, event_at, loaded_at, site_id, channel, visitor_id, customer_id, event_type, page_url, page_title, referrer_url, utm_source, utm_medium, utm_campaign, device_type, user_agent, language, has_consent, is_internal, event_value, engaged_seconds, properties, source, raw, load_batch
    from CLICKINTENT.ANALYTICS.stg_demo__events

    union all
    select event_id, event_at, loaded_at, site_id, channel, visitor_id, customer_id, event_type, page_url, page_title, referrer_url, utm_source, utm_medium, utm_campaign, device_type, user_agent, language, has_consent, is_internal, event_value, engaged_seconds, properties, source, raw, load_batch
    from CLICKINTENT.ANALYTICS.stg_generic__events

    where
        native_loaded_at is null
        -- what is no time of a load is read at every build
        or native_loaded_at not between date '1990-01-02' and date '2099-12-31'
        or native_loaded_at >= date '2026-06-19'
    union all
    select event_id, event_at, loaded_at, site_id, channel, visitor_id, customer_id, event_type, page_url, page_title, referrer_url, utm_source, utm_medium, utm_campaign, device_type, user_agent, language, has_consent, is_internal, event_value, engaged_seconds, properties, source, raw, load_batch
    from CLICKINTENT.ANALYTICS.stg_snowplow__events

    union all
    select event_id, event_at, loaded_at, site_id, channel, visitor_id, customer_id, event_type, page_url, page_title, referrer_url, utm_source, utm_medium, utm_campaign, device_type, user_agent, language, has_consent, is_internal, event_value, engaged_seconds, properties, source, raw, load_batch
    from CLICKINTENT.ANALYTICS.stg_segment__events

    union all
    select event_id, event_at, loaded_at, site_id, channel, visitor_id, customer_id, event_type, page_url, page_title, referrer_url, utm_source, utm_medium, utm_campaign, device_type, user_agent, language, has_consent, is_internal, event_value, engaged_seconds, properties, source, raw, load_batch
    from CLICKINTENT.ANALYTICS.stg_ga4__events

),

-- a page key looks at its URL many times
decoded as (
    select *, case
        when page_url like '%#/%' or page_url like '%#!/%' then case
        when contains(page_url, '%') then coalesce(try_hex_decode_string(replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(hex_encode(regexp_replace(page_url, '%(25)+([0-9A-Fa-f]{2})', '%\\2')), '(..)', '\\1 '), '25 (3[0-9]|[46][1-6]) (3[0-9]|[46][1-6]) ', '<\\1><\\2>'), '<3([0-9])>', '\\1'), '<[46]1>', 'A'), '<[46]2>', 'B'), '<[46]3>', 'C'), '<[46]4>', 'D'), '<[46]5>', 'E'), '<[46]6>', 'F'), ' ', '')), try_hex_decode_string(replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(hex_encode(regexp_replace(regexp_replace(page_url, '%(25)+([0-9A-Fa-f]{2})', '%\\2'), '%([89A-Fa-f][0-9A-Fa-f]|00)', '')), '(..)', '\\1 '), '25 (3[0-9]|[46][1-6]) (3[0-9]|[46][1-6]) ', '<\\1><\\2>'), '<3([0-9])>', '\\1'), '<[46]1>', 'A'), '<[46]2>', 'B'), '<[46]3>', 'C'), '<[46]4>', 'D'), '<[46]5>', 'E'), '<[46]6>', 'F'), ' ', '')))
        else page_url
    end
        else case
        when contains(split_part(page_url, '?', 1), '%') then coalesce(try_hex_decode_string(replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(hex_encode(regexp_replace(split_part(page_url, '?', 1), '%(25)+([0-9A-Fa-f]{2})', '%\\2')), '(..)', '\\1 '), '25 (3[0-9]|[46][1-6]) (3[0-9]|[46][1-6]) ', '<\\1><\\2>'), '<3([0-9])>', '\\1'), '<[46]1>', 'A'), '<[46]2>', 'B'), '<[46]3>', 'C'), '<[46]4>', 'D'), '<[46]5>', 'E'), '<[46]6>', 'F'), ' ', '')), try_hex_decode_string(replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(hex_encode(regexp_replace(regexp_replace(split_part(page_url, '?', 1), '%(25)+([0-9A-Fa-f]{2})', '%\\2'), '%([89A-Fa-f][0-9A-Fa-f]|00)', '')), '(..)', '\\1 '), '25 (3[0-9]|[46][1-6]) (3[0-9]|[46][1-6]) ', '<\\1><\\2>'), '<3([0-9])>', '\\1'), '<[46]1>', 'A'), '<[46]2>', 'B'), '<[46]3>', 'C'), '<[46]4>', 'D'), '<[46]5>', 'E'), '<[46]6>', 'F'), ' ', '')))
        else split_part(page_url, '?', 1)
    end
    end as decoded_page
    from arrived
),

referrer_sites as  (
    select * from CLICKINTENT.ANALYTICS.referrer_sites
),

campaign_media as  (
    select * from CLICKINTENT.ANALYTICS.campaign_media
),

erasures as  (
    select * from CLICKINTENT.ANALYTICS.erasures
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
        source || ':' || coalesce(nullif(trim(event_id), ''), md5(
        coalesce(cast(source as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(event_at as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(site_id as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(channel as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(visitor_id as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(customer_id as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(event_type as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(page_url as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(page_title as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(referrer_url as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(utm_source as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(utm_medium as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(utm_campaign as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(device_type as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(user_agent as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(language as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(has_consent as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(is_internal as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(event_value as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(properties as TEXT), chr(30)) || coalesce(chr(31) || engaged_seconds, ''))) as event_id,
        date_trunc('microsecond', case
        when regexp_like(event_at, '\\s*[0-9]{9,20}([.][0-9]+)?\\s*') then
            case
        when case when try_to_number(trim(event_at), 38, 0) < 100000000000 then round(try_to_double(trim(event_at)) * 1000000) when try_to_number(trim(event_at), 38, 0) < 100000000000000 then round(try_to_double(trim(event_at)) * 1000) when try_to_number(trim(event_at), 38, 0) < 100000000000000000 then try_to_number(trim(event_at), 38, 0) else floor(try_to_number(trim(event_at), 38, 0) / 1000) end between 0 and 4102444800000000
            then dateadd('microsecond', case when try_to_number(trim(event_at), 38, 0) < 100000000000 then round(try_to_double(trim(event_at)) * 1000000) when try_to_number(trim(event_at), 38, 0) < 100000000000000 then round(try_to_double(trim(event_at)) * 1000) when try_to_number(trim(event_at), 38, 0) < 100000000000000000 then try_to_number(trim(event_at), 38, 0) else floor(try_to_number(trim(event_at), 38, 0) / 1000) end, timestamp '1970-01-01 00:00:00')
    end
        when regexp_instr(event_at, ':[0-9]{2}([.][0-9]+)? ?[+-][0-9]{2}(:?[0-9]{2})?$') > 0 then
            cast(convert_timezone('UTC', try_cast(regexp_replace(regexp_replace(upper(trim(event_at)), ' ?([+-][0-9]{2}):?([0-9]{2})$', '\\1:\\2'), '(:[0-9]{2}([.][0-9]+)?) ?([+-][0-9]{2})$', '\\1\\3:00') as timestamp_tz)) as datetime)
        when regexp_like(event_at, '\\s*[0-9]{4}-[0-9]{2}-[0-9]{2}.*') then try_cast(regexp_replace(upper(trim(event_at)), '(:[0-9]{2}:[0-9]{2}([.][0-9]*)?) ?(Z|UTC)$', '\\1') as datetime)
    end) as event_at,
        date_trunc('microsecond', case
        when regexp_like(loaded_at, '\\s*[0-9]{9,20}([.][0-9]+)?\\s*') then
            case
        when case when try_to_number(trim(loaded_at), 38, 0) < 100000000000 then round(try_to_double(trim(loaded_at)) * 1000000) when try_to_number(trim(loaded_at), 38, 0) < 100000000000000 then round(try_to_double(trim(loaded_at)) * 1000) when try_to_number(trim(loaded_at), 38, 0) < 100000000000000000 then try_to_number(trim(loaded_at), 38, 0) else floor(try_to_number(trim(loaded_at), 38, 0) / 1000) end between 0 and 4102444800000000
            then dateadd('microsecond', case when try_to_number(trim(loaded_at), 38, 0) < 100000000000 then round(try_to_double(trim(loaded_at)) * 1000000) when try_to_number(trim(loaded_at), 38, 0) < 100000000000000 then round(try_to_double(trim(loaded_at)) * 1000) when try_to_number(trim(loaded_at), 38, 0) < 100000000000000000 then try_to_number(trim(loaded_at), 38, 0) else floor(try_to_number(trim(loaded_at), 38, 0) / 1000) end, timestamp '1970-01-01 00:00:00')
    end
        when regexp_instr(loaded_at, ':[0-9]{2}([.][0-9]+)? ?[+-][0-9]{2}(:?[0-9]{2})?$') > 0 then
            cast(convert_timezone('UTC', try_cast(regexp_replace(regexp_replace(upper(trim(loaded_at)), ' ?([+-][0-9]{2}):?([0-9]{2})$', '\\1:\\2'), '(:[0-9]{2}([.][0-9]+)?) ?([+-][0-9]{2})$', '\\1\\3:00') as timestamp_tz)) as datetime)
        when regexp_like(loaded_at, '\\s*[0-9]{4}-[0-9]{2}-[0-9]{2}.*') then try_cast(regexp_replace(upper(trim(loaded_at)), '(:[0-9]{2}:[0-9]{2}([.][0-9]*)?) ?(Z|UTC)$', '\\1') as datetime)
    end) as load_time,
        event_at is null or trim(event_at) = '' as is_event_at_missing,
        coalesce(nullif(trim(site_id), ''), 'default') as site_id,
        case when lower(channel) in ('app', 'mobile', 'mob', 'ios', 'android') then 'app' else 'web' end as channel,
        nullif(trim(visitor_id), '') as visitor_id,
        nullif(trim(customer_id), '') as customer_id,
        nullif(trim(event_type), '') as event_type,
        nullif(trim(page_url), '') as page_url,
        case
        when decoded_page is null or decoded_page = '' or (decoded_page like ' %' and trim(decoded_page) = '') then null
        when decoded_page not like '%/%'
            then coalesce(nullif(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(split_part(split_part(trim(decoded_page), '?', 1), '#', 1), '//+', '/'), ';[^/]*', ''), '[^/]+(@|%(25)*40)[^/]+', ':email'), '[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}', ':uuid'), '[0-9A-Fa-f]{24,}', ':hash'), 'eyJ[A-Za-z0-9_-]+[.]eyJ[A-Za-z0-9_-]+([.][A-Za-z0-9_-]*)?', ':token'), '([A-Za-z0-9_-]{16,})', '<\\1>'), '<[^<>]*([0-9][A-Za-z]+[0-9]+[A-Za-z]+[0-9]|([A-Z][a-z][A-Z0-9]|[a-z][A-Z]{2}[a-z]|[A-Z][0-9]+[a-z])[A-Za-z0-9_-]*(([A-Z][a-z][A-Z0-9]|[a-z][A-Z]{2}[a-z]|[A-Z][0-9]+[a-z])[A-Za-z0-9_-]*|[0-9][A-Za-z0-9_-]*)([A-Z][a-z][A-Z0-9]|[a-z][A-Z]{2}[a-z]|[A-Z][0-9]+[a-z]))[^<>]*>', ':token'), '[<>]', ''), '(19|20)[0-9]{2}[-/](1[0-2]|0?[1-9])[-/](3[01]|[12][0-9]|0?[1-9])([Tt][0-9:.]+[Zz]?)?', ':date'), '[0-9][0-9 ().+-]{5,}[0-9]|[0-9]{5,}', ':id'), '/[0-9]+(/|$)', '/:id\\1'), '/[0-9]+(/|$)', '/:id\\1'), ''), '/')
        when decoded_page like '%#/%' or decoded_page like '%#!/%'
            then coalesce(nullif(regexp_replace(lower(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(split_part(split_part(regexp_replace(regexp_replace(trim(decoded_page), '^([^?#]*)([?][^#]*)?#!?(/[^?#&]*)(.|\\n)*$', '\\1\\3'), '/(index|default)[.][A-Za-z]+/', '/'), '?', 1), '#', 1), '^([Hh][Tt][Tt][Pp][Ss]?://[^/]*|[Ww][Ww][Ww][.][^/]*|[A-Za-z][A-Za-z0-9+.-]*://)', ''), '//+', '/'), ';[^/]*', ''), '[^/]+(@|%(25)*40)[^/]+', ':email'), '[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}', ':uuid'), '[0-9A-Fa-f]{24,}', ':hash'), 'eyJ[A-Za-z0-9_-]+[.]eyJ[A-Za-z0-9_-]+([.][A-Za-z0-9_-]*)?', ':token'), '([A-Za-z0-9_-]{16,})', '<\\1>'), '<[^<>]*([0-9][A-Za-z]+[0-9]+[A-Za-z]+[0-9]|([A-Z][a-z][A-Z0-9]|[a-z][A-Z]{2}[a-z]|[A-Z][0-9]+[a-z])[A-Za-z0-9_-]*(([A-Z][a-z][A-Z0-9]|[a-z][A-Z]{2}[a-z]|[A-Z][0-9]+[a-z])[A-Za-z0-9_-]*|[0-9][A-Za-z0-9_-]*)([A-Z][a-z][A-Z0-9]|[a-z][A-Z]{2}[a-z]|[A-Z][0-9]+[a-z]))[^<>]*>', ':token'), '[<>]', ''), '(19|20)[0-9]{2}[-/](1[0-2]|0?[1-9])[-/](3[01]|[12][0-9]|0?[1-9])([Tt][0-9:.]+[Zz]?)?', ':date'), '[0-9][0-9 ().+-]{5,}[0-9]|[0-9]{5,}', ':id'), '/[0-9]+(/|$)', '/:id\\1'), '/[0-9]+(/|$)', '/:id\\1')), '/((index|default)[.][a-z]+)?$', ''), ''), '/')
        when decoded_page like ' %' or decoded_page like '% ' or decoded_page like '%//%//%' or (decoded_page like '%//%' and decoded_page not like '%://%') or (regexp_instr(decoded_page, '^[^?#]*([@%;]|-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-|[0-9A-Fa-f]{24}|[.]eyJ|[0-9][A-Za-z]+[0-9]+[A-Za-z]+[0-9]|([A-Z][a-z][A-Z0-9]|[a-z][A-Z]{2}[a-z]|[A-Z][0-9]+[a-z])[A-Za-z0-9_-]*(([A-Z][a-z][A-Z0-9]|[a-z][A-Z]{2}[a-z]|[A-Z][0-9]+[a-z])[A-Za-z0-9_-]*|[0-9][A-Za-z0-9_-]*)([A-Z][a-z][A-Z0-9]|[a-z][A-Z]{2}[a-z]|[A-Z][0-9]+[a-z]))') > 0)
            then coalesce(nullif(regexp_replace(lower(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(split_part(split_part(trim(decoded_page), '?', 1), '#', 1), '^([Hh][Tt][Tt][Pp][Ss]?://[^/]*|[Ww][Ww][Ww][.][^/]*|[A-Za-z][A-Za-z0-9+.-]*://)', ''), '//+', '/'), ';[^/]*', ''), '[^/]+(@|%(25)*40)[^/]+', ':email'), '[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}', ':uuid'), '[0-9A-Fa-f]{24,}', ':hash'), 'eyJ[A-Za-z0-9_-]+[.]eyJ[A-Za-z0-9_-]+([.][A-Za-z0-9_-]*)?', ':token'), '([A-Za-z0-9_-]{16,})', '<\\1>'), '<[^<>]*([0-9][A-Za-z]+[0-9]+[A-Za-z]+[0-9]|([A-Z][a-z][A-Z0-9]|[a-z][A-Z]{2}[a-z]|[A-Z][0-9]+[a-z])[A-Za-z0-9_-]*(([A-Z][a-z][A-Z0-9]|[a-z][A-Z]{2}[a-z]|[A-Z][0-9]+[a-z])[A-Za-z0-9_-]*|[0-9][A-Za-z0-9_-]*)([A-Z][a-z][A-Z0-9]|[a-z][A-Z]{2}[a-z]|[A-Z][0-9]+[a-z]))[^<>]*>', ':token'), '[<>]', ''), '(19|20)[0-9]{2}[-/](1[0-2]|0?[1-9])[-/](3[01]|[12][0-9]|0?[1-9])([Tt][0-9:.]+[Zz]?)?', ':date'), '[0-9][0-9 ().+-]{5,}[0-9]|[0-9]{5,}', ':id'), '/[0-9]+(/|$)', '/:id\\1'), '/[0-9]+(/|$)', '/:id\\1')), '/((index|default)[.][a-z]+)?$', ''), ''), '/')
        when (regexp_instr(decoded_page, '^[^?#]*[0-9]') > 0)
            then coalesce(nullif(regexp_replace(lower(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(split_part(split_part(decoded_page, '?', 1), '#', 1), '^([Hh][Tt][Tt][Pp][Ss]?://[^/]*|[Ww][Ww][Ww][.][^/]*|[A-Za-z][A-Za-z0-9+.-]*://)', ''), '(19|20)[0-9]{2}[-/](1[0-2]|0?[1-9])[-/](3[01]|[12][0-9]|0?[1-9])([Tt][0-9:.]+[Zz]?)?', ':date'), '[0-9][0-9 ().+-]{5,}[0-9]|[0-9]{5,}', ':id'), '/[0-9]+(/|$)', '/:id\\1'), '/[0-9]+(/|$)', '/:id\\1')), '/((index|default)[.][a-z]+)?$', ''), ''), '/')
        else coalesce(nullif(regexp_replace(lower(regexp_replace(split_part(split_part(decoded_page, '?', 1), '#', 1), '^([Hh][Tt][Tt][Pp][Ss]?://[^/]*|[Ww][Ww][Ww][.][^/]*|[A-Za-z][A-Za-z0-9+.-]*://)', '')), '/((index|default)[.][a-z]+)?$', ''), ''), '/')
    end as page_key,
        nullif(trim(page_title), '') as page_title,
        nullif(trim(referrer_url), '') as referrer_url,
        coalesce(nullif(utm_source, ''), nullif(replace(regexp_substr(page_url, '[?&]utm_source=([^&#]*)', 1, 1, 'e', 1), '+', ' '), '')) as utm_source,
        coalesce(nullif(utm_medium, ''), nullif(replace(regexp_substr(page_url, '[?&]utm_medium=([^&#]*)', 1, 1, 'e', 1), '+', ' '), '')) as utm_medium,
        coalesce(nullif(utm_campaign, ''), nullif(replace(regexp_substr(page_url, '[?&]utm_campaign=([^&#]*)', 1, 1, 'e', 1), '+', ' '), '')) as utm_campaign,
        nullif(lower(device_type), '') as device_type,
        nullif(user_agent, '') as user_agent,
        nullif(language, '') as language,
        case
        when lower(trim(has_consent)) in ('true', 't', '1', 'yes', 'y', 'granted', 'on', 'allow', 'allowed', 'accepted', 'opt-in')
            then true
        when has_consent is null or lower(trim(has_consent)) in ('', 'null', 'none', 'unknown', 'n/a') then null
        else false
    end as has_consent,
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
        case when event_at between timestamp '1990-01-01' and timestamp '2100-01-01' then event_at end as event_at,
        case when load_time between timestamp '1990-01-01' and timestamp '2100-01-01' then load_time end as load_time
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
            to_varchar(cast(coalesce(load_time, event_at, timestamp '1970-01-01') as date), 'YYYY-MM-DD')
            || case when load_time is null then ' (no load time)' else '' end
        ) as load_batch
    from bounded
),

hosted as (
    select
        *,
        regexp_substr(lower(referrer_url), '^[a-z][a-z0-9+.-]*://(www[.])?([^/:?#]+)', 1, 1, 'e', 2) as referrer_host,
        regexp_substr(lower(page_url), '^[a-z][a-z0-9+.-]*://(www[.])?([^/:?#]+)', 1, 1, 'e', 2) as page_host
    from timed
),

judged as (
    select
        timed.* exclude (referrer_host, page_host),
        case
        when medium.referrer_medium is not null then medium.referrer_medium
        when 'paid' in (first_word.referrer_medium, last_word.referrer_medium) then 'paid'
        when first_word.referrer_medium is not null then first_word.referrer_medium
        when last_word.referrer_medium is not null then last_word.referrer_medium
        when timed.page_url like '%id=%' and (regexp_instr(timed.page_url, '[?&](gclid|gbraid|wbraid|dclid|msclkid|yclid|ttclid|twclid|li_fat_id)=[^&#]') > 0) then 'paid'
        when timed.referrer_url is null then case when timed.channel = 'web' then 'direct' end
        when timed.referrer_host = timed.page_host then 'internal'
        -- accounts.bank.example and www.bank.example are one site
        when regexp_substr(timed.referrer_host, '[a-z0-9-]+[.]((co|com|org|net|gov)[.])?[a-z]+$') = regexp_substr(timed.page_host, '[a-z0-9-]+[.]((co|com|org|net|gov)[.])?[a-z]+$') then 'internal'
        when site_host.referrer_medium is not null then site_host.referrer_medium
        when timed.referrer_host like 'mail.%.%' or timed.referrer_host like 'webmail.%' then 'email'
        else coalesce(site_domain.referrer_medium, site_name.referrer_medium, 'referral')
    end as referrer_medium,
        case
            when timed.visitor_id is null then 'missing_visitor'
            when timed.is_event_at_missing then 'missing_timestamp'
            when timed.event_at is null then 'bad_timestamp'
            -- Without a load time the time of the file stands in, or the clock: a row without either is read again at each
            -- build, and taken when its time comes.
            when (cast(date_part(epoch_microsecond, timed.event_at) - date_part(epoch_microsecond, case when timed.has_load_time then timed.loaded_at else coalesce(batches_to_read.file_modified_at, cast('2026-07-01 00:00:00' as timestamp)) end) as double) / 1000000) > 24 * 3600 then 'future_timestamp'
            when timed.event_type is null then 'missing_event_type_and_page'
        end as reason,
        case
        when erasure_count.people = 0 then false
        when erased_visitors.person_hash is null and erased_customers.person_hash is null then false
        else timed.loaded_at <= greatest(coalesce(erased_visitors.erased_before, timestamp '1900-01-01'),
        coalesce(erased_customers.erased_before, timestamp '1900-01-01')) or coalesce(timed.event_at <= greatest(coalesce(erased_visitors.erased_before, timestamp '1900-01-01'),
        coalesce(erased_customers.erased_before, timestamp '1900-01-01')), false)
    end as is_erased,
        -- Of files: all that are read. Of relations: what was loaded in the window, what nobody knows the load time of, and the
        -- days that the audit found wrong. A backfill looks at all that it reads.
        batches_to_read.load_batch is not null
        or not timed.has_load_time
        or timed.loaded_at >= coalesce(load_windows.read_from, timestamp '1900-01-01') as is_to_read
    from hosted as timed
    left join CLICKINTENT.ANALYTICS.batches_to_read as batches_to_read
        on timed.source = batches_to_read.source and timed.load_batch = batches_to_read.load_batch
    left join CLICKINTENT.ANALYTICS.load_windows as load_windows
        on timed.source = load_windows.source
    cross join erasure_count
    left join erasures as erased_visitors
        on erased_visitors.person_kind = 'visitor'
        and erased_visitors.person_hash
        = case when erasure_count.people > 0 and timed.visitor_id is not null then md5(
        coalesce(cast(timed.source as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(timed.site_id as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(timed.channel as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(timed.visitor_id as TEXT), chr(30))) end
    left join erasures as erased_customers
        on erased_customers.person_kind = 'customer'
        and erased_customers.person_hash
        = case when erasure_count.people > 0 and timed.customer_id is not null then md5(
        coalesce(cast(timed.customer_id as TEXT), chr(30))) end
    left join campaign_media as medium on trim(' ' || trim(regexp_replace(lower(timed.utm_medium), '[^a-z0-9]+', ' ')) || ' ') = medium.medium
    left join campaign_media as first_word on split_part(trim(' ' || trim(regexp_replace(lower(timed.utm_medium), '[^a-z0-9]+', ' ')) || ' '), ' ', 1) = first_word.medium
    left join campaign_media as last_word on split_part(trim(' ' || trim(regexp_replace(lower(timed.utm_medium), '[^a-z0-9]+', ' ')) || ' '), ' ', -1) = last_word.medium
    left join referrer_sites as site_host on timed.referrer_host = site_host.site_name
    left join referrer_sites as site_domain on regexp_substr(timed.referrer_host, '[a-z0-9-]+[.]((co|com|org|net|gov)[.])?[a-z]+$') = site_domain.site_name
    left join referrer_sites as site_name on regexp_substr(timed.referrer_host, '([a-z0-9-]+)[.]((co|com|org|net|gov)[.])?[a-z]+$', 1, 1, 'e', 1) = site_name.site_name
)

select
    * exclude (is_erased),
    -- tells models that start from nothing, which need all loads
    true as is_bounded,
    -- one verdict a row: what is erased or refused is counted, and stored nowhere
    case when is_erased then 'erased' when has_consent is false then 'refused' when reason is not null then 'quarantined' else 'accepted' end as verdict,
    to_number(left(md5(
        coalesce(cast(event_id as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(source as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(site_id as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(channel as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(visitor_id as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(customer_id as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(regexp_replace(to_varchar(cast(event_at as datetime), 'YYYY-MM-DD HH24:MI:SS.FF6'), '[.]?0*$', '') as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(event_type as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(page_url as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(page_title as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(referrer_url as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(utm_source as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(utm_medium as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(utm_campaign as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(device_type as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(user_agent as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(language as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(has_consent as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(is_internal as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(case
            when regexp_like(to_varchar(event_value), '-?[0-9]+') then to_varchar(event_value) || '.0'
            else to_varchar(event_value)
        end as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(case
            when regexp_like(to_varchar(engaged_seconds), '-?[0-9]+') then to_varchar(engaged_seconds) || '.0'
            else to_varchar(engaged_seconds)
        end as TEXT), chr(30)) || chr(31) ||
        coalesce(cast(properties as TEXT), chr(30))), 15), 'XXXXXXXXXXXXXXX') as content_hash
from judged
where
    true
  )
;
alter session unset query_tag
;
