drop table if exists CLICKINTENT.ANALYTICS.SESSION_SEQUENCES cascade
;
drop table if exists CLICKINTENT.ANALYTICS.SESSION_FEATURES cascade
;
drop table if exists CLICKINTENT.ANALYTICS.SESSIONS cascade
;
drop table if exists CLICKINTENT.ANALYTICS.PLACED_EVENTS cascade
;
drop table if exists CLICKINTENT.ANALYTICS.USER_AGENTS cascade
;
drop table if exists CLICKINTENT.ANALYTICS.EVENT_TYPES cascade
;
create or replace table CLICKINTENT.ANALYTICS.STG_EVENTS as
    with stored as (
        select * exclude (content_hash), case
        when page_url like '%#/%' or page_url like '%#!/%' then case
        when contains(page_url, '%') then coalesce(try_hex_decode_string(replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(hex_encode(regexp_replace(page_url, '%(25)+([0-9A-Fa-f]{2})', '%\\2')), '(..)', '\\1 '), '25 (3[0-9]|[46][1-6]) (3[0-9]|[46][1-6]) ', '<\\1><\\2>'), '<3([0-9])>', '\\1'), '<[46]1>', 'A'), '<[46]2>', 'B'), '<[46]3>', 'C'), '<[46]4>', 'D'), '<[46]5>', 'E'), '<[46]6>', 'F'), ' ', '')), try_hex_decode_string(replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(hex_encode(regexp_replace(regexp_replace(page_url, '%(25)+([0-9A-Fa-f]{2})', '%\\2'), '%([89A-Fa-f][0-9A-Fa-f]|00)', '')), '(..)', '\\1 '), '25 (3[0-9]|[46][1-6]) (3[0-9]|[46][1-6]) ', '<\\1><\\2>'), '<3([0-9])>', '\\1'), '<[46]1>', 'A'), '<[46]2>', 'B'), '<[46]3>', 'C'), '<[46]4>', 'D'), '<[46]5>', 'E'), '<[46]6>', 'F'), ' ', '')))
        else page_url
    end
        else case
        when contains(split_part(page_url, '?', 1), '%') then coalesce(try_hex_decode_string(replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(hex_encode(regexp_replace(split_part(page_url, '?', 1), '%(25)+([0-9A-Fa-f]{2})', '%\\2')), '(..)', '\\1 '), '25 (3[0-9]|[46][1-6]) (3[0-9]|[46][1-6]) ', '<\\1><\\2>'), '<3([0-9])>', '\\1'), '<[46]1>', 'A'), '<[46]2>', 'B'), '<[46]3>', 'C'), '<[46]4>', 'D'), '<[46]5>', 'E'), '<[46]6>', 'F'), ' ', '')), try_hex_decode_string(replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(hex_encode(regexp_replace(regexp_replace(split_part(page_url, '?', 1), '%(25)+([0-9A-Fa-f]{2})', '%\\2'), '%([89A-Fa-f][0-9A-Fa-f]|00)', '')), '(..)', '\\1 '), '25 (3[0-9]|[46][1-6]) (3[0-9]|[46][1-6]) ', '<\\1><\\2>'), '<3([0-9])>', '\\1'), '<[46]1>', 'A'), '<[46]2>', 'B'), '<[46]3>', 'C'), '<[46]4>', 'D'), '<[46]5>', 'E'), '<[46]6>', 'F'), ' ', '')))
        else split_part(page_url, '?', 1)
    end
    end as decoded_page, cast(null as double) as engaged_seconds, cast(null as TEXT) as load_batch
        from CLICKINTENT.ANALYTICS.STG_EVENTS
    )
    select
        * exclude (decoded_page) replace (case
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
    end as page_key),
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
    from stored
;
create or replace table CLICKINTENT.ANALYTICS.QUARANTINED_EVENTS as
    select
        * exclude (content_hash),
        cast(null as TEXT) as load_batch,
        cast(1152921504606846976 as bigint) as content_hash
    from CLICKINTENT.ANALYTICS.QUARANTINED_EVENTS
;
alter table CLICKINTENT.ANALYTICS.INGESTION_AUDIT add column erased_count bigint default 0;
    alter table CLICKINTENT.ANALYTICS.INGESTION_AUDIT add column is_to_recount boolean default false
;
