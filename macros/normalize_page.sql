{#
    Page key from a URL or screen name after `decoded_page`: no scheme, host, query string, fragment, index page or trailing slash; path in
    lower case; e-mails, UUIDs, hashes, tokens, dates and numbers in it become placeholders. A fragment that begins with
    '/' or '!/' is the route of a single-page app and joins the path. A screen name (no slash) keeps its case, which
    separates its words.

    It runs once an event, so a page pays for what it may hold: most hold only words, and most others only words and
    numbers. That is looked for in the URL, not in a half-made key, which SQL would work out once for the question and
    once for the answer. For the same reason blanks are trimmed only where there are some.
#}
{% macro normalize_page(page_url) -%}
    {%- set trimmed = "trim(" ~ page_url ~ ")" -%}
    {%- set is_odd = [
        page_url ~ " like ' %'", page_url ~ " like '% '",
        page_url ~ " like '%//%//%'", "(" ~ page_url ~ " like '%//%' and " ~ page_url ~ " not like '%://%')",
        clickintent.has_match(page_url, "^[^?#]*([@%;]|" ~ clickintent.identifier_signature() ~ ")"),
    ] -%}
    case
        when {{ page_url }} is null or {{ page_url }} = '' or ({{ page_url }} like ' %' and {{ trimmed }} = '') then null
        when {{ page_url }} not like '%/%'
            then coalesce(nullif({{ clickintent.page_placeholders(clickintent.before_query(trimmed)) }}, ''), '/')
        when {{ page_url }} like '%#/%' or {{ page_url }} like '%#!/%'
            then {{ clickintent.plain_path(clickintent.page_placeholders(clickintent.page_path(clickintent.routed_url(trimmed)))) }}
        when {{ is_odd | join(' or ') }}
            then {{ clickintent.plain_path(clickintent.page_placeholders(clickintent.page_path(trimmed))) }}
        when {{ clickintent.has_match(page_url, "^[^?#]*[0-9]") }}
            then {{ clickintent.plain_path(clickintent.page_placeholders(clickintent.page_path(page_url), numbers_only=true)) }}
        else {{ clickintent.plain_path(clickintent.page_path(page_url)) }}
    end
{%- endmacro %}

{#
    A URL or screen name as `normalize_page` takes it: percent codes undone, as the digits of a code are none of the number
    beside it. Of its query string they stay, or what is encoded there could pass for the route of a hash-routed app.
#}
{% macro decoded_page(page_url) -%}
    {%- set before = "split_part(" ~ page_url ~ ", '?', 1)" -%}
    case
        when {{ page_url }} like '%#/%' or {{ page_url }} like '%#!/%' then {{ clickintent.percent_decoded(page_url) }}
        else {{ clickintent.percent_decoded(before) }}
    end
{%- endmacro %}

{# A URL or screen name up to its query string or fragment. #}
{% macro before_query(url) -%}
    split_part(split_part({{ url }}, '?', 1), '#', 1)
{%- endmacro %}

{# Path of a URL, without scheme and host; an app's link has no host, and begins with its first word. #}
{% macro page_path(url) -%}
    {{ clickintent.replace_all(
        clickintent.before_query(url),
        "^([Hh][Tt][Tt][Pp][Ss]?://[^/]*|[Ww][Ww][Ww][.][^/]*|[A-Za-z][A-Za-z0-9+.-]*://)",
        ""
    ) }}
{%- endmacro %}

{# The URL of a hash-routed app with its route, up to '?', '#' or '&' in it, joined to its path less an index page. #}
{% macro routed_url(url) -%}
    {%- set joined = clickintent.replace_all(url, "^([^?#]*)([?][^#]*)?#!?(/[^?#&]*)(.|\\n)*$", "\\1\\3") -%}
    {{ clickintent.replace_all(joined, "/(index|default)[.][A-Za-z]+/", "/") }}
{%- endmacro %}

{#
    A path in lower case without an index page, a trailing slash and, if var `language_prefixes` names it, its language.
    '-' and '_' in a code are one: de-CH is also de_ch.
#}
{% macro plain_path(path) -%}
    {%- set languages = var('language_prefixes') -%}
    {%- for language in languages if not modules.re.fullmatch('[A-Za-z]+([-_][A-Za-z0-9]+)*', language | string) -%}
        {{ exceptions.raise_compiler_error("Var language_prefixes: '" ~ language ~ "' is no language code such as en, de-CH or fr_CA.") }}
    {%- endfor -%}
    {%- set plain = namespace(sql="lower(" ~ path ~ ")") -%}
    {%- if languages -%}
        {%- set codes = languages | map('lower') | map('replace', '_', '-') | map('replace', '-', '[-_]') | join('|') -%}
        {%- set plain.sql = clickintent.replace_all(plain.sql, "^/(" ~ codes ~ ")(/|$)", "/") -%}
    {%- endif -%}
    coalesce(nullif({{ clickintent.replace_all(plain.sql, "/((index|default)[.][a-z]+)?$", "") }}, ''), '/')
{%- endmacro %}

{#
    A path with placeholders for what names a person, a day or one thing among many. The order counts: what is longer
    goes before the numbers in it. Tokens take three passes: a run of 16 characters or more is put in brackets, its
    signature makes it a token, the other brackets go.
#}
{% macro page_placeholders(path, numbers_only=false) -%}
    {%- set year, month, day = "(19|20)[0-9]{2}", "(1[0-2]|0?[1-9])", "(3[01]|[12][0-9]|0?[1-9])" -%}
    {%- set odd_steps = [
        ("//+", "/"),
        (";[^/]*", ""),
        ("[^/]+(@|%(25)*40)[^/]+", ":email"),
        ("[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}", ":uuid"),
        ("[0-9A-Fa-f]{24,}", ":hash"),
        ("eyJ[A-Za-z0-9_-]+[.]eyJ[A-Za-z0-9_-]+([.][A-Za-z0-9_-]*)?", ":token"),
        ("([A-Za-z0-9_-]{16,})", "<\\1>"),
        ("<[^<>]*(" ~ clickintent.token_signature() ~ ")[^<>]*>", ":token"),
        ("[<>]", ""),
    ] -%}
    {%- set number_steps = [
        (year ~ "[-/]" ~ month ~ "[-/]" ~ day ~ "([Tt][0-9:.]+[Zz]?)?", ":date"),
        ("[0-9][0-9 ().+-]{5,}[0-9]|[0-9]{5,}", ":id"),
        ("/[0-9]+(/|$)", "/:id\\1"),
        ("/[0-9]+(/|$)", "/:id\\1"),
    ] -%}
    {%- set replaced = namespace(sql=path) -%}
    {%- for pattern, replacement in (number_steps if numbers_only else odd_steps + number_steps) -%}
        {%- set replaced.sql = clickintent.replace_all(replaced.sql, pattern, replacement) -%}
    {%- endfor -%}
    {{ replaced.sql }}
{%- endmacro %}

{# What a page has in it whose placeholder is neither an e-mail's nor a number's. #}
{% macro identifier_signature() -%}
    -[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-|[0-9A-Fa-f]{24}|[.]eyJ|{{ clickintent.token_signature() }}
{%- endmacro %}

{#
    What random letters and digits nearly always show and words hardly ever: three groups of digits with nothing but
    letters between them; or a small letter alone between capitals, two capitals alone between small letters or a digit
    that turns a capital into a small letter, three times, or twice with a digit in between. 'roth-ira-vs-401k', 'b2b2c'
    and 'GoToMyAccount' show none of it. How often it errs is measured in docs/pages.md.
#}
{% macro token_signature() -%}
    {%- set odd = "([A-Z][a-z][A-Z0-9]|[a-z][A-Z]{2}[a-z]|[A-Z][0-9]+[a-z])" -%}
    {%- set more = "[A-Za-z0-9_-]*" -%}
    [0-9][A-Za-z]+[0-9]+[A-Za-z]+[0-9]|{{ odd }}{{ more }}({{ odd }}{{ more }}|[0-9]{{ more }}){{ odd }}
{%- endmacro %}
