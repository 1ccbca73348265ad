"""A deployment to Snowflake: what it runs, that nothing runs twice, and that no secret shows. No account is asked."""

import logging
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import sqlglot
from test_cli import one_sentence, run
from test_sql_functions import classifier_row, fill

from clickintent.function_errors import NoModelError
from clickintent.snowflake import connection as of_connection
from clickintent.snowflake.channel_packages import MODEL_PACKAGES, channel_names
from clickintent.snowflake.connection import Target, connected, read_target, silent_connector
from clickintent.snowflake.deployment import Deployment, OpenAiAccess, deploy, undeploy
from clickintent.snowflake.errors import SnowflakeError
from clickintent.snowflake.naming import Place, identifier, literal
from clickintent.snowflake.package_zip import package_zip
from clickintent.snowflake.versions import packaged_versions, versions_in_file, versions_on_snowflake
from fake_snowflake import FakeSnowflake

GOLDEN = Path(__file__).parents[1] / "snowflake" / "golden"
PLACE = Place("analytics", "clickintent")
KEY = "sk-'a\\secret"


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("built") / "built.duckdb"
    with duckdb.connect(str(path)) as connection:
        fill(connection, classifier_row("cls-1"))
    return path


@pytest.fixture(scope="module")
def deployment(file):
    return Deployment(PLACE, versions_in_file(file), b"the package")


@pytest.fixture
def snowflake():
    return FakeSnowflake()


def deployed(deployment, snowflake, openai=None):
    told = []
    is_new = deploy(deployment, snowflake, openai, told.append)
    return is_new, told


def test_the_package_is_the_same_bytes_each_time():
    assert package_zip() == package_zip()


