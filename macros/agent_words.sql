{#
    A user agent as words between single blanks, one at either end: lower case, everything but letters and digits
    taken as a blank, so that ' bot ' cannot be found in 'cubot' and 'Go-http-client/1.1' is ' go http client 1 1 '.
#}
{% macro agent_words(user_agent) -%}
    ' ' || trim({{ clickintent.replace_all("lower(" ~ user_agent ~ ")", "[^a-z0-9]+", " ") }}) || ' '
{%- endmacro %}

{# What to look for in such words: the pattern between blanks, but for an end that is marked open by '*'. #}
{% macro agent_needle(pattern) -%}
    case when {{ pattern }} like '*%' then '' else ' ' end
    || replace({{ pattern }}, '*', '')
    || case when {{ pattern }} like '%*' then '' else ' ' end
{%- endmacro %}
