"""What Snowflake's documentation says that each macro gives: expected rows as literals, with the page they come from.

A case is a query in Jinja, of one column, and the values it gives, in order. It is compiled for Snowflake and for DuckDB. Where
fakesnow cannot run the form of Snowflake, the test project overrides the macro, and `written` holds the SQL that the macro
itself writes.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

DOCS = "https://docs.snowflake.com/en/sql-reference/"


@dataclass(frozen=True)
class Case:
    """One macro at work.

    Attributes:
        macro: what is tested; the case's name.
        page: of Snowflake's documentation, below `DOCS`.
        query: a query of one column, in Jinja.
        expected: its values.
        written: what the query, or the part of it that tells, is for Snowflake, where fakesnow runs an override in its place
            or keeps less to the documentation than DuckDB does.
    """

    macro: str
    page: str
    query: str
    expected: list[Any]
    written: str | None = None


def each(value: str, *given: str) -> str:
    """A query of a value of each given `x`, an SQL expression, in order."""
    rows = " union all ".join(f"select {place} as n, {x} as x" for place, x in enumerate(given))
    return f"select {value} as value from ({rows}) as given order by n"


ELSEWHERE = {
    "announce_run": "a session's variable, read by the warehouse of a Python model",
    "announce_table": "a session's variable, read by the warehouse of a Python model",
    "drop_python_temp_tables": "a statement, or none",
    "cluster_python_table": "a statement",
    "apply_changes": "statements; incremental builds are held against a full refresh",
    "event_lists": "a query of two tables; its rows are held against DuckDB's",
    "any_order": "an order where any will do",
    "type_json": "a type",
    "list_event_files": "an error",
    "read_event_files": "an error",
    "relation_columns": "a question to the warehouse",
    "json_element": "stands in the case of json_elements",
    "json_map_name": "stands in the case of json_map_entries",
    "json_map_value": "stands in the case of json_map_entries",
    "ga4_keys": "lambdas, which fakesnow does not run as they are",
    "ga4_values": "as ga4_keys",
    "ga4_parameter": "as ga4_keys",
    "ga4_parameters": "as ga4_keys",
    "snowplow_context": "as ga4_keys",
}
"""Macros with a form for Snowflake that no case here is about, and why."""

EVENTS = "(select 1 as n, 'b' as name, cast(null as double) as x union all select 2, 'a', 0.5 union all select 3, 'c', 2) as given"

CASES = [
    # -- hashing ------------------------------------------------------------------------------------------------------------
    # md5 gives 32 hex digits in lower case; of '' they are d41d8cd98f00b204e9800998ecf8427e, of 'a' 0cc175b9c0f1b6a8...
    Case(
        "stable_hash",
        "functions/md5",
        "select {{ clickintent.stable_hash([\"'a'\"]) }} as value",
        ["0cc175b9c0f1b6a831c399e269772661"],
    ),
    # a null is chr(30) and chr(31) stands between: md5 of 'a' 0x1F 0x1E
    Case(
        "stable_hash of a null",
        "functions/chr",
        "select {{ clickintent.stable_hash([\"'a'\", 'null']) }} = md5('a' || chr(31) || chr(30)) as value",
        [True],
    ),
    # to_number reads hexadecimal digits by 'X' elements: 0x0cc175b9c0f1b6a
    Case(
        "hash_number",
        "functions/to_decimal",
        each("{{ clickintent.hash_number('x') }}", "'a'"),
        [0x0CC175B9C0F1B6A],
        "select to_number(left(md5(x), 15), 'XXXXXXXXXXXXXXX') as value from (select 0 as n, 'a' as x) as given order by n",
    ),
    # 0x80000000 of 16^8 is a half; the quotient of a number and a double is a double
    Case(
        "id_share",
        "functions/to_decimal",
        each(
            "{{ clickintent.id_share('x') }}",
            "'80000000ffffffffffffffffffffffff'",
            "'00000000ffffffffffffffffffffffff'",
        ),
        [0.5, 0.0],
        "select cast(to_number(left(x, 8), 'XXXXXXXX') as double) / 4294967296 as value from (select 0 as n, "
        "'80000000ffffffffffffffffffffffff' as x union all select 1 as n, '00000000ffffffffffffffffffffffff' as x) as given "
        "order by n",
    ),
    # hash gives 64 bits with a sign, of which a sum needs more: NUMBER holds 38 digits
    Case(
        "whole_sum",
        "functions/sum",
        "select {{ clickintent.whole_sum('x') }} as value from (select 9223372036854775807 as x union all "
        "select 9223372036854775807) as given",
        [18446744073709551614],
        "select cast(sum(x) as decimal(38, 0)) as value from (select 9223372036854775807 as x union all "
        "select 9223372036854775807) as given",
    ),
    # -- text of numbers and times ------------------------------------------------------------------------------------------
    # FF6 writes six digits of a second's fraction; those that say nothing are taken off
    Case(
        "hash_text of a timestamp",
        "functions/to_char",
        each(
            "cast({{ clickintent.hash_text('x', 'timestamp') }} as varchar)",
            "timestamp '2026-01-01 00:00:00'",
            "timestamp '2026-01-01 10:20:30.500000'",
            "timestamp '2026-01-01 00:00:00.000001'",
        ),
        ["2026-01-01 00:00:00", "2026-01-01 10:20:30.5", "2026-01-01 00:00:00.000001"],
    ),
    # a double without a fraction is written as a whole number there
    Case(
        "hash_text of a double",
        "functions/to_char",
        each(
            "cast({{ clickintent.hash_text('x', 'double') }} as varchar)", "cast(100 as double)", "cast(0.25 as double)"
        ),
        ["100.0", "0.25"],
        "case when regexp_like(to_varchar(x), '-?[0-9]+') then to_varchar(x) || '.0' else to_varchar(x) end",
    ),
    # -- times --------------------------------------------------------------------------------------------------------------
    # epoch_microsecond counts from 1970 in UTC: 2026-01-01 is 20454 days after it
    Case(
        "epoch_microseconds",
        "functions-date-time",
        each("{{ clickintent.epoch_microseconds('x') }}", "timestamp '2026-01-01 00:00:00.000001'"),
        [20454 * 86400 * 1_000_000 + 1],
    ),
    # datediff counts boundaries that are crossed, so the difference is taken of microseconds
    Case(
        "seconds_between",
        "functions/datediff",
        each(
            "{{ clickintent.seconds_between('x', \"timestamp '2026-01-05 00:30:00.000001'\") }}",
            "timestamp '2026-01-05 00:00:00'",
            "timestamp '2026-01-05 00:30:00'",
            "timestamp '2026-01-05 00:30:01'",
            "cast(null as timestamp)",
        ),
        [1800.000001, 0.000001, -0.999999, None],
    ),
    # dateadd of 60 * 60 * 36 seconds
    Case(
        "days_later",
        "functions/dateadd",
        each("{{ clickintent.days_later('x', 1.5) }}", "timestamp '2026-02-28 18:00:00'"),
        [datetime(2026, 3, 2, 6)],
    ),
    # three arguments: from UTC to the named zone, of a time without one. In New York the clocks went on at 07:00 UTC on
    # 2026-03-08; in Berlin it is two hours later than UTC from 2026-03-29 01:00 on
    Case(
        "day_in_timezone",
        "functions/convert_timezone",
        each(
            "{{ clickintent.day_in_timezone('x', 'America/New_York') }}",
            "timestamp '2026-03-08 04:59:59'",
            "timestamp '2026-03-08 05:00:00'",
            "timestamp '2026-03-09 03:59:59'",
            "timestamp '2026-03-09 04:00:00'",
        ),
        [date(2026, 3, 7), date(2026, 3, 8), date(2026, 3, 8), date(2026, 3, 9)],
    ),
    # dayofweekiso is 1 for Monday to 7, whatever WEEK_START says: 2026-01-04 was a Sunday
    Case(
        "week_day",
        "functions/year",
        each("{{ clickintent.week_day('x') }}", "timestamp '2026-01-04 23:59:59'", "timestamp '2026-01-05 00:00:00'"),
        [6, 0],
    ),
    # an offset is read by the formats that are found by themselves, a text in no format is null for try_cast
    Case(
        "parse_timestamp",
        "date-time-input-output",
        each(
            "{{ clickintent.parse_timestamp('x') }}",
            "'2026-01-05T10:00:00+02:00'",
            "'2026-01-05 10:00:00.25'",
            "'1767607200'",
            "'1767607200123'",
            "'2026-13-05 10:00:00'",
            "'yesterday'",
        ),
        [
            datetime(2026, 1, 5, 8),
            datetime(2026, 1, 5, 10, 0, 0, 250000),
            datetime(2026, 1, 5, 10),
            datetime(2026, 1, 5, 10, 0, 0, 123000),
            None,
            None,
        ],
    ),
    # -- order of nulls, division, least and greatest -----------------------------------------------------------------------
    # by default nulls are the highest values, last in ascending and first in descending order, unless it is said
    Case(
        "descending order with nulls last",
        "constructs/order-by",
        f"select name as value from {EVENTS} order by x desc nulls last",
        ["c", "a", "b"],
    ),
    # a quotient of whole numbers has six decimals more than the dividend; of a double it is a double
    Case("division of a double", "operators-arithmetic", each("cast(x as double) / 3", "2"), [2 / 3]),
    # least and greatest are null where an argument is
    Case(
        "at_most",
        "functions/least",
        each("{{ clickintent.at_most('x', 5) }}", "7", "3", "cast(null as integer)"),
        [5, 3, None],
    ),
    # a sum of decimals with six places does not depend on its order
    Case(
        "exact_sum",
        "functions/sum",
        f"select {{{{ clickintent.exact_sum('x') }}}} as value from {EVENTS}",
        [2.5],
    ),
    # -- JSON ---------------------------------------------------------------------------------------------------------------
    # get_path follows dots and brackets, and gives null where there is nothing; a JSON null that is cast is an SQL null
    Case(
        "json_field",
        "functions/get_path",
        each(
            "{{ clickintent.json_field('x', 'device.category') }}",
            """'{"device": {"category": "phone"}}'""",
            """'{"device": {"category": 7}}'""",
            """'{"device": {"category": null}}'""",
            """'{"device": {}}'""",
        ),
        ["phone", "7", None, None],
    ),
    Case(
        "json_field of a list",
        "functions/get_path",
        each("{{ clickintent.json_field('x', '[0].userId') }}", """'[{"userId": "u1"}]'""", "'[]'"),
        ["u1", None],
    ),
    # try_parse_json is null where the text is no JSON
    Case(
        "json_text",
        "functions/try_parse_json",
        each("{{ clickintent.json_text('x') }}", "'{\"a\":1}'", "'{a'"),
        ['{"a":1}', None],
    ),
    # to_json writes a text with its quotes, escaped; a name keeps its place and a null is written
    Case(
        "json_object_text",
        "functions/to_json",
        """select {{ clickintent.json_object_text({'b': "'say \\"hi\\"'", 'a': 'cast(null as varchar)'}) }} as value""",
        ['{"b":"say \\"hi\\"","a":null}'],
    ),
    # object_construct_keep_null keeps what object_construct leaves out
    Case(
        "raw_row",
        "functions/object_construct_keep_null",
        "select lower({{ clickintent.raw_row('given') }}) as value from (select 'x' as a, cast(null as varchar) as b) as given",
        ['{"a":"x","b":null}'],
    ),
    # flatten gives a row for each element, whose value is a VARIANT
    Case(
        "json_elements",
        "functions/flatten",
        "select cast({{ clickintent.json_field(clickintent.json_element('item'), 'id') }} as varchar) as value from "
        """(select '[{"id": "x"}, {"id": "y"}]' as listed) as given """
        "cross join {{ clickintent.json_elements('given.listed', 'item') }} order by value",
        ["x", "y"],
    ),
    # listagg in the order of the names; an object_agg would promise none
    Case(
        "json_map",
        "functions/listagg",
        f"select {{{{ clickintent.json_map('name', 'n') }}}} as value from {EVENTS}",
        ['{"a":2,"b":1,"c":3}'],
    ),
    # where nothing is aggregated, listagg is an empty text, and the map is null all the same
    Case(
        "json_map of nothing",
        "functions/listagg",
        f"select {{{{ clickintent.json_map('name', 'n', condition='n > 9') }}}} as value from {EVENTS}",
        [None],
    ),
    Case(
        "json_map_entries",
        "functions/flatten",
        "select {{ clickintent.json_map_name('entry') }} || '=' || cast(cast({{ clickintent.json_map_value('entry') }} as integer) as varchar) "
        """as value from (select '{"b":1,"a":2}' as counts) as given """
        "cross join {{ clickintent.json_map_entries('given.counts', 'entry') }} order by value",
        ["a=2", "b=1"],
    ),
    # -- lists --------------------------------------------------------------------------------------------------------------
    # array_agg leaves out SQL nulls, and keeps a null of JSON
    Case(
        "list_agg",
        "functions/array_agg",
        f"select {{{{ clickintent.list_agg('x', 'n') }}}} as value from {EVENTS}",
        [[None, 0.5, 2.0]],
        "array_agg(coalesce(to_variant(x), parse_json('null'))) within group (order by n)",
    ),
    Case(
        "list_agg of texts",
        "functions/array_agg",
        f"select {{{{ clickintent.list_agg('name', 'name') }}}} as value from {EVENTS}",
        [["a", "b", "c"]],
    ),
    Case(
        "list_length",
        "functions/array_size",
        f"select {{{{ clickintent.list_length(clickintent.list_agg('x', 'n')) }}}} as value from {EVENTS}",
        [3],
    ),
    # an index counts from 0, and is null past the end
    Case(
        "list_item",
        "data-types-semistructured",
        f"select cast({{{{ clickintent.list_item('names', 1) }}}} as varchar) || coalesce(cast({{{{ clickintent.list_item('names', 4) }}}} "
        f"as varchar), ' none') as value from (select {{{{ clickintent.list_agg('name', 'name') }}}} as names from {EVENTS}) as listed",
        ["a none"],
    ),
    Case(
        "list_literal",
        "functions/array_construct",
        "select cast({{ clickintent.list_item('numbers', 1) }} as double) + coalesce(cast({{ clickintent.list_item('numbers', 2) }} as double), 40) "
        "+ 100 * {{ clickintent.list_length('numbers') }} as value from (select {{ clickintent.list_literal(['1.5', 'null'], 'double') }} as "
        "numbers) as given",
        [241.5],
    ),
    # index counts from 0 there too
    Case(
        "list_rows",
        "functions/flatten",
        "with given as (select {{ clickintent.list_literal([\"'p'\", \"'q'\"], 'varchar') }} as names), "
        "listed as ({{ clickintent.list_rows('given', [], {'name': ('names', 'varchar')}, 'place') }}) "
        "select name || cast(place as varchar) as value from listed order by place",
        ["p1", "q2"],
        "with given as (select array_construct('p', 'q') as names), listed as (select cast(item.value as varchar) as name, "
        "item.index + 1 as place from given as listed cross join lateral flatten(input => listed.names) as item) "
        "select name || cast(place as varchar) as value from listed order by place",
    ),
    # array_slice counts from 0, and leaves out the item at its end
    Case(
        "list_head",
        "functions/array_slice",
        "select {{ clickintent.list_head('names', 2) }} as value from (select {{ clickintent.list_literal(['7', '8', '9'], 'integer') }} "
        "as names) as given",
        [[7, 8]],
        "select array_slice(names, 0, 2) as value from (select array_construct(7, 8, 9) as names) as given",
    ),
    Case(
        "list_head_open",
        "functions/array_append",
        "select {{ clickintent.list_head_open('names', 2) }} as value from (select {{ clickintent.list_literal(['7', '8', '9'], 'integer') }} "
        "as names) as given",
        [[7, None]],
        "select array_append(array_slice(names, 0, 2 - 1), parse_json('null')) as value from (select array_construct(7, 8, 9) as names) "
        "as given",
    ),
    # -- vectors ------------------------------------------------------------------------------------------------------------
    Case(
        "inner_product",
        "functions/vector_inner_product",
        "select {{ clickintent.inner_product('v', 'v') }} as value from (select {{ clickintent.list_literal(['1', '2'], 'double') }} as v) as given",
        [5.0],
        "select vector_inner_product(v, v) as value from (select array_construct(1, 2) as v) as given",
    ),
    Case(
        "vector_distance",
        "functions/vector_l2_distance",
        "select {{ clickintent.vector_distance('v', 'w') }} as value from (select {{ clickintent.list_literal(['0', '4'], 'double') }} as v, "
        "{{ clickintent.list_literal(['3', '0'], 'double') }} as w) as given",
        [5.0],
        "select vector_l2_distance(v, w) as value from (select array_construct(0, 4) as v, array_construct(3, 0) as w) as given",
    ),
    Case(
        "vector_numbers",
        "data-types-vector",
        "select {{ clickintent.list_length(clickintent.vector_numbers('v')) }} as value from (select {{ clickintent.list_literal(['1', '2'], "
        "'double') }} as v) as given",
        [2],
        "select array_size(cast(v as array)) as value from",
    ),
    # NaN is equal to itself there, and a VECTOR holds no null
    Case(
        "lacks_number",
        "data-types-numeric",
        "select {{ clickintent.lacks_number('v') }} as value from (select {{ clickintent.list_literal(['1', '2'], 'double') }} as v) as given",
        [False],
        "(coalesce(vector_inner_product(v, v) = cast('NaN' as double), false))",
    ),
    Case(
        "mean_vector",
        "functions/vector_avg",
        "select cast({{ clickintent.list_item(clickintent.mean_vector('v', 2), 2) }} as double) as value from "
        "(select {{ clickintent.list_literal(['1', '2'], 'double') }} as v union all select {{ clickintent.list_literal(['3', '5'], 'double') }}) "
        "as given",
        [3.5],
        "vector_avg(cast(v as vector(float, 64)))",
    ),
    # -- regular expressions ------------------------------------------------------------------------------------------------
    # regexp_like wants the whole text, regexp_instr finds a part; a backslash is written twice in a text
    Case(
        "has_match",
        "functions-regexp",
        each("{{ clickintent.has_match('x', 'b\\\\.[0-9]') }}", "'ab.1c'", "'abx1c'"),
        [True, False],
        "select (regexp_instr(x, 'b\\\\.[0-9]') > 0) as value from (select 0 as n, 'ab.1c' as x union all select 1 as n, 'abx1c' as x) "
        "as given order by n",
    ),
    # without a number of occurrences, every match is replaced; 'i' is a parameter; every group has a number
    Case(
        "replace_all",
        "functions/regexp_replace",
        each("{{ clickintent.replace_all('x', '(?i)(?:a|b)([0-9])', '<\\\\1>') }}", "'a1B2c3'"),
        ["<1><2>c3"],
        "select regexp_replace(x, '(a|b)([0-9])', '<\\\\2>', 1, 0, 'i') as value from (select 0 as n, 'a1B2c3' as x) as given order by n",
    ),
    # letters beyond ASCII by their ranges, since a class of Unicode is not described
    Case(
        "page_words",
        "functions-regexp",
        each("{{ clickintent.page_words('x') }}", "'/FAQPage/:id/car-loans'", "'KontoÜbersicht_Zürich'"),
        ["faq page car loans", "konto übersicht zürich"],
    ),
    # 'e' takes out a group, and where nothing matches it is null
    Case(
        "url_host",
        "functions/regexp_substr",
        each("{{ clickintent.url_host('x') }}", "'https://www.Bank.example:443/a'", "'/a'"),
        ["bank.example", None],
    ),
    Case(
        "url_parameter",
        "functions/regexp_substr",
        each(
            "{{ clickintent.url_parameter('x', 'utm_source') }}",
            "'/a?b=1&utm_source=news+letter#x'",
            "'/a?utm_source='",
            "'/a'",
        ),
        ["news letter", None, None],
    ),
    # hex_encode writes the bytes of UTF-8, try_hex_decode_string reads them, and is null where they are none
    Case(
        "percent_decoded",
        "functions/try_hex_decode_string",
        each("{{ clickintent.percent_decoded('x') }}", "'Z%C3%BCrich%20a'", "'plain'"),
        ["Zürich a", "plain"],
        "try_hex_decode_string(replace(",
    ),
    # the pattern is a column's
    Case(
        "has_match_of",
        "functions-regexp",
        each("{{ clickintent.has_match_of('x', \"'^[/]loans'\") }}", "'/loans/car'", "'/a/loans'"),
        [True, False],
    ),
    Case(
        "site_name",
        "functions/regexp_substr",
        each("{{ clickintent.site_name('x') }}", "'www.google.co.uk'", "'news.example.org'"),
        ["google", "example"],
    ),
    Case(
        "registered_domain",
        "functions/regexp_substr",
        each("{{ clickintent.registered_domain('x') }}", "'accounts.bank.co.uk'", "'localhost'"),
        ["bank.co.uk", None],
    ),
    # a backslash begins an escape in a text between single quotes
    Case(
        "text_literal",
        "data-types-text",
        'select {{ clickintent.text_literal("it\'s \\\\ here") }} as value',
        ["it's \\ here"],
    ),
]
