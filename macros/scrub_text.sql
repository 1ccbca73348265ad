{#
    A title or page key with the encodings undone that hide an identifier from `scrub_text`: zero-width characters,
    and the percent and HTML codes of punctuation, however often encoded. Letters stay as they are.
#}
{% macro decode_text(text) -%}
    {%- set steps = [
        ("[\\x{00AD}\\x{200B}-\\x{200F}\\x{2060}\\x{FEFF}]", ""),
        ("(?i)%(?:25)*(?:20|09|0a|0d|a0|2c)|&(?:nbsp|#160|#32);", " "),
        ("(?i)%(?:25)*40|&(?:commat|#64|#x40);|\\x{FF20}", "@"),
        ("(?i)\\s*[(\\[](?:at|@)[)\\]]\\s*", "@"),
        ("(?i)%(?:25)*3f|&(?:quest|#63|#x3f);", "?"),
        ("(?i)%(?:25)*3d|&(?:equals|#61|#x3d);", "="),
        ("(?i)%(?:25)*26|&(?:amp|#38|#x26);", "&"),
        ("(?i)%(?:25)*3b", ";"),
        ("(?i)%(?:25)*(?:2f|7c)", "/"),
        ("(?i)%(?:25)*(?:2b|2d|2e|28|29)", "-"),
    ] -%}
    {%- set decoded = namespace(sql=text) -%}
    {%- for pattern, replacement in steps -%}
        {%- set decoded.sql = clickintent.replace_all(decoded.sql, pattern, replacement) -%}
    {%- endfor -%}
    {{ decoded.sql }}
{%- endmacro %}

{#
    A title or page key without what identifies a person, for `page_words`, which takes the punctuation that such
    things are recognised by; `decode_text` goes before. It knows patterns, not people: a name is seen only after a
    greeting. The order counts: tokens go before the numbers inside them.
#}
{% macro scrub_text(text) -%}
    {%- set token = namespace(alternatives=[]) -%}
    {#- 16 letters and digits, a digit at any place: one alternative a place, as the dialects know no lookahead -#}
    {%- for before in range(16) -%}
        {%- do token.alternatives.append("[A-Za-z0-9]{" ~ before ~ "}[0-9][A-Za-z0-9]{" ~ (15 - before) ~ ",}") -%}
    {%- endfor -%}
    {%- do token.alternatives.append("[A-Za-z0-9]{15,}[0-9][A-Za-z0-9]*") -%}

    {%- set arrival = "to|bei|zu|zur|im|chez|sur|dans|en|al" -%}
    {%- set greeting = "welcome(?:_back)?|hello(?:_again)?|hi|hey|dear|good (?:morning|afternoon|evening|day)"
        ~ "|(?:logged|signed) in as|willkommen(?:_zur.ck)?|hallo|guten (?:morgen|tag|abend)|bienvenue|bonjour|bonsoir"
        ~ "|bienvenid[oa]|hola|buenos d.as|benvenut[oa]|ciao|bem-vind[oa]|welkom|hoi" -%}
    {#- 'back' is joined to its 'welcome' below, or it would be taken for a name -#}
    {#- a word of a name: a title or initial may end in a full stop -#}
    {%- set stop = "\\s|<>!?.,:;()/\\x{2013}\\x{2014}" -%}
    {%- set word = "(?:(?:mrs?|ms|dr|prof|herr|frau|\\pL)[.]|[^" ~ stop ~ "-][^" ~ stop ~ "]*)" -%}

    {%- set steps = [
        ("[?][^\\s?].*$", " "),
        ("[&#][^\\s?&#;=|/]*=.*$", " "),
        ("[^\\s/|?&;#=]*=[^/|;&]*", " "),
        (";jsessionid[^/|\\s]*", " "),
        ("[^\\s@<>,;|/:]+ ?@ ?[^\\s@<>,;|/]+", " "),
        ("(?i)[0-9a-f]{8}[-_]?(?:[0-9a-f]{4}[-_]?){3}[0-9a-f]{12}", " "),
        ("(?i)\\b(welcome|hello|willkommen)\\s+(back|again|zur.ck)\\b", "\\1_\\2"),
        ("(?i)\\bwelcome (bonus|offer|kit|cent(?:er|re)|pack(?:age)?|page|home)\\b", "\\1"),
        ("(?i)\\b(?:" ~ greeting ~ ") (?:" ~ arrival ~ ")\\b([^|,!?.:;]*),[^|!?.:;]*", "\\1"),
        ("(?i)\\b(?:" ~ greeting ~ ") (?:" ~ arrival ~ ")\\b", " "),
        ("(?i)\\b(" ~ greeting ~ ")(?:\\s*[,:]\\s*|\\s+)" ~ word ~ "(?:\\s+" ~ word ~ ")*", "\\1"),
        (token.alternatives | join("|"), " "),
        ("\\p{Nd}{1,3}(?:[.]\\p{Nd}{1,3}){3}", " "),
        ("[+]?[(]?\\p{Nd}(?:(?:[ .\\-/()_\\x{00A0}\\x{2010}-\\x{2015}]{1,3}|,)?\\p{Nd}){6,}", " "),
    ] -%}
    {%- set scrubbed = namespace(sql=text) -%}
    {%- for pattern, replacement in steps -%}
        {%- set scrubbed.sql = clickintent.replace_all(scrubbed.sql, pattern, replacement) -%}
    {%- endfor -%}
    {{ scrubbed.sql }}
{%- endmacro %}

{#
    Regular expression for the segment of a page key that stands for a page of search results, with or without a file
    extension. Its one home: what follows the segment, and the page's title, may be what a visitor typed.
#}
{% macro search_segment() -%}
    {%- set names = "search|search[-_ ]?results?|(?:site|web|internal)[-_ ]?search|results?|suche|suchergebnisse?"
        ~ "|recherche|rechercher|r.sultats|buscar|buscador|b.squeda|resultados|ricerca|risultati|zoeken"
        ~ "|zoekresultaten|pesquisa|busca" -%}
    (?i)(?:^|/)(?:{{ names }})(?:[-_ ]?(?:page|screen|view))?(?:[.][a-z0-9]+)?(?:[;?&\s/]|$)
{%- endmacro %}

{# True where a page key has such a segment. #}
{% macro is_search_page(page_key) -%}
    {{ return(adapter.dispatch('is_search_page', 'clickintent')(page_key)) }}
{%- endmacro %}

{% macro default__is_search_page(page_key) -%}
    regexp_matches({{ page_key }}, '{{ clickintent.search_segment() }}')
{%- endmacro %}

{# True where a title repeats a search, whatever page it stands on. #}
{% macro is_search_title(title) -%}
    {{ return(adapter.dispatch('is_search_title', 'clickintent')(title)) }}
{%- endmacro %}

{% macro default__is_search_title(title) -%}
    regexp_matches(
        {{ title }},
        '(?i)\bsearch results?\b|\bresults? for\b|\byou searched\b|\bsearch(?:ed|ing)? (?:results? )?for\b|\b[0-9]+ (?:hits?|results?|matches|treffer|r.sultats?|resultados)\b|\b(?:search|suche|recherche|buscar) ?:'
    )
{%- endmacro %}
