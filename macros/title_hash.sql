{#
    A number for what a title says of its page, alike for titles that differ only in the site's name after the last bar or
    in case; null without a title.
#}
{% macro title_hash(title) -%}
    {{ clickintent.hash_number("lower(" ~ clickintent.page_part_of_title(title) ~ ")") }}
{%- endmacro %}

{# What follows the last bar is the site's name. #}
{% macro page_part_of_title(title) -%}
    {{ clickintent.replace_all(title, '[|][^|]*$', '') }}
{%- endmacro %}
