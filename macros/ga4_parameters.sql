{#
    Names of the event parameters of GA4, as a list of text, from `event_params` as JSON text: [{"key": ..., "value":
    {"string_value": ..., "int_value": ..., "float_value": ..., "double_value": ...}}]. `ga4_values` goes with it. The
    document is read once for all parameters: to look into it for each takes three times as long.
#}
{% macro ga4_keys(event_params) -%}
    {{ return(adapter.dispatch('ga4_keys', 'clickintent')(event_params)) }}
{%- endmacro %}

{% macro default__ga4_keys(event_params) -%}
    list_transform({{ clickintent.ga4_list(event_params) }}, lambda parameter: parameter.key)
{%- endmacro %}

{#- both are the parameters themselves there: no function reads two lists side by side -#}
{% macro snowflake__ga4_keys(event_params) -%}
    {{ clickintent.json_list(event_params) }}
{%- endmacro %}

{# Their values, as a list of text in the same order: of each the one of its typed fields that is set. #}
{% macro ga4_values(event_params) -%}
    {{ return(adapter.dispatch('ga4_values', 'clickintent')(event_params)) }}
{%- endmacro %}

{% macro default__ga4_values(event_params) -%}
    list_transform(
        {{ clickintent.ga4_list(event_params) }},
        lambda parameter: coalesce(
            parameter.value.string_value, parameter.value.int_value, parameter.value.float_value, parameter.value.double_value
        )
    )
{%- endmacro %}

{% macro snowflake__ga4_values(event_params) -%}
    {{ clickintent.json_list(event_params) }}
{%- endmacro %}

{% macro ga4_list(event_params) -%}
    from_json(
        {{ event_params }},
        '[{"key": "VARCHAR", "value": {"string_value": "VARCHAR", "int_value": "VARCHAR", "float_value": "VARCHAR", "double_value": "VARCHAR"}}]'
    )
{%- endmacro %}

{# Value of one parameter, from those two lists. The first wins where a key is there twice; null where it is not. #}
{% macro ga4_parameter(keys, values, key) -%}
    {{ return(adapter.dispatch('ga4_parameter', 'clickintent')(keys, values, key)) }}
{%- endmacro %}

{% macro default__ga4_parameter(keys, values, key) -%}
    list_extract({{ values }}, list_position({{ keys }}, '{{ key }}'))
{%- endmacro %}

{% macro snowflake__ga4_parameter(keys, values, key) -%}
    {%- set first = "get(filter(" ~ keys ~ ", parameter -> parameter:key::varchar = '" ~ key ~ "'), 0)" -%}
    coalesce(
        {%- for type in ['string', 'int', 'float', 'double'] %}
        cast(get_path({{ first }}, 'value.{{ type }}_value') as varchar){{ ',' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}

{# All parameters, from those two lists, as the JSON text of one object, key to text; null where there are none. #}
{% macro ga4_parameters(keys, values) -%}
    {{ return(adapter.dispatch('ga4_parameters', 'clickintent')(keys, values)) }}
{%- endmacro %}

{% macro default__ga4_parameters(keys, values) -%}
    case
        when len({{ keys }}) > 0
            then '{' || array_to_string(
                list_transform(
                    list_zip({{ keys }}, {{ values }}),
                    lambda parameter: cast(to_json(parameter[1]) as varchar) || ':'
                    || coalesce(cast(to_json(parameter[2]) as varchar), 'null')
                ),
                ','
            ) || '}'
    end
{%- endmacro %}

{% macro snowflake__ga4_parameters(keys, values) -%}
    case
        when array_size({{ keys }}) > 0
            then '{' || array_to_string(
                transform(
                    {{ keys }},
                    parameter -> to_json(to_variant(parameter:key::varchar)) || ':' || coalesce(
                        to_json(to_variant(coalesce(
                            parameter:value:string_value::varchar, parameter:value:int_value::varchar,
                            parameter:value:float_value::varchar, parameter:value:double_value::varchar
                        ))),
                        'null'
                    )
                ),
                ','
            ) || '}'
    end
{%- endmacro %}
