-- One day of synthetic accepted events, appended to `stg_events` in the order in which it would have been loaded.
-- Everything is drawn by hash() from (session, position, seed): no state, no order, the same rows at every call.
-- $$day: first moment of the day. $$first_session, $$session_count: which sessions start in it. $$heavy_visitors, $$light_visitors:
-- one visitor in twenty is heavy and all of these together have half of the sessions.

-- step: draw
create or replace temp macro draw(key, salt) as (hash(key, salt, $seed) >> 11)::double / 9007199254740992;

-- step: table
create table if not exists stg_events (
    event_id varchar,
    event_at timestamp,
    loaded_at timestamp,
    has_load_time boolean,
    load_batch varchar,
    source varchar,
    site_id varchar,
    channel varchar,
    visitor_id varchar,
    customer_id varchar,
    event_type varchar,
    page_url varchar,
    page_key varchar,
    page_title varchar,
    referrer_url varchar,
    referrer_medium varchar,
    utm_source varchar,
    utm_medium varchar,
    utm_campaign varchar,
    device_type varchar,
    user_agent varchar,
    language varchar,
    has_consent boolean,
    is_internal boolean,
    event_value double,
    engaged_seconds double,
    properties json,
    content_hash bigint
);

-- step: day
insert into stg_events by name
with sessions as (
    select
        number as session_number,
        case
            when draw(number, 1) < 0.5 then floor(draw(number, 2) * $heavy_visitors)
            else $heavy_visitors + floor(draw(number, 2) * $light_visitors)
        end::bigint as visitor,
        timestamp '$day' + to_microseconds((draw(number, 3) * 86400e6)::bigint) as started_at,
        -- geometric, five on average
        least(1 + floor(-ln(1 - draw(number, 4)) * 4.5), 200)::integer as length,
        draw(number, 5) as arrival
    from range($first_session, $first_session + $session_count) as numbers (number)
),

positions as (
    select *, unnest(range(length)) as position
    from sessions
),

events as (
    select
        *,
        session_number * 256 + position as key,
        started_at + to_microseconds((position * 45e6 + draw(session_number * 256 + position, 6) * 40e6)::bigint) as event_at,
        draw(session_number * 256 + position, 7) as kind,
        -- 3,000 pages, the first ones far more often, and one view in a hundred on a long tail
        case
            when draw(session_number * 256 + position, 8) < 0.01
                then 3000 + floor(draw(session_number * 256 + position, 9) * 20000)
            else floor(pow(draw(session_number * 256 + position, 9), 2) * 3000)
        end::integer as page
    from positions
),

described as (
    select
        md5(key || '-$seed') as event_id,
        event_at,
        -- loads come by the hour
        $loaded_at as loaded_at,
        true as has_load_time,
        '$load_batch' as load_batch,
        'synthetic' as source,
        'default' as site_id,
        case when visitor % 3 = 0 then 'app' else 'web' end as channel,
        'cookie-' || md5(visitor::varchar) as visitor_id,
        case when visitor % 4 = 0 and position > 2 then 'customer-' || visitor end as customer_id,
        case
            when kind < 0.7 then 'page_view'
            when kind < 0.9 then 'click'
            when kind < 0.93 then 'search'
            when kind < 0.96 then 'form_start'
            when kind < 0.965 then 'purchase'
            else 'login'
        end as event_type,
        'https://bank.example/section-' || page % 40 || '/topic-' || page || '/details?ref=' || position as page_url,
        '/section-' || page % 40 || '/topic-' || page || '/details' as page_key,
        'Topic ' || page || ' | Bank' as page_title,
        case when position = 0 and arrival < 0.4 then 'https://www.google.com/' end as referrer_url,
        case when position = 0 and arrival < 0.4 then 'search' else 'direct' end as referrer_medium,
        case when position = 0 and arrival > 0.85 then 'google' end as utm_source,
        case when position = 0 and arrival > 0.85 then 'cpc' end as utm_medium,
        case when position = 0 and arrival > 0.85 then 'spring-' || visitor % 20 end as utm_campaign,
        case when visitor % 3 = 0 or visitor % 5 < 2 then 'phone' else 'desktop' end as device_type,
        case
            when visitor % 100 = 7 then 'Mozilla/5.0 (compatible; Googlebot/2.' || visitor % 9 || '; +https://www.google.com/bot.html)'
            else 'Mozilla/5.0 (' || ['X11; Linux x86_64', 'Windows NT 10.0', 'Macintosh', 'iPhone', 'Linux; Android 14'][visitor % 5 + 1]
                || ') AppleWebKit/537.36 (KHTML, like Gecko) Chrome/' || 80 + visitor % 61 || '.0.0.0 Safari/537.36'
        end as user_agent,
        'en-US' as language,
        null::boolean as has_consent,
        false as is_internal,
        case when kind between 0.96 and 0.965 then round(draw(key, 10) * 100, 2) end as event_value,
        null::double as engaged_seconds,
        null::json as properties,
        (hash(key, 11, $seed) >> 4)::bigint as content_hash
    from events
)

select * from described
order by event_at;
