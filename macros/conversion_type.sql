{#
    What an event converted to, null for most: var `conversion_events` names event types, as a list, or as a map from
    event type to the property that says what was bought (null: the type itself says it). None at all: nothing converts.
#}
{% macro conversion_type(events) -%}
    {%- set chosen = var('conversion_events') -%}
    {%- set types = [chosen] if chosen is string else chosen %}
    {%- if types %}
    case {{ events }}.event_type
        {%- for type in types %}
        {%- set property = types[type] if types is mapping else none %}
        when '{{ type }}' then
            {%- if property %} coalesce({{ clickintent.json_field(events ~ '.properties', property) }}, '{{ type }}')
            {%- else %} '{{ type }}'
            {%- endif %}
        {%- endfor %}
    end
    {%- else %} cast(null as {{ dbt.type_string() }})
    {%- endif %}
{%- endmacro %}
