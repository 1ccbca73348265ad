{# fakesnow has no session parameter QUERY_TAG. #}
{% macro snowflake__set_query_tag() -%}
    {{ return(none) }}
{%- endmacro %}

{% macro snowflake__unset_query_tag(original_query_tag) -%}
    {{ return(none) }}
{%- endmacro %}
