with events as (
    select * from {{ ref('stg_events') }}
    where page_key is not null
),

rules as (
    select * from {{ ref('page_rules') }}
),

counted as (
    select
        page_key,
        min(event_at) as first_seen_at,
        min(case when page_title is not null then event_at end) as first_titled_at,
        count(*) as event_count
    from events
    group by 1
),

-- the title of the first view: later ones may be personal, and a changing text would move every embedding
first_titles as (
    select events.page_key, min_by(events.page_title, events.event_id) as page_title
    from events
    inner join counted on events.page_key = counted.page_key and events.event_at = counted.first_titled_at
    where events.page_title is not null
    group by 1
),

ruled as (
    select counted.page_key, rules.page_group
    from counted
    inner join rules on {{ clickintent.has_match_of('lower(counted.page_key)', 'rules.pattern') }}
    qualify row_number() over (partition by counted.page_key order by rules.priority) = 1
),

decoded as (
    select
        counted.*,
        {{ clickintent.decode_text('counted.page_key') }} as page,
        {{ clickintent.decode_text(clickintent.page_part_of_title('first_titles.page_title')) }} as title,
        {{ clickintent.title_hash('first_titles.page_title') }} as title_hash,
        coalesce({{ clickintent.is_search_title('first_titles.page_title') }}, false) as is_title_of_search,
        {{ clickintent.is_search_page('counted.page_key') }} as is_search_page,
        ruled.page_group as ruled_group
    from counted
    left join first_titles on counted.page_key = first_titles.page_key
    left join ruled on counted.page_key = ruled.page_key
),

-- before their punctuation is gone, by which an identifier is recognised
scrubbed as (
    select
        * exclude (page, title),
        {{ clickintent.scrub_text('page') }} as page,
        {{ clickintent.scrub_text('title') }} as title
    from decoded
),

worded as (
    select
        *,
        {{ clickintent.page_words('page') }} as path_words,
        -- what comes before says which part of the site is searched; a visitor's terms come after
        {{ clickintent.page_words(clickintent.replace_all('page', clickintent.search_segment() ~ '.*$', '')) }} as searched_words,
        case
            when is_title_of_search or coalesce(ruled_group, '') = 'search' then null
            else {{ clickintent.page_words('title') }}
        end as title_words
    from scrubbed
),

described as (
    select
        page_key,
        -- null where the title has no part in the text
        case when not is_search_page and title_words <> '' then title_hash end as title_hash,
        case
            when is_search_page then trim(searched_words || ' search results')
            else trim(path_words || ' ' || coalesce(title_words, ''))
        end as text,
        coalesce(
            ruled_group,
            case when is_search_page then 'search' end,
            nullif(split_part(path_words, ' ', 1), ''),
            'other'
        ) as page_group,
        first_seen_at,
        event_count
    from worded
),

final as (
    select
        *,
        -- in the place of the page where numbers are quicker than texts; another text or group makes another number
        {{ clickintent.hash_number(clickintent.joined_text(['page_key', 'text', 'page_group'])) }} as page_hash
    from described
)

select * from final
