"""The scripts of roles and policies: Snowflake's grammar, tables that there are, and no customer for BI."""

import re
from pathlib import Path

import pytest
import sqlglot
import yaml
from sqlglot import exp
from sqlglot.errors import ParseError

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted((ROOT / "examples" / "snowflake").glob("*.sql"))
ROLES, GRANTS, POLICIES = (ROOT / "examples" / "snowflake" / f"{name}.sql" for name in ("roles", "grants", "policies"))
GRANT = re.compile(r"grant (\w+) on (table|view|function) clickintent_db\.analytics\.(\w+).* to role (\w+)", re.I)
KEPT_AS_TEXT = re.compile(
    r"(create (masking policy|row access policy|role|schema)|alter (table|view)"
    r"|grant (role|database role|apply on (masking|row access) policy)) ",
    re.I,
)
"""What the parser leaves as text or does not know: nothing here says whether Snowflake takes it."""


def statements(script):
    text = re.sub(r"^\s*--.*$", "", script.read_text(), flags=re.MULTILINE)
    return [statement.strip() for statement in text.split(";") if statement.strip()]


def granted(role):
    found = [match.groups() for statement in statements(GRANTS) if (match := GRANT.match(statement))]
    return {(kind, name) for _, kind, name, to in found if to == role}


def models():
    """Columns that are described, and the SQL, of every model."""
    described = {}
    for file in [*ROOT.glob("models/**/*.yml"), *ROOT.glob("python_models/**/*.yml")]:
        for model in (yaml.safe_load(file.read_text()) or {}).get("models", []):
            described[model["name"]] = {column["name"] for column in model.get("columns", [])}
    return described


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_snowflakes_grammar_reads_every_statement_that_the_parser_knows(script):
    read = 0
    for statement in statements(script):
        try:
            (parsed,) = sqlglot.parse(statement, dialect="snowflake")
        except ParseError:
            parsed = exp.Command()
        read += not isinstance(parsed, exp.Command)
        assert not isinstance(parsed, exp.Command) or KEPT_AS_TEXT.match(statement), statement
    assert read >= 3


def test_the_scripts_name_models_that_there_are():
    named = {name for _, name in granted("clickintent_bi") | granted("clickintent_ranking")}
    tables = {name for name in named if not name.startswith("clickintent_")}
    assert len(tables) >= 8
    assert tables <= set(models())


@pytest.mark.parametrize("role", ["clickintent_bi", "clickintent_ranking"])
def test_a_view_is_granted_as_a_view_and_a_table_as_a_table(role):
    for kind, name in granted(role):
        if kind == "function":
            continue
        (file,) = [*ROOT.glob(f"models/**/{name}.sql"), *ROOT.glob(f"python_models/**/{name}.py")]
        assert ("materialized='view'" in file.read_text().replace('"', "'")) == (kind == "view"), name


def test_bi_reads_no_customer_that_is_not_masked():
    masked = set(re.findall(r"alter table (\w+) modify column customer_id set masking policy", POLICIES.read_text()))
    described = models()
    with_customer = {name for _, name in granted("clickintent_bi") if "customer_id" in described.get(name, ())}
    assert with_customer == {"sessions"}
    assert with_customer <= masked


def test_readers_may_select_and_call_and_nothing_else():
    for statement in statements(ROLES) + statements(GRANTS):
        if re.search(r"to role clickintent_(bi|ranking)\b", statement):
            assert re.match(r"grant (usage|select) on ", statement), statement


def test_roles_are_made_before_there_is_anything_to_read():
    assert [statement for statement in statements(ROLES) if GRANT.match(statement)] == []


def test_no_role_is_given_everything_or_what_is_not_there_yet():
    for statement in statements(ROLES) + statements(GRANTS):
        assert not re.search(r"\b(all privileges|future|ownership|manage grants)\b", statement, re.I), statement
