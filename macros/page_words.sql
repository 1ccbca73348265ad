{#
    Words of a page key or title, in lower case: CamelCase, dashes, slashes and underscores separate words;
    placeholders such as :id are left out. No identifier can be recognised afterwards: `scrub_text` comes first.
#}
{% macro page_words(text) -%}
    {%- set spaced = clickintent.replace_all(text, "([\\p{Ll}0-9])(\\p{Lu})", "\\1 \\2") -%}
    {#- the last capital of a row begins the next word, FAQPage, but not in IRAs -#}
    {%- set spaced = clickintent.replace_all(spaced, "(\\p{Lu})(\\p{Lu}\\p{Ll}{2})", "\\1 \\2") -%}
    {%- set named = clickintent.replace_all(spaced, ":[a-z]+", " ") -%}
    trim(lower({{ clickintent.replace_all(named, "[^\\p{L}\\p{N}]+", " ") }}))
{%- endmacro %}
