{#
    Words of a page key or title, in lower case: CamelCase, dashes, slashes and underscores separate words;
    placeholders such as :id are left out.
#}
{% macro page_words(text) -%}
    {%- set spaced = clickintent.replace_all(text, "([\\p{Ll}0-9])(\\p{Lu})", "\\1 \\2") -%}
    {%- set named = clickintent.replace_all(spaced, ":[a-z]+", " ") -%}
    trim(lower({{ clickintent.replace_all(named, "[^\\p{L}\\p{N}]+", " ") }}))
{%- endmacro %}
