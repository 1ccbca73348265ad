{#
    Columns that a source's staging model supplies, beside `source`, `raw` and `load_batch`. All are text: parsing has one home,
    `source_events`, and what cannot be parsed is quarantined, not lost. `native_loaded_at` may come beside them: `load_times.sql`.
#}
{% macro event_contract_columns() -%}
    {{ return([
        'event_id', 'event_at', 'loaded_at', 'site_id', 'channel', 'visitor_id', 'customer_id', 'event_type',
        'page_url', 'page_title', 'referrer_url', 'utm_source', 'utm_medium', 'utm_campaign', 'device_type',
        'user_agent', 'language', 'has_consent', 'is_internal', 'event_value', 'engaged_seconds', 'properties'
    ]) }}
{%- endmacro %}

{#
    The sources that are switched on: `event_source` is a name or a list of names. A name that nobody knows stops the
    build here, since dbt's own words for it would be those of a missing model. A source of your own is known by an entry
    in `source_settings`, be it an empty one.
#}
{% macro event_sources() -%}
    {%- set chosen = var('event_source') -%}
    {%- set names = ([chosen] if chosen is string else (chosen or [])) | unique | list -%}
    {%- set known = ['demo', 'generic', 'snowplow', 'segment', 'ga4'] -%}
    {%- set own = var('source_settings').keys() | reject('in', known) | list -%}
    {%- for name in names or [chosen] if name not in known + own -%}
        {{ exceptions.raise_compiler_error(
            "event_source names '" ~ name ~ "', which is not a source. The sources are: " ~ (known + own) | join(', ')
            ~ ". One of your own needs a model stg_NAME__events and an entry under its name in source_settings."
        ) }}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}

{#
    Select list of the contract's columns from a relation: `columns` maps contract names to expressions, or is a list of
    those that the relation has by these names. What is in neither `columns` nor `defaults` is null.
#}
{% macro select_event_contract(columns, defaults={}) -%}
    {%- set columns = columns if columns is mapping else dict(zip(columns, columns)) -%}
    {%- for name in clickintent.event_contract_columns() %}
    {%- set constant = defaults.get(name) %}
    {%- if name in columns and constant is not none %}
    coalesce(cast({{ columns[name] }} as {{ dbt.type_string() }}), {{ clickintent.text_literal(constant | string) }}) as {{ name }},
    {%- elif name in columns %}
    cast({{ columns[name] }} as {{ dbt.type_string() }}) as {{ name }},
    {%- elif constant is not none %}
    cast({{ clickintent.text_literal(constant | string) }} as {{ dbt.type_string() }}) as {{ name }},
    {%- else %}
    cast(null as {{ dbt.type_string() }}) as {{ name }},
    {%- endif %}
    {%- endfor %}
{%- endmacro %}

{#
    With several sources on, each one's ids carry its name: 1, 2, 3 of one are not 1, 2, 3 of another. Where the events that
    are stored have the other form of id, the build stops: it would take them for others, and count them twice.
#}
{% macro source_prefix() -%}
    {%- set is_prefixed = clickintent.event_sources() | length > 1 -%}
    {%- set stored = clickintent.stored_table('stg_events') if model.resource_type != 'unit_test' else none -%}
    {%- if stored is not none -%}
        {%- for row in run_query("select event_id like source || ':%' from " ~ stored ~ " limit 1").rows if row[0] != is_prefixed -%}
            {{ exceptions.raise_compiler_error(
                "The ids in stg_events were made with " ~ ('one source' if is_prefixed else 'several sources')
                ~ " switched on. With " ~ ('several, ids carry' if is_prefixed else 'one alone, ids do not carry')
                ~ " the name of their source: build once with --full-refresh."
            ) }}
        {%- endfor -%}
    {%- endif -%}
    {%- if is_prefixed -%} source || ':' || {% endif -%}
{%- endmacro %}
