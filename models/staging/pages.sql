with events as (
    select * from {{ ref('stg_events') }}
    where page_key is not null
),

rules as (
    select * from {{ ref('page_rules') }}
),

-- the title of the first view: later ones may be personal, and a changing text would move every embedding
first_titles as (
    select page_key, page_title
    from events
    where page_title is not null
    qualify row_number() over (partition by page_key order by event_at, event_id) = 1
),

counted as (
    select page_key, min(event_at) as first_seen_at, count(*) as event_count
    from events
    group by 1
),

ruled as (
    select counted.page_key, rules.page_group
    from counted
    inner join rules on regexp_matches(lower(counted.page_key), rules.pattern)
    qualify row_number() over (partition by counted.page_key order by rules.priority) = 1
),

worded as (
    select
        counted.*,
        {{ clickintent.page_words('counted.page_key') }} as path_words,
        -- what follows the last bar is the site's name
        {{ clickintent.page_words(clickintent.replace_all('first_titles.page_title', '[|][^|]*$', '')) }} as title_words,
        ruled.page_group as ruled_group
    from counted
    left join first_titles on counted.page_key = first_titles.page_key
    left join ruled on counted.page_key = ruled.page_key
),

final as (
    select
        page_key,
        trim(path_words || ' ' || coalesce(title_words, '')) as text,
        coalesce(ruled_group, nullif(split_part(path_words, ' ', 1), ''), 'other') as page_group,
        first_seen_at,
        event_count
    from worded
)

select * from final
