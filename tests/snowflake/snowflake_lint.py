"""What Snowflake refuses or means differently, though sqlglot reads it and fakesnow runs it."""

from collections.abc import Iterator
from pathlib import Path

import sqlglot
from sqlglot.errors import ParseError, TokenError
from sqlglot.tokens import Token, TokenType

FUNCTIONS = frozenset(
    line.split("#")[0].strip()
    for line in (Path(__file__).parent / "snowflake_functions.txt").read_text().splitlines()
    if line.split("#")[0].strip()
)
"""Functions that Snowflake's reference documents, of those that are used here; in lower case."""

BEFORE_PARENTHESIS = frozenset(
    [
        "all",
        "and",
        "any",
        "as",
        "by",
        "case",
        "distinct",
        "else",
        "except",
        "exists",
        "from",
        "group",
        "having",
        "if",
        "in",
        "intersect",
        "into",
        "is",
        "join",
        "like",
        "ilike",
        "materialized",
        "minus",
        "not",
        "on",
        "or",
        "order",
        "over",
        "partition",
        "qualify",
        "select",
        "some",
        "then",
        "union",
        "using",
        "values",
        "when",
        "where",
        "with",
        "within",
        "table",
        "view",
        "procedure",
        "call",
        "set",
        "pivot",
        "unpivot",
        "rollup",
        "cube",
        "sets",
        "exclude",
        "grouping",
    ]
)
"""Words of the language that a parenthesis may follow without a call."""

TYPES = frozenset(
    ["array", "binary", "char", "decimal", "number", "numeric", "object", "timestamp_ntz", "varchar", "vector"]
)
"""Types that take numbers in parentheses."""

RESERVED = frozenset(
    [
        "account",
        "all",
        "alter",
        "and",
        "any",
        "as",
        "between",
        "by",
        "case",
        "cast",
        "check",
        "column",
        "connect",
        "connection",
        "constraint",
        "create",
        "cross",
        "current",
        "current_date",
        "current_time",
        "current_timestamp",
        "current_user",
        "database",
        "delete",
        "distinct",
        "drop",
        "else",
        "exists",
        "false",
        "following",
        "for",
        "from",
        "full",
        "grant",
        "group",
        "gscluster",
        "having",
        "ilike",
        "in",
        "increment",
        "inner",
        "insert",
        "intersect",
        "into",
        "is",
        "issue",
        "join",
        "lateral",
        "left",
        "like",
        "localtime",
        "localtimestamp",
        "minus",
        "natural",
        "not",
        "null",
        "of",
        "on",
        "or",
        "order",
        "organization",
        "qualify",
        "regexp",
        "revoke",
        "right",
        "rlike",
        "row",
        "rows",
        "sample",
        "schema",
        "select",
        "set",
        "some",
        "start",
        "table",
        "tablesample",
        "then",
        "to",
        "trigger",
        "true",
        "try_cast",
        "union",
        "unique",
        "update",
        "using",
        "values",
        "view",
        "when",
        "whenever",
        "where",
        "with",
    ]
)
"""Words that name no table, column or alias in Snowflake unless they are quoted."""


def problems(sql: str) -> list[str]:
    """What is wrong with one or more statements, a sentence each; empty where nothing is.

    Args:
        sql: without the bodies of Python procedures.
    """
    try:
        sqlglot.parse(sql, dialect="snowflake")
        tokens = sqlglot.tokenize(sql, dialect="snowflake")
    except (ParseError, TokenError) as error:
        return [f"sqlglot's Snowflake dialect cannot read it: {str(error)[:300]}"]
    return [f"line {token.line}: {found}" for token, found in _found(tokens)]


def _found(tokens: list[Token]) -> Iterator[tuple[Token, str]]:
    words = [token.text.lower() for token in tokens]
    for i, token in enumerate(tokens):
        before, after = words[i - 1] if i else "", words[i + 1] if i + 1 < len(words) else ""
        if token.token_type in (TokenType.STRING, TokenType.IDENTIFIER):
            continue
        if after == "(" and _is_name(token) and not _is_named_in_ddl(words, i):
            yield from ((token, found) for found in _of_call(words[i].split()[-1]))
        if words[i] in ("anti", "semi") and after == "join":
            yield token, f"'{words[i]} join' is no join of Snowflake's: write [not] exists"
        if words[i] == "filter" and before == ")":
            yield token, "Snowflake has no filter clause"
        if words[i] == "materialized" and before in ("as", "not"):
            yield token, "Snowflake has no materialized CTE"
        if words[i] in ("//", "lambda", "hugeint", "rowid", "unnest", "try", "struct", "map", "->>"):
            yield token, f"'{words[i]}' is DuckDB's"
        if words[i] == "{":
            yield token, "an object is written object_construct(...)"
        if words[i] == "[" and not _ends_value(tokens[i - 1]):
            yield token, "a list is written array_construct(...)"
        if words[i] == "desc" and not after.startswith("nulls"):
            yield token, "'desc' puts nulls first in Snowflake: say nulls last, or nulls first"
        if words[i] == "interval" and i + 2 < len(words) and tokens[i + 2].token_type == TokenType.VAR:
            yield token, "an interval is written interval '3 days'"
        if before == "as" and words[i] in RESERVED and after in (",", ")", "from", "on", "where", "inner", "left"):
            yield token, f"'{words[i]}' is a word of Snowflake's, which must be quoted as a name"


def _is_name(token: Token) -> bool:
    return token.text[:1].isalpha() or token.text[:1] == "_"


def _is_named_in_ddl(words: list[str], i: int) -> bool:
    """Whether columns follow a table's name, as in `insert into t (a)`, `create table a.b.t (a)`, `t (a) as (`."""
    start = i
    while start >= 2 and words[start - 1] == ".":
        start -= 2
    if start and words[start - 1] in ("into", "table", "view", "recursive", "grouping"):
        return True
    closing = next((j for j in range(i + 2, len(words)) if words[j] == ")"), len(words))
    return words[closing + 1 : closing + 3] == ["as", "("]


def _of_call(name: str) -> Iterator[str]:
    if name not in BEFORE_PARENTHESIS and name not in TYPES and name not in FUNCTIONS:
        yield f"{name}() is not in snowflake_functions.txt"


def _ends_value(token: Token) -> bool:
    """Whether what stands before a bracket is a value that is looked into."""
    return token.text in (")", "]") or token.token_type in (TokenType.VAR, TokenType.IDENTIFIER)
