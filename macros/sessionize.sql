{#
    CTEs that end in `sessionized`: the rows of `events` with `first_event_id`, the id of the first event of their
    session. The rules: a gap of more than the idle limit, another campaign (if switched on), and then, inside what
    those leave, a session that has lasted `session_max_hours` or holds `session_max_events`. Midnight and logins never
    split. `events` needs the visitor columns, event_id, event_at and utm_campaign; event_at, event_id is a total order.
#}
{% macro sessionize(events, visitor) -%}
{%- set max_events = var('session_max_events') -%}
{%- set max_hours = var('session_max_hours') -%}
{%- set in_block = visitor + ['block_number'] -%}
gaps as (
    select
        *,
        {{ clickintent.seconds_between('lag(event_at) over by_visitor', 'event_at') }} as gap_seconds
    from {{ events }}
    window by_visitor as (partition by {{ visitor | join(', ') }} order by event_at, event_id)
),

{%- set is_idle_break %}
        gap_seconds is null
        or gap_seconds > case channel
            {%- for channel, minutes in var('idle_minutes').items() %}
            when '{{ channel }}' then {{ minutes }} * 60
            {%- endfor %}
            else 30 * 60
        end
{%- endset %}

{%- if var('split_on_campaign') %}
idle_blocks as (
    select
        *,
        sum(case when {{ is_idle_break }} then 1 else 0 end) over (
            partition by {{ visitor | join(', ') }} order by event_at, event_id
            rows between unbounded preceding and current row
        ) as idle_block_number
    from gaps
),

-- only landing pages carry a campaign: it is in force until another one comes
campaigns as (
    select
        * exclude (idle_block_number),
        last_value(utm_campaign ignore nulls) over (
            partition by {{ visitor | join(', ') }}, idle_block_number order by event_at, event_id
            rows between unbounded preceding and 1 preceding
        ) as campaign_in_force
    from idle_blocks
),

breaks as (
    select
        * exclude (campaign_in_force),
        {{ is_idle_break }} or (utm_campaign is not null and utm_campaign is distinct from campaign_in_force) as is_break
    from campaigns
),
{%- else %}
breaks as (
    select *, {{ is_idle_break }} as is_break from gaps
),
{%- endif %}

-- a block is what the gaps leave; nearly every block is one session
blocks as (
    select
        *,
        sum(cast(is_break as integer)) over (
            partition by {{ visitor | join(', ') }} order by event_at, event_id
            rows between unbounded preceding and current row
        ) as block_number
    from breaks
),

long_blocks as (
    select {{ in_block | join(', ') }}
    from blocks
    group by {{ in_block | join(', ') }}
    having
        count(*) > {{ max_events }}
        or {{ clickintent.seconds_between('min(event_at)', 'max(event_at)') }} >= {{ max_hours }} * 3600
),

-- for each event of a long block: where the next session would start, if one started here
jumps as (
    select
        {%- for column in in_block %}
        blocks.{{ column }},
        {%- endfor %}
        blocks.event_id,
        row_number() over within_block as position,
        row_number() over within_block + least(
            {{ max_events }},
            -- events before the time limit that follow this one in order; ties with it that come earlier are not among them
            count(*) over (
                partition by {% for column in in_block %}blocks.{{ column }}{% if not loop.last %}, {% endif %}{% endfor %}
                order by epoch_us(blocks.event_at)
                range between unbounded preceding and {{ (max_hours * 3600 * 1000000) | int - 1 }} following
            ) - row_number() over within_block + 1
        ) as next_position
    from blocks
    inner join long_blocks using ({{ in_block | join(', ') }})
    window within_block as (
        partition by {% for column in in_block %}blocks.{{ column }}{% if not loop.last %}, {% endif %}{% endfor %}
        order by blocks.event_at, blocks.event_id
    )
),

cuts as (
    select {{ in_block | join(', ') }}, event_id, position, next_position
    from jumps
    where position = 1
    union all
    select
        {%- for column in in_block %}
        jumps.{{ column }},
        {%- endfor %}
        jumps.event_id,
        jumps.position,
        jumps.next_position
    from cuts
    inner join jumps
        on jumps.position = cuts.next_position
        {%- for column in in_block %}
        and jumps.{{ column }} = cuts.{{ column }}
        {%- endfor %}
),

starts as (
    select blocks.*, blocks.is_break or cuts.event_id is not null as is_start
    from blocks
    left join cuts on blocks.event_id = cuts.event_id
),

numbered as (
    select
        * exclude (gap_seconds, is_break, block_number),
        sum(cast(is_start as integer)) over (
            partition by {{ visitor | join(', ') }} order by event_at, event_id
            rows between unbounded preceding and current row
        ) as session_number
    from starts
),

sessionized as (
    select
        * exclude (is_start, session_number),
        first_value(event_id) over (
            partition by {{ visitor | join(', ') }}, session_number order by event_at, event_id
        ) as first_event_id
    from numbered
)
{%- endmacro %}
