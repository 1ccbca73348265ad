{#
    What an incremental run has to do again, and nothing else. A block is a run of events of one visitor without a gap of
    more than the idle limit; no session reaches beyond its block. An event that came, went or changed touches the blocks
    that have an event within one idle limit of it, before or after: those are done again, whole, with the new events.
    A block that nothing touches stays as it is, since nothing can have joined it.

    CTEs that end in `events`, the rows of `input` to place; `touched` holds the rows of `known` in touched blocks as they
    were, `gone_events` those whose event went or reads otherwise now. A CTE `pages` of the model `pages` is expected.
#}
{% macro touched_blocks(input, known, pages, visitor) -%}
{%- set number = 'content_hash + ' ~ clickintent.epoch_microseconds('loaded_at') -%}
{%- set arrived_visitor = [] -%}
{%- for column in visitor -%}
    {%- do arrived_visitor.append('arrived.' ~ column) -%}
{%- endfor -%}
{#- 30 minutes hold for a channel that the var does not name #}
{%- set idle_minutes = (var('idle_minutes').values() | list + [30]) | max %}
{#- a page that has got other words changes what its sessions say #}
{%- set days = clickintent.changed_days(
    {'relation': input, 'time': 'event_at', 'number': number},
    {'relation': known, 'time': 'event_time', 'number': number},
    also='select cast(event_time as date) as day from ' ~ known ~ ' where page_hash in ('
    ~ 'select page_hash from (select distinct page_hash from ' ~ known ~ ' where page_hash is not null) as held_pages'
    ~ ' where not exists (select 1 from ' ~ pages ~ ' as pages where pages.page_hash = held_pages.page_hash))'
) -%}
arrived as (
    select * from {{ input }}
    where {{ clickintent.in_days('event_at', days) }}
),

held as (
    select event_id, visitor_hash, event_time, loaded_at, content_hash, page_hash from {{ known }}
    where {{ clickintent.in_days('event_time', days) }}
),

-- both ways in one pass over the two sides
differences as (
    select
        arrived.event_id as new_id,
        arrived.event_at,
        {{ clickintent.hash_number(clickintent.joined_text(arrived_visitor)) }} as new_visitor_hash,
        held.event_id as gone_id,
        held.event_time,
        held.visitor_hash as gone_visitor_hash
    from arrived
    full join held
        on arrived.event_id = held.event_id
        and arrived.content_hash = held.content_hash
        and arrived.loaded_at = held.loaded_at
    where arrived.event_id is null or held.event_id is null
),

new_events as (
    select new_id as event_id, event_at, new_visitor_hash as visitor_hash from differences
    where new_id is not null
),

gone_events as (
    select gone_id as event_id, event_time, gone_visitor_hash as visitor_hash from differences
    where gone_id is not null
),

changes as (
    select visitor_hash, event_at from new_events
    union all
    select visitor_hash, event_time as event_at from gone_events
    union all
    select visitor_hash, event_time as event_at from held
    where page_hash is not null and not exists (select 1 from pages where pages.page_hash = held.page_hash)
),

-- within the longest of the idle limits: where a channel's own is shorter, more is done again than need be
touched_blocks as {{ clickintent.materialized() }} (
    select distinct near.visitor_hash, near.block_started_at
    from {{ known }} as near
    inner join changes
        on near.visitor_hash = changes.visitor_hash
        and abs({{ clickintent.seconds_between('changes.event_at', 'near.event_time') }}) <= {{ idle_minutes }} * 60
    where {{ clickintent.in_days('near.event_time', days, around=(idle_minutes / 1440) | round(0, 'ceil') | int) }}
),

touched as (
    select known.* from {{ known }} as known
    where exists (
        select 1 from touched_blocks
        where touched_blocks.visitor_hash = known.visitor_hash and touched_blocks.block_started_at = known.block_started_at
    )
),

-- an event that moved is in here with its old time, and with its new one, by which it is found
to_place as (
    select event_id, event_time as event_at from touched
    union
    select event_id, event_at from new_events
),

events as (
    select input.* from {{ input }} as input
    where exists (
        select 1 from to_place where to_place.event_id = input.event_id and to_place.event_at = input.event_at
    )
)
{%- endmacro %}
