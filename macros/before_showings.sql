{#
    CTEs of `tile_examples`, which has `showings`: `sessions_before` pairs a showing with the customer's sessions that were
    known before it; `known_before_showings` and `pages_before_showings` sum up the last `page_days` of them.
#}
{% macro known_before_showings() -%}
sessions_before as (
    select
        showings.session_id,
        showings.impression_id,
        showings.shown_at,
        histories.session_id as known_session_id,
        histories.channel,
        {{ clickintent.seconds_between('histories.ended_at', 'showings.shown_at') }} / 86400 as days_since,
        {{ clickintent.seconds_between('histories.started_at', 'showings.shown_at') }} / 86400 as age_days,
        histories.started_at >= {{ clickintent.days_later('showings.shown_at', -clickintent.tile_setting('page_days')) }} as is_recent
    from showings
    inner join {{ ref('session_histories') }} as histories
        on showings.customer_id = histories.customer_id
        and showings.shown_at > histories.known_at
        and histories.started_at >= {{ clickintent.days_later('showings.shown_at', -clickintent.tile_setting('history_days')) }}
),

known_before_showings as (
    select
        session_id,
        impression_id
        {%- for channel in ['app', 'web'] %},
        count(case when channel = '{{ channel }}' and is_recent then 1 end) as {{ channel }}_recent_session_count,
        min(case when channel = '{{ channel }}' then days_since end) as days_since_{{ channel }}_session
        {%- endfor %}
    from sessions_before
    group by 1, 2
),

group_counts as (
    select
        sessions_before.session_id,
        sessions_before.impression_id,
        sessions_before.channel,
        {{ clickintent.json_map_name('counts') }} as page_group,
        sum(cast({{ clickintent.json_map_value('counts') }} as bigint)) as event_count
    from sessions_before
    inner join {{ ref('session_features') }} as features on sessions_before.known_session_id = features.session_id
    cross join {{ clickintent.json_map_entries('features.page_group_counts', 'counts') }}
    where sessions_before.is_recent and {{ clickintent.json_map_name('counts') }} <> 'none'
    group by all
),

pages_before_showings as (
    select
        session_id,
        impression_id
        {%- for channel in ['app', 'web'] %},
        cast(sum(case when channel = '{{ channel }}' then event_count end) as bigint) as {{ channel }}_event_count,
        {{ clickintent.json_map('page_group', 'event_count', "channel = '" ~ channel ~ "'") }} as {{ channel }}_page_counts
        {%- endfor %}
    from group_counts
    group by 1, 2
)
{%- endmacro %}

{#
    CTEs of `tile_examples` after those: what the known sessions were for, as shares that add up to 1, by intent and by level-1
    intent. Sessions count as they do in `customer_embeddings`: less by age where var `customer_pooling` is recency.
#}
{% macro intents_before_showings(session_intents) -%}
{%- set pooling = var('customer_pooling') or {} -%}
allowed_intents as (
    select intent_id from {{ ref('dim_intents') }}
    {{ clickintent.leave_out_sensitive_intents() }}
),

intents_before as (
    select
        past.session_id,
        past.impression_id,
        past.channel,
        given.intent_id,
        given.intent_l1,
        {{ clickintent.exact_sum(
            'given.weight' if pooling.get('kind', 'recency') == 'last_k'
            else 'given.weight * power(0.5, past.age_days / ' ~ pooling.get('half_life_days', 14) ~ ')'
        ) }} as weight
    from sessions_before as past
    inner join {{ session_intents }} as given on past.known_session_id = given.session_id
    inner join allowed_intents on given.intent_id = allowed_intents.intent_id
    group by all
),

intent_shares as (
    select
        *,
        weight / nullif(sum(weight) over (partition by session_id, impression_id, channel), 0) as share
    from intents_before
),

group_shares as (
    select session_id, impression_id, channel, intent_l1, {{ clickintent.exact_sum('share') }} as share
    from intent_shares
    group by 1, 2, 3, 4
),

leaf_maps as (
    select
        session_id,
        impression_id
        {%- for channel in ['app', 'web'] %},
        {{ clickintent.json_map('intent_id', 'share', "share > 0 and channel = '" ~ channel ~ "'", decimals=6) }} as {{ channel }}_intent_shares
        {%- endfor %}
    from intent_shares
    group by 1, 2
),

group_maps as (
    select
        session_id,
        impression_id
        {%- for channel in ['app', 'web'] %},
        {{ clickintent.json_map('intent_l1', 'share', "share > 0 and channel = '" ~ channel ~ "'", decimals=6) }} as {{ channel }}_intent_l1_shares
        {%- endfor %}
    from group_shares
    group by 1, 2
),

intent_sessions as (
    select
        past.session_id,
        past.impression_id
        {%- for channel in ['app', 'web'] %},
        count(distinct case when past.channel = '{{ channel }}' then past.known_session_id end) as {{ channel }}_intent_session_count
        {%- endfor %}
    from sessions_before as past
    inner join {{ session_intents }} as given on past.known_session_id = given.session_id
    inner join allowed_intents on given.intent_id = allowed_intents.intent_id
    group by 1, 2
),

intents_before_showings as (
    select
        leaf_maps.*,
        group_maps.* exclude (session_id, impression_id),
        intent_sessions.* exclude (session_id, impression_id)
    from leaf_maps
    inner join group_maps on leaf_maps.session_id = group_maps.session_id and leaf_maps.impression_id = group_maps.impression_id
    inner join intent_sessions
        on leaf_maps.session_id = intent_sessions.session_id and leaf_maps.impression_id = intent_sessions.impression_id
)
{%- endmacro %}
