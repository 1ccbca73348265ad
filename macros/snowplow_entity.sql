{#
    A field of the first entity of a kind that a Snowplow tracker sent beside an event, as text: from the entity's own
    column of most warehouses (`contexts_<vendor>_<name>_1`, an array), else from `contexts`, one document of all of
    them: {"data": [{"schema": "iglu:vendor/name/jsonschema/1-0-0", "data": {...}}]}. Some loaders keep a field's name as
    the tracker sent it (`userId`), others write it as a column name (`user_id`): either is read. Null where it is not
    there.
#}
{% macro snowplow_entity(vendor, name, field) -%}
    {%- set column = 'contexts_' ~ vendor ~ '_' ~ name ~ '_1' -%}
    coalesce(
        {{ clickintent.json_field(column, '[0].' ~ field) }},
        {{ clickintent.json_field(column, '[0].' ~ modules.re.sub('([A-Z])', '_\\1', field) | lower) }},
        {{ adapter.dispatch('snowplow_context', 'clickintent')('contexts', vendor, name, field) }}
    )
{%- endmacro %}

{% macro default__snowplow_context(contexts, vendor, name, field) -%}
    json_extract_string(
        list_extract(
            json_extract({{ contexts }}, '$.data[*].data'),
            list_position(
                list_transform(
                    json_extract_string({{ contexts }}, '$.data[*].schema'),
                    lambda uri: array_to_string(split(uri, '/')[1:2], '/')
                ),
                'iglu:{{ vendor | replace("_", ".") }}/{{ name }}'
            )
        ),
        '$.{{ field }}'
    )
{%- endmacro %}

{% macro snowflake__snowplow_context(contexts, vendor, name, field) -%}
    {%- set entities = clickintent.json_list("to_json(get_path(try_parse_json(" ~ contexts ~ "), 'data'))") -%}
    cast(get_path(
        get(filter({{ entities }}, entity -> startswith(entity:schema::varchar, 'iglu:{{ vendor | replace("_", ".") }}/{{ name }}/')), 0),
        'data.{{ field }}'
    ) as varchar)
{%- endmacro %}