@pytest.mark.parametrize("command", ["deploy", "undeploy"])
def test_a_dry_run_prints_the_statements_of_the_golden_file(command, tmp_path, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    options = ["--openai"] if command == "deploy" else []
    result = run("snowflake", command, "--dry-run", *options, "--profiles-dir", tmp_path)
    assert result.exit_code == 0
    assert result.stdout == (GOLDEN / f"{command}.sql").read_text()


def test_a_dry_run_names_the_schema_of_the_target_or_the_one_that_is_named():
    shown = run("snowflake", "undeploy", "--dry-run", "--database", "my db", "--schema", "bi").stdout
    assert 'drop stage if exists "my db".BI.CLICKINTENT_PACKAGES;' in shown


def test_a_dry_run_needs_none_of_snowflakes_libraries():
    code = (
        "import sys\n"
        "for name in ('snowflake', 'dbt.adapters.snowflake', 'pandas'): sys.modules[name] = None\n"
        "from clickintent.cli import app\n"
        "app(['snowflake', 'deploy', '--dry-run'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, "CLICKINTENT_EMBED" in done.stdout) == (0, True), done.stderr


def test_a_dry_run_with_weights_at_hand_tells_their_hash(file):
    shown = run("snowflake", "deploy", "--dry-run", "--file", file).stdout
    expected = Deployment.of(PLACE, versions_in_file(file))
    assert f"CLICKINTENT_PACKAGES/{expected.content_hash}/clickintent.zip" in shown
    assert expected.comment in shown


@pytest.mark.parametrize("golden", ["deploy", "undeploy"])
def test_snowflakes_grammar_reads_every_statement_that_the_parser_knows(golden):
    read = sqlglot.parse((GOLDEN / f"{golden}.sql").read_text().replace("<hash>", "abc"), dialect="snowflake")
    unknown = [
        statement.sql("snowflake").split("(")[0] for statement in read if isinstance(statement, sqlglot.exp.Command)
    ]
    # objects that this parser does not know yet are kept as text
    assert [text for text in unknown if not any(word in text.lower() for word in UNPARSED)] == []


UNPARSED = ("network rule", "secret", "external access integration", "integration")


def test_a_deployment_uploads_before_functions_import_and_answers_by_its_versions(deployment, snowflake):
    is_new, told = deployed(deployment, snowflake)
    assert is_new
    folder = deployment.content_hash
    assert snowflake.stage[f"{folder}/clickintent.zip"] == snowflake.stage["current/clickintent.zip"] == b"the package"
    assert f"{folder}/clickintent_models.safetensors" in snowflake.stage
    assert {row["description"] for row in snowflake.functions.values()} == {deployment.comment}
    assert len(snowflake.functions) == 3
    assert len(told) == 7


def test_the_same_content_deployed_again_changes_nothing(deployment, snowflake):
    deployed(deployment, snowflake)
    before = len(snowflake.statements)
    is_new, told = deployed(deployment, snowflake)
    assert not is_new
    assert [sql.split()[0] for sql in snowflake.statements[before:]] == ["select"]
    assert told == [f"{deployment.content_hash} is deployed already: nothing to do."]


def test_a_deployment_that_broke_off_between_functions_is_made_whole(deployment, snowflake):
    deployed(deployment, snowflake)
    snowflake.functions.popitem()
    assert deployed(deployment, snowflake)[0]
    assert len(snowflake.functions) == 3


def test_names_without_a_version_are_those_of_the_last_deployment(deployment, snowflake):
    deployed(deployment, snowflake)
    other = Deployment(PLACE, deployment.versions, b"another package")
    assert other.content_hash != deployment.content_hash
    deployed(other, snowflake)
    assert {row["description"] for row in snowflake.functions.values()} == {other.comment}
    assert snowflake.stage["current/clickintent.zip"] == b"another package"
    assert snowflake.stage[f"{deployment.content_hash}/clickintent.zip"] == b"the package"


def test_without_a_classifier_no_intents_of_an_earlier_one_stay(deployment, snowflake):
    deployed(deployment, snowflake)
    packaged = Deployment(PLACE, packaged_versions(), b"the package")
    deployed(packaged, snowflake)
    assert [row["name"] for row in snowflake.functions.values()] == ["CLICKINTENT_EMBED"]
    assert not deployed(packaged, snowflake)[0]


def test_an_account_that_lacks_a_library_is_refused_before_anything_is_made(deployment):
    snowflake = FakeSnowflake(packages=("numpy", "pandas", "scipy", "pyarrow"))
    with pytest.raises(SnowflakeError, match=r"lack .*pytorch, .*safetensors, .*threadpoolctl"):
        deployed(deployment, snowflake)
    assert not snowflake.objects


def test_an_account_that_lacks_a_library_of_dbts_models_is_told_so_and_gets_the_functions(deployment):
    snowflake = FakeSnowflake(packages=[name for name in channel_names(MODEL_PACKAGES) if name != "pytorch"])
    _, told = deployed(deployment, snowflake)
    assert "need packages that the account lacks: pytorch." in told[0]
    assert len(snowflake.functions) == 3


def test_what_was_deployed_goes_and_nothing_else(deployment, snowflake):
    deployed(deployment, snowflake, OpenAiAccess(("api.openai.com",), KEY))
    snowflake.add_function("CLICKINTENT_EMBED", ["varchar"], "clickintent of our own")  # other arguments
    snowflake.add_function("CLICKINTENTXEMBED", ["array"], "clickintent likewise")  # LIKE takes it for ours
    snowflake.objects["stage", "CLICKINTENTXPACKAGES"] = {"name": "CLICKINTENTXPACKAGES", "comment": "mine"}
    told = []
    assert undeploy(PLACE, snowflake, told.append) == len(told) == 7
    assert sorted(snowflake.functions) == ["CLICKINTENTXEMBED(ARRAY)", "CLICKINTENT_EMBED(VARCHAR)"]
    assert list(snowflake.objects) == [("stage", "CLICKINTENTXPACKAGES")]
    assert undeploy(PLACE, snowflake, told.append) == 0


def test_a_thing_of_that_name_that_no_deployment_made_stays(snowflake):
    snowflake.objects["stage", "CLICKINTENT_PACKAGES"] = {"name": "CLICKINTENT_PACKAGES", "comment": "mine"}
    told = []
    assert undeploy(PLACE, snowflake, told.append) == 0
    assert "it stays" in told[0]
    assert snowflake.objects


def test_the_key_is_in_the_one_statement_that_hands_it_over_and_in_nothing_that_is_told(deployment, snowflake):
    access = OpenAiAccess(("api.openai.com", "eu.api.openai.com:8443"), KEY)
    _, told = deployed(deployment, snowflake, access)
    holding = [sql for sql in snowflake.statements if literal(KEY) in sql]
    assert [sql.split(" set ")[0] for sql in holding] == ["alter secret ANALYTICS.CLICKINTENT.CLICKINTENT_OPENAI_KEY"]
    assert "secret" not in repr(access).replace("OpenAiAccess", "")
    assert KEY not in "".join(told)
    assert all(KEY.encode() not in content for content in snowflake.stage.values())
    assert any("'api.openai.com:443', 'eu.api.openai.com:8443'" in sql for sql in snowflake.statements)


def test_access_that_is_there_stays_and_its_key_too_where_none_is_given(deployment, snowflake):
    deployed(deployment, snowflake, OpenAiAccess(("api.openai.com",), KEY))
    before = len(snowflake.statements)
    _, told = deployed(deployment, snowflake, OpenAiAccess(("api.openai.com",), None))
    run_again = [
        " ".join(sql.split()[:2]) for sql in snowflake.statements[before:] if not sql.startswith(("show", "select"))
    ]
    assert run_again == ["alter network", "create secret"]
    assert any("Passed over: the key" in line for line in told)


def test_versions_on_snowflake_are_those_in_force(file, deployment):
    with duckdb.connect(str(file), read_only=True) as connection:
        names = ("session_encoder", "intent_classifier", "intent_taxonomy", "page_embeddings")
        queries = {
            "session_encoder": "select * from session_encoder where status = 'current'",
            "intent_taxonomy": "select taxonomy_version as v from intent_taxonomy",
            # an ARRAY comes as its JSON text
            "page_embeddings": "select page_key, to_json(embedding)::text as embedding from page_embeddings order by 1",
        }
        tables = {n: connection.execute(queries.get(n, f"from {n}")).to_arrow_table().to_pylist() for n in names}
    found = versions_on_snowflake(FakeSnowflake(tables=tables), PLACE)
    assert found.digest == deployment.versions.digest
    tables["intent_taxonomy"] = [{"v": "tax-2"}]
    with pytest.raises(NoModelError, match="distilled for the encoder"):
        versions_on_snowflake(FakeSnowflake(tables=tables), PLACE)
    with pytest.raises(SnowflakeError, match="No encoder is in force"):
        versions_on_snowflake(FakeSnowflake(tables={"session_encoder": []}), PLACE)


PROFILE = """
clickintent:
  outputs:
    snowflake:
      type: snowflake
      account: "{{ env_var('ACCOUNT') }}"
      user: me
      password: "{{ env_var('DBT_ENV_SECRET_PASSWORD', '') }}"
      database: analytics
      schema: clickintent
      threads: 4
    duckdb: {type: duckdb}
"""


@pytest.fixture
def project(tmp_path):
    (tmp_path / "dbt_project.yml").write_text("profile: clickintent")
    (tmp_path / "profiles.yml").write_text(PROFILE)
    return tmp_path


def test_a_target_is_read_as_dbt_reads_it_and_shows_no_secret(project):
    environment = {"ACCOUNT": "org-account", "DBT_ENV_SECRET_PASSWORD": "hunter2"}
    target = read_target("snowflake", project, project, environment)
    assert target.values["account"] == "org-account"
    assert target.values["password"] == "hunter2"
    assert target.place == PLACE
    assert "hunter2" not in repr(target)


def test_without_a_profile_the_environment_says_where_and_who(tmp_path):
    environment = {f"SNOWFLAKE_{name}": name.lower() for name in ("ACCOUNT", "DATABASE", "SCHEMA")}
    environment["DBT_ENV_SECRET_SNOWFLAKE_TOKEN"] = "token"
    values = read_target("snowflake", tmp_path, tmp_path, environment).values
    assert values == {
        "account": "account",
        "database": "database",
        "schema": "schema",
        "token": "token",
        "authenticator": "oauth",
    }


@pytest.mark.parametrize(
    ("target", "environment", "told"),
    [
        ("snowflake", {}, "Env var required but not provided: 'ACCOUNT'"),
        ("duckdb", {}, "is of type 'duckdb'"),
        ("other", {"SNOWFLAKE_ACCOUNT": "a"}, "The environment does not say database, schema"),
    ],
)
def test_a_target_that_says_too_little_is_refused_with_what_is_missing(project, target, environment, told):
    with pytest.raises(SnowflakeError, match=told):
        read_target(target, project, project, environment)


def test_a_deployment_without_a_target_is_refused_in_one_sentence(tmp_path, monkeypatch):
    for variable in of_connection.FROM_ENVIRONMENT.values():
        monkeypatch.delenv(variable, raising=False)
    assert "does not say account" in one_sentence(run("snowflake", "deploy", "--profiles-dir", tmp_path))


def test_a_refused_connection_tells_no_secret(monkeypatch):
    connector = pytest.importorskip("snowflake.connector")

    def refuse(**settings):
        raise RuntimeError(f"cannot connect with {settings}")

    monkeypatch.setattr(connector, "connect", refuse)
    values = {"account": "a", "user": "u", "password": "hunter2", "database": "d", "schema": "s"}
    with pytest.raises(SnowflakeError, match="cannot be reached") as refused, connected(Target(values)):
        pass
    assert "hunter2" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_refused_statement_is_told_without_its_text(monkeypatch):
    connector = pytest.importorskip("snowflake.connector")

    class Cursor:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

        def execute(self, sql):
            raise connector.errors.ProgrammingError(f"in {sql}", errno=1003, sfqid="01b")

    class Connection(Cursor):
        def cursor(self):
            return Cursor()

    monkeypatch.setattr(connector, "connect", lambda **_: Connection())
    values = {"account": "a", "user": "u", "password": "p", "database": "d", "schema": "s"}
    with pytest.raises(SnowflakeError) as refused, connected(Target(values)) as connection:
        connection.rows(f"alter secret x set secret_string = {literal(KEY)}")
    assert str(refused.value).startswith("Snowflake refuses alter secret x ... (error 1003, query 01b)")


def test_the_connector_logs_no_statement_while_one_may_hold_a_key(caplog):
    logger = logging.getLogger("snowflake.connector.cursor")
    with caplog.at_level(logging.DEBUG, "snowflake.connector"), silent_connector():
        logger.info("query: [%s]", KEY)
    assert not caplog.records
    with caplog.at_level(logging.DEBUG, "snowflake.connector"):
        logger.info("query: [select 1]")
    assert caplog.records


def test_names_and_texts_are_written_so_that_snowflake_reads_them_back():
    assert (identifier("bi"), identifier("my db"), identifier('a"b')) == ("BI", '"my db"', '"a""b"')
    assert literal("it's a \\ b") == "'it''s a \\\\ b'"
