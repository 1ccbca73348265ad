{#
    What the var `evaluation` says under a name, else the default of that name; docs/evaluation.md lists them. A name that
    there is not stops the build.
#}
{% macro evaluation_setting(name) -%}
    {%- set conversions = var('conversion_events') -%}
    {%- set defaults = {
        'task': 'history',
        'split_at': none,
        'horizon_days': 14,
        'outcome_events': [conversions] if conversions is string else (conversions or []) | list,
        'form_events': ['form_start'],
        'cut_events': none,
        'min_events': 2
    } -%}
    {%- set chosen = var('evaluation') or {} -%}
    {%- for given in chosen if given not in defaults -%}
        {{ exceptions.raise_compiler_error(
            "The var `evaluation` has no '" ~ given ~ "'; it knows " ~ defaults | join(', ') ~ "."
        ) }}
    {%- endfor -%}
    {%- set value = chosen.get(name, defaults[name]) -%}
    {%- if name == 'task' and value not in ['history', 'within_session'] -%}
        {{ exceptions.raise_compiler_error(
            "The var `evaluation` has task '" ~ value ~ "'; say 'history' (what a person's sessions so far tell of what comes) or "
            ~ "'within_session' (what the head of a session tells of its end)."
        ) }}
    {%- endif -%}
    {%- if name == 'cut_events' and value is none -%}
        {%- set value = clickintent.evaluation_setting('outcome_events') -%}
    {%- endif -%}
    {{ return([value] if name.endswith('_events') and name != 'min_events' and value is string else value) }}
{%- endmacro %}

{# Whether sessions are judged by their heads, cut before an outcome, in place of people by their sessions so far. #}
{% macro evaluates_within_sessions() -%}
    {{ return(clickintent.evaluation_setting('task') == 'within_session') }}
{%- endmacro %}

{# A list of texts for an SQL `in`; one that nothing is equal to where there are none. #}
{% macro listed_texts(texts) -%}
    ({% for text in texts or [''] %}'{{ text | replace("'", "''") }}'{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}
