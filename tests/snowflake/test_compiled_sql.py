"""What is sent to Snowflake: as somebody last read it, in Snowflake's own SQL, with nothing of this machine."""

import ast
import re
from pathlib import Path

import golden
import pytest
from snowflake_lint import problems

PROCEDURE = re.compile(r"^WITH \w+ AS PROCEDURE \(\)\n(?P<options>.*?)\nAS\n\$\$\n(?P<body>.*)\n\$\$\nCALL", re.S)


@pytest.fixture(scope="module")
def sent():
    return golden.statements()


def test_the_golden_files_are_current(sent):
    expected = {str(file): text for file, text in golden.texts(sent).items()}
    written = {str(file): file.read_text() for file in golden.FOLDER.glob("*/*.sql") if file.parent.name in sent}
    stale = sorted(name for name in expected.keys() | written.keys() if expected.get(name) != written.get(name))
    assert stale == [], "read what changed, then: python tests/snowflake/golden.py"


@pytest.mark.parametrize(("build", "nodes"), [("first", 100), ("next", 100), ("upgrade", 1), ("tests", 100)])
def test_every_statement_is_snowflakes_sql(sent, build, nodes):
    found = [
        f"{node}: {problem}"
        for node, said in sent[build].items()
        for statement in said
        if not PROCEDURE.match(statement)
        for problem in problems(statement)
    ]
    assert len(sent[build]) >= nodes
    assert found == []


def test_every_python_model_is_a_procedure_that_imports_the_package_and_parses(sent):
    procedures = [PROCEDURE.match(statement) for said in sent["first"].values() for statement in said]
    procedures = [procedure for procedure in procedures if procedure]
    assert len(procedures) == len(list((golden.HERE.parents[1] / "python_models").rglob("*.py")))
    for procedure in procedures:
        assert "CLICKINTENT_PACKAGES/current/clickintent.zip" in procedure["options"]
        assert "RUNTIME_VERSION = '3.11'" in procedure["options"]
        ast.parse(procedure["body"])


def test_nothing_of_this_machine_or_this_moment_is_sent(sent):
    text = "\n".join(statement for build in sent.values() for said in build.values() for statement in said)
    assert str(Path.home()) not in text.replace("/root", str(Path.home()))
    assert str(golden.HERE.parents[1]) not in text
    assert "password" not in text


REFUSED = [
    ("select a from b anti join c on b.k = c.k", "anti join"),
    ("select sum(a) over w from b window w as (order by c)", "cannot read"),
    ("select count(*) filter (where a) from b", "filter clause"),
    ("with x as materialized (select 1 as a) select a from x", "materialized"),
    ("select list_aggregate(a, 'sum') from b", "list_aggregate()"),
    ("select [1, 2] as a", "array_construct"),
    ("select {'a': 1} as a", "object_construct"),
    ("select epoch_us(a) from b", "epoch_us()"),
    ("select a from b order by a desc", "nulls"),
    ("select row_number() over (partition by a order by b desc) from c", "nulls"),
    ("select interval '3' day", "interval"),
    ("select 1 from a as sample where true", "quoted"),
    ("select from where", "cannot read"),
]


@pytest.mark.parametrize(("sql", "because"), REFUSED)
def test_sql_of_another_dialect_is_found(sql, because):
    assert any(because in problem for problem in problems(sql)), problems(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "select a[0], a['b'], get_path(a, 'c.d') from b order by a desc nulls last",
        "create or replace table a.b.c (d varchar(10), e vector(float, 64)) as (select 1 as d, 2 as e)",
        "insert into a.b (c, d) (select count(*), max(d) from e)",
        "select dateadd(day, 1, current_date) - interval '3 days' as a where (1, 2) in (select 1, 2)",
        "select 'list(a) anti join' as text, \"list\" from a -- unnest(b)",
    ],
)
def test_snowflakes_own_sql_passes(sql):
    assert problems(sql) == []
