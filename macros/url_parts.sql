{# Host of a URL in lower case, without 'www.' and port; null where there is none. #}
{% macro url_host(url) -%}
    {{ return(adapter.dispatch('url_host', 'clickintent')(url)) }}
{%- endmacro %}

{% macro default__url_host(url) -%}
    nullif(regexp_extract(lower({{ url }}), '^[a-z][a-z0-9+.-]*://(www\.)?([^/:?#]+)', 2), '')
{%- endmacro %}

{% macro snowflake__url_host(url) -%}
    regexp_substr(lower({{ url }}), '^[a-z][a-z0-9+.-]*://(www[.])?([^/:?#]+)', 1, 1, 'e', 2)
{%- endmacro %}

{# Value of a query parameter, still percent-encoded but with '+' as a space; null where it is absent or empty. #}
{% macro url_parameter(url, name) -%}
    {{ return(adapter.dispatch('url_parameter', 'clickintent')(url, name)) }}
{%- endmacro %}

{% macro default__url_parameter(url, name) -%}
    nullif(replace(regexp_extract({{ url }}, '[?&]{{ name }}=([^&#]*)', 1), '+', ' '), '')
{%- endmacro %}

{% macro snowflake__url_parameter(url, name) -%}
    nullif(replace(regexp_substr({{ url }}, '[?&]{{ name }}=([^&#]*)', 1, 1, 'e', 1), '+', ' '), '')
{%- endmacro %}

{# The name in a host that people know a site by: 'google' of 'www.google.co.uk'. #}
{% macro site_name(host) -%}
    {{ return(adapter.dispatch('site_name', 'clickintent')(host)) }}
{%- endmacro %}

{% macro default__site_name(host) -%}
    regexp_extract({{ host }}, '([a-z0-9-]+)\.((co|com|org|net|gov)\.)?[a-z]+$', 1)
{%- endmacro %}

{% macro snowflake__site_name(host) -%}
    regexp_substr({{ host }}, '([a-z0-9-]+)[.]((co|com|org|net|gov)[.])?[a-z]+$', 1, 1, 'e', 1)
{%- endmacro %}

{#
    What somebody registered of a host: 'bank.co.uk' of accounts.bank.co.uk. It knows the common second levels of countries,
    not the whole list of public suffixes; null for a host without a dot and for an address in numbers.
#}
{% macro registered_domain(host) -%}
    {{ return(adapter.dispatch('registered_domain', 'clickintent')(host)) }}
{%- endmacro %}

{% macro default__registered_domain(host) -%}
    nullif(regexp_extract({{ host }}, '[a-z0-9-]+\.((co|com|org|net|gov)\.)?[a-z]+$'), '')
{%- endmacro %}

{% macro snowflake__registered_domain(host) -%}
    regexp_substr({{ host }}, '[a-z0-9-]+[.]((co|com|org|net|gov)[.])?[a-z]+$')
{%- endmacro %}
