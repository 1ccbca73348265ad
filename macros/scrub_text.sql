{#
    A title or page key without what identifies a person, for `page_words`, which takes the punctuation that such
    things are recognised by; `decode_text` goes before. It knows patterns, not people: a name is seen after a greeting or
    a word such as 'name:', an address by its street and number. Numbers need no check of their digits: all long ones go.
    The order counts: tokens go before the numbers inside them, and what has letters as well before both.
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
    {%- set stop = "\\s|<>!?.,:;()/\u2013\u2014" -%}
    {%- set word = "(?:(?:mrs?|ms|dr|prof|herr|frau|\\pL)[.]|[^" ~ stop ~ "-][^" ~ stop ~ "]*)" -%}

    {#- what a form or a letter puts before a name or an address -#}
    {%- set named = "(?:(?:first|last|full|user|given|family|middle|maiden|customer|client|account|payee|recipient|holder)[ _-]?)?names?"
        ~ "|user(?:name)?|payee|beneficiary|recipient|(?:account|card)[ _-]?holder|surname|vorname|nachname|nom|pr.nom|nombre"
        ~ "|apellidos?|cognome|e-?mail|phone|tel|telefon|address|adresse|anschrift|ssn|date of birth|iban|customer|kunde" -%}
    {%- set number = "(?:[0-9]{1,5}[a-z]?|:id)" -%}
    {%- set blank = "[\\s_+-]+" -%}
    {%- set part = "\\pL[\\pL.'\u2019]*" | replace("'", "''") -%}
    {%- set street = "street|st|str|road|rd|avenue|ave|lane|ln|boulevard|blvd|crescent|terrace|highway|hwy|parkway|pkwy" -%}
    {#- what follows a street after a comma is the town -#}
    {%- set town = "(?:,[^|/]*)?" -%}

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
        ("(?i)\\b(" ~ named ~ ")\\s*:\\s*(?:[^|/;&:]|:id)+", "\\1"),
        ("(?i)\\b" ~ number ~ blank ~ "(?:" ~ part ~ blank ~ "){1,3}(?:" ~ street ~ ")\\b[.]?" ~ town, " "),
        ("(?i)\\b" ~ number ~ blank ~ "(?:" ~ part ~ blank ~ "){1,3}(?:drive|dr|close|court|ct|place|way)[.]?(?:\\s*,[^|/]*|\\s*$)", " "),
        ("(?i)\\b" ~ part ~ "(?:stra(?:ss|\u00DF)e|gasse|weg|platz|allee|[ -]?str[.]?)" ~ blank ~ number ~ town, " "),
        ("(?i)\\b" ~ number ~ "(?: ?(?:bis|ter))?,?" ~ blank ~ "(?:rue|avenue|boulevard|chemin|impasse|all.e|quai)" ~ blank ~ "\\pL[^|/,]*" ~ town, " "),
        ("(?i)\\b(?:via|viale|corso|piazza|calle|avenida|plaza|rua|paseo)" ~ blank ~ "(?:" ~ part ~ ",?" ~ blank ~ "){1,3}(?:n[.]? ?)?" ~ number ~ "\\b" ~ town, " "),
        ("(?i)\\b[a-z]{2}[0-9]{2}(?:[ -]?[0-9a-z]{4})*[ -]?(?:[0-9]{4}|[a-z][0-9]{3}|[0-9]{3}[a-z]|:id)(?:[ -]?(?:[0-9a-z]{4}|:id))*(?:[ -][0-9a-z]{1,4}\\b)?", " "),
        ("(?i)[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){3,7}", " "),
        (token.alternatives | join("|"), " "),
        ("\\p{Nd}[\\p{Nd} .()+%-]*:id", " "),
        ("[+]?[(]?\\p{Nd}(?:(?:[ ./()_\u00A0\u2010-\u2015-]{1,3}|,)?\\p{Nd}){6,}", " "),
        ("\\p{Nd}{1,3}(?:[.]\\p{Nd}{1,3}){3}", " "),
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
    {{ clickintent.has_match(page_key, clickintent.search_segment()) }}
{%- endmacro %}

{# True where a title repeats a search, whatever page it stands on. #}
{% macro is_search_title(title) -%}
    {%- set found = "[0-9]+ (?:hits?|results?|matches|treffer|r.sultats?|resultados)" -%}
    {{ clickintent.has_match(
        title,
        "(?i)\\bsearch results?\\b|\\bresults? for\\b|\\byou searched\\b|\\bsearch(?:ed|ing)? (?:results? )?for\\b|\\b" ~ found
        ~ "\\b|\\b(?:search|suche|recherche|buscar) ?:"
    ) }}
{%- endmacro %}
