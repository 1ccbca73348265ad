{#
    Page key from a URL or screen name: no scheme, host, query string, fragment, index page or trailing slash; path in
    lower case; e-mails, UUIDs, hashes, dates and numbers in it become placeholders. A screen name (no slash) keeps its
    case, which separates its words.
#}
{% macro normalize_page(page_url) -%}
    {%- set steps = [
        ("[?#].*$", ""),
        ("^https?://[^/]*", ""),
        ("^[A-Za-z][A-Za-z0-9+.-]*://", ""),
        ("/(index|default)\\.[A-Za-z]+$", "/"),
        ("/+", "/"),
        ("(.)/$", "\\1"),
        ("[^/]+(@|%40)[^/]+", ":email"),
        ("[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}", ":uuid"),
        ("[0-9A-Fa-f]{24,}", ":hash"),
        ("[0-9]{4}[-/][0-9]{2}[-/][0-9]{2}", ":date"),
        ("[0-9][0-9 ().+-]{5,}[0-9]|[0-9]{5,}", ":id"),
        ("/[0-9]+(/|$)", "/:id\\1"),
        ("/[0-9]+(/|$)", "/:id\\1"),
        ("^$", "/"),
    ] -%}
    {%- set url = "nullif(trim(" ~ page_url ~ "), '')" -%}
    {%- set path = namespace(sql="lower(" ~ url ~ ")") -%}
    {%- set screen = namespace(sql=url) -%}
    {%- for pattern, replacement in steps -%}
        {%- set path.sql = clickintent.replace_all(path.sql, pattern, replacement) -%}
        {%- set screen.sql = clickintent.replace_all(screen.sql, pattern, replacement) -%}
    {%- endfor -%}
    case when {{ page_url }} like '%/%' then {{ path.sql }} else {{ screen.sql }} end
{%- endmacro %}
