{#
    A regular expression and its replacement in the form that Snowflake's documents describe: no group without a number, so
    that `\1` counts those as well; no `\p{..}` but ranges of letters; `(?i)` as a parameter. Patterns are written for RE2, and
    so that nothing else in them differs: neither lookaround nor lazy quantifiers, and in brackets a backslash only before
    's' and 'p'. Returns `pattern` and `replacement`, backslashes written twice as a text of Snowflake has them, and
    `parameters`.

    https://docs.snowflake.com/en/sql-reference/functions-regexp
#}
{% macro snowflake_pattern(pattern, replacement='') -%}
    {%- set letters = {
        'L': "A-Za-z\u00AA\u00B5\u00BA\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u1FFF\u2C00-\u2DFF\u3005-\uD7FF\uF900-\uFDFF",
        'Lu': "A-Z\u00C0-\u00D6\u00D8-\u00DE",
        'Ll': "a-z\u00DF-\u00F6\u00F8-\u00FF",
        'N': "0-9",
        'Nd': "0-9",
    } -%}
    {%- set is_caseless = pattern.startswith('(?i)') -%}
    {%- set said = pattern[4:] if is_caseless else pattern -%}
    {%- set tokens = modules.re.findall('\\\\p[{][A-Za-z]+[}]|\\\\pL|\\\\[^p]|[(][?].|\\[:[a-z]+:\\]|[^\\\\]', said) -%}
    {%- set written = namespace(pattern='', brackets='', groups=0, numbers=['0']) -%}
    {%- for token in tokens -%}
        {%- set form = token -%}
        {%- if token.startswith('\\p') -%}
            {%- set ranges = letters[token[2:] | replace('{', '') | replace('}', '')] -%}
            {%- set form = ranges if written.brackets else '[' ~ ranges ~ ']' -%}
        {%- elif token == '\\s' and written.brackets -%}
            {%- set form = '[:space:]' -%}
        {%- elif token.startswith('(') and not written.brackets -%}
            {%- if token not in ('(', '(?:') -%}
                {{ exceptions.raise_compiler_error("No form for Snowflake of '" ~ token ~ "' in the regular expression '" ~ pattern ~ "'.") }}
            {%- endif -%}
            {%- set written.groups = written.groups + 1 -%}
            {%- do written.numbers.append(written.groups | string) if token == '(' -%}
            {%- set form = '(' -%}
        {%- endif -%}
        {#- a bracket that closes, but for one that comes first and stands for itself -#}
        {%- if written.brackets -%}
            {%- set written.brackets = '' if token == ']' and written.brackets not in ('[', '[^') else written.brackets ~ token -%}
        {%- elif token == '[' -%}
            {%- set written.brackets = token -%}
        {%- endif -%}
        {%- set written.pattern = written.pattern ~ form -%}
    {%- endfor -%}
    {%- set replaced = namespace(text='') -%}
    {%- for token in modules.re.findall('\\\\[0-9]|[^\\\\]', replacement) -%}
        {%- set number = written.numbers[token[1:] | int] if token.startswith('\\') else '' -%}
        {%- if number | length > 1 -%}
            {{ exceptions.raise_compiler_error("Group " ~ token[1:] ~ " of '" ~ pattern ~ "' is the " ~ number ~ "th for Snowflake, which refers to nine.") }}
        {%- endif -%}
        {%- set replaced.text = replaced.text ~ ('\\\\' ~ number if number else token) -%}
    {%- endfor -%}
    {{ return({
        'pattern': written.pattern | replace('\\', '\\\\'),
        'replacement': replaced.text,
        'parameters': 'i' if is_caseless else '',
    }) }}
{%- endmacro %}
