{# The use that var `sensitive_intents_for` names, as SQL: a text, or null where sensitive intents are for none. #}
{% macro sensitive_use() -%}
    {%- set use = var('sensitive_intents_for') -%}
    {{ "'" ~ use | replace("'", "''") ~ "'" if use else 'null' }}
{%- endmacro %}

{# A condition that leaves out what is of a sensitive leaf; nothing where a use is named for these. #}
{% macro leave_out_sensitive_intents(is_sensitive='is_sensitive') -%}
{%- if not var('sensitive_intents_for') -%}
where not {{ is_sensitive }}
{%- endif -%}
{%- endmacro %}
