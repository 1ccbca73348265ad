{# What the var `tile_events` says of impressions and clicks under a name, else the default. Null is an answer, too. #}
{% macro tile_setting(name) -%}
    {%- set defaults = {
        'impression': 'tile_impression',
        'click': 'tile_click',
        'impression_id': 'impression_id',
        'position': 'position',
        'tile_id': none,
        'randomized': none,
        'click_minutes': 30,
        'page_days': 30,
        'history_days': 90
    } -%}
    {%- set stated = var('tile_events') or {} -%}
    {%- for stated_name in stated if stated_name not in defaults -%}
        {%- do exceptions.raise_compiler_error(
            "The var tile_events has no " ~ stated_name ~ ": it takes " ~ defaults | join(', ') ~ "."
        ) -%}
    {%- endfor -%}
    {{ return(stated.get(name, defaults[name])) }}
{%- endmacro %}

{# SQL of a property of a tile's event, text, where the var names one. #}
{% macro tile_property(properties, name) -%}
    {{ clickintent.json_field(properties, clickintent.tile_setting(name)) }}
{%- endmacro %}

{#
    SQL that is true where the positions of an impression's tiles were drawn at random: setting `randomized` names the
    property that says so, or is 'all'; its null stands for "all in the demo, none elsewhere".
#}
{% macro is_randomized_tile(properties) -%}
    {%- set chosen = clickintent.tile_setting('randomized') -%}
    {%- if chosen == 'all' or (chosen is none and clickintent.event_sources() == ['demo']) -%}
        true
    {%- elif chosen is none -%}
        false
    {%- else -%}
        coalesce(lower({{ clickintent.json_field(properties, chosen) }}) in ('true', '1', 'yes'), false)
    {%- endif -%}
{%- endmacro %}
