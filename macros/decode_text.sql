{#
    A title or page key with the encodings undone that hide an identifier from `scrub_text`: zero-width characters,
    full-width letters and digits, percent codes, and the HTML codes of punctuation, however often encoded. A row of other
    HTML codes spells something that was not to be read, and goes.
#}
{% macro decode_text(text) -%}
    {%- set steps = [
        ("(?i)%(?:25)*(?:20|09|0a|0d|a0|2c)|&(?:nbsp|#160|#32);", " "),
        ("(?i)%(?:25)*40|&(?:commat|#64|#x40);", "@"),
        ("(?i)\\s*[([](?:at|@)[])]\\s*", "@"),
        ("(?i)%(?:25)*3f|&(?:quest|#63|#x3f);", "?"),
        ("(?i)%(?:25)*3d|&(?:equals|#61|#x3d);", "="),
        ("(?i)%(?:25)*26|&(?:amp|#38|#x26);", "&"),
        ("(?i)(?:&#(?:[0-9]{1,7}|x[0-9a-f]{1,6});){2,}", " "),
        ("(?i)&#(?:[0-9]{1,7}|x[0-9a-f]{1,6});", ""),
        ("(?i)%(?:25)*3b", ";"),
        ("(?i)%(?:25)*(?:2f|7c)", "/"),
        ("(?i)%(?:25)*(?:2b|2d|2e|28|29)", "-"),
    ] -%}
    {%- set visible = clickintent.replace_all(text, "[\u00AD\u200B-\u200F\u2060\uFEFF]", "") -%}
    {%- set narrow = "translate(" ~ visible ~ ", " ~ clickintent.text_literal(clickintent.full_width()) ~ ", "
        ~ clickintent.text_literal(clickintent.half_width()) ~ ")" -%}
    {%- set decoded = namespace(sql=clickintent.percent_decoded(narrow)) -%}
    {%- for pattern, replacement in steps -%}
        {%- set decoded.sql = clickintent.replace_all(decoded.sql, pattern, replacement) -%}
    {%- endfor -%}
    {{ decoded.sql }}
{%- endmacro %}

{#
    Text with its percent codes undone, however often encoded, as far as the warehouse can; where it cannot, `decode_text`
    knows those of punctuation. Bytes that make no character are left out. Most texts have none, and pay for no more than
    the question.
#}
{% macro percent_decoded(text) -%}
    {{ return(adapter.dispatch('percent_decoded', 'clickintent')(text)) }}
{%- endmacro %}

{% macro default__percent_decoded(text) -%}
    {{ text }}
{%- endmacro %}

{% macro duckdb__percent_decoded(text) -%}
    {%- set once = clickintent.replace_all(text, "%(?:25)+([0-9A-Fa-f]{2})", "%\\1") -%}
    {%- set of_characters = clickintent.replace_all(once, "%(?:[89A-Fa-f][0-9A-Fa-f]|00)", "") -%}
    case
        when contains({{ text }}, '%') then coalesce(try(url_decode({{ once }})), url_decode({{ of_characters }}))
        else {{ text }}
    end
{%- endmacro %}

{% macro snowflake__percent_decoded(text) -%}
    {%- set once = clickintent.replace_all(text, "%(?:25)+([0-9A-Fa-f]{2})", "%\\1") -%}
    {%- set of_characters = clickintent.replace_all(once, "%(?:[89A-Fa-f][0-9A-Fa-f]|00)", "") -%}
    case
        when contains({{ text }}, '%') then coalesce({{ clickintent.url_decoded(once) }}, {{ clickintent.url_decoded(of_characters) }})
        else {{ text }}
    end
{%- endmacro %}

{#
    Snowflake: text with its percent codes undone once, or null where that makes no UTF-8. It has no function for it, so a
    text goes through the hex digits of its bytes, in which '%c3' is '25 63 33 ', and a code's two digits become a byte.
#}
{% macro url_decoded(text) -%}
    {%- set bytes = "regexp_replace(hex_encode(" ~ text ~ "), '(..)', '\\\\1 ')" -%}
    {%- set digit = "(3[0-9]|[46][1-6])" -%}
    {%- set coded = "regexp_replace(" ~ bytes ~ ", '25 " ~ digit ~ " " ~ digit ~ " ', '<\\\\1><\\\\2>')" -%}
    {%- set read = namespace(sql="regexp_replace(" ~ coded ~ ", '<3([0-9])>', '\\\\1')") -%}
    {%- for letter in 'ABCDEF' -%}
        {%- set read.sql = "regexp_replace(" ~ read.sql ~ ", '<[46]" ~ loop.index ~ ">', '" ~ letter ~ "')" -%}
    {%- endfor -%}
    {{ adapter.dispatch('text_of_hex', 'clickintent')("replace(" ~ read.sql ~ ", ' ', '')") }}
{%- endmacro %}

{% macro default__text_of_hex(digits) -%}
    try_hex_decode_string({{ digits }})
{%- endmacro %}

{# The characters that a keyboard for Chinese or Japanese writes in place of `half_width`, and two wide blanks. #}
{% macro full_width() -%}
{{ "！＂＃＄％＆＇（）＊＋，－．／０１２３４５６７８９：；＜＝＞？＠ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ［＼］＾＿｀ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ｛｜｝～　 " }}
{%- endmacro %}

{% macro half_width() -%}
{{ "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~  " }}
{%- endmacro %}
