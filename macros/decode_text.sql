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

{# The characters that a keyboard for Chinese or Japanese writes in place of `half_width`, and two wide blanks. #}
{% macro full_width() -%}
{{ "！＂＃＄％＆＇（）＊＋，－．／０１２３４５６７８９：；＜＝＞？＠ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ［＼］＾＿｀ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ｛｜｝～　 " }}
{%- endmacro %}

{% macro half_width() -%}
{{ "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~  " }}
{%- endmacro %}
