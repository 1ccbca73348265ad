{#
    Id of an event that came without one: what it says, less its load time. `engaged_seconds` is appended only where
    there is one, so that ids derived before that column came are still the same.
#}
{% macro derived_event_id() -%}
    md5({{ clickintent.joined_text(
        ['source'] + clickintent.event_contract_columns()
        | reject('in', ['event_id', 'loaded_at', 'engaged_seconds']) | list
    ) }} || coalesce(chr(31) || engaged_seconds, ''))
{%- endmacro %}
