{#
    What somebody called an event, in the form of the other event types: 'Add to Basket' is 'add_to_basket'. Blanks and
    punctuation are replaced, not all that is no Latin letter, so that names in another alphabet stay. Null where nothing
    is left.
#}
{% macro event_name(text) -%}
    nullif({{ clickintent.replace_all(clickintent.replace_all("lower(" ~ text ~ ")", "[[:space:][:punct:]]+", "_"), "^_|_$", "") }}, '')
{%- endmacro %}
