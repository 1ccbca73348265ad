"""The target `snowflake` of the profile signs in by whichever of three ways the environment tells, and keeps quiet."""

import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from dbt.adapters.snowflake import SnowflakeCredentials
from dbt.config.profile import read_profile
from dbt.config.renderer import ProfileRenderer
from dbt_common.context import set_invocation_context

from clickintent.snowflake.connection import target_of_dbt

ROOT = Path(__file__).resolve().parents[2]
VARIABLES = (
    "SNOWFLAKE_ACCOUNT",
    "SNOWFLAKE_USER",
    "SNOWFLAKE_AUTHENTICATOR",
    "SNOWFLAKE_PRIVATE_KEY_PATH",
    "SNOWFLAKE_ROLE",
    "DBT_ENV_SECRET_SNOWFLAKE_PRIVATE_KEY_PASSPHRASE",
    "DBT_ENV_SECRET_SNOWFLAKE_PASSWORD",
    "DBT_ENV_SECRET_SNOWFLAKE_TOKEN",
)


@pytest.fixture
def sign_in(monkeypatch):
    """Credentials of the target under given variables and no others."""

    def sign_in(**variables: str) -> SnowflakeCredentials:
        for name in VARIABLES:
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        set_invocation_context(os.environ)
        target = read_profile(str(ROOT / "profiles"))["clickintent"]["outputs"]["snowflake"]
        values = {
            name: value
            for name, value in ProfileRenderer({}).render_data(target).items()
            if name not in ("type", "threads")
        }
        SnowflakeCredentials.validate(values)
        return SnowflakeCredentials.from_dict(values)

    return sign_in


def test_no_variable_is_needed_to_read_the_target(sign_in):
    credentials = sign_in()
    assert not any([credentials.account, credentials.password, credentials.token, credentials.private_key_path])


def test_a_password_is_sent_as_one(sign_in):
    sent = sign_in(DBT_ENV_SECRET_SNOWFLAKE_PASSWORD="hunter2").auth_args()
    assert (sent["password"], sent["authenticator"], sent["private_key"]) == ("hunter2", "snowflake", None)
    assert "token" not in sent


def test_a_token_signs_in_by_oauth(sign_in):
    sent = sign_in(DBT_ENV_SECRET_SNOWFLAKE_TOKEN="hunter2").auth_args()
    assert (sent["token"], sent["authenticator"]) == ("hunter2", "oauth")
    assert "password" not in sent


@pytest.mark.parametrize("passphrase", [None, "hunter2"])
def test_a_private_key_signs_in_by_a_token_of_its_own(sign_in, tmp_path, passphrase):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    path = tmp_path / "key.p8"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else serialization.NoEncryption(),
        )
    )
    secret = {"DBT_ENV_SECRET_SNOWFLAKE_PRIVATE_KEY_PASSPHRASE": passphrase} if passphrase else {}
    sent = sign_in(SNOWFLAKE_PRIVATE_KEY_PATH=str(path), **secret).auth_args()
    assert sent["authenticator"] == "snowflake_jwt"
    assert serialization.load_der_private_key(sent["private_key"], None).private_numbers() == key.private_numbers()


def test_another_authenticator_is_taken_where_it_is_named(sign_in):
    sent = sign_in(
        SNOWFLAKE_AUTHENTICATOR="programmatic_access_token", DBT_ENV_SECRET_SNOWFLAKE_TOKEN="hunter2"
    ).auth_args()
    assert (sent["authenticator"], sent["token"]) == ("programmatic_access_token", "hunter2")


def test_what_dbt_shows_of_the_target_holds_no_secret(sign_in):
    credentials = sign_in(
        DBT_ENV_SECRET_SNOWFLAKE_PASSWORD="hunter2",
        DBT_ENV_SECRET_SNOWFLAKE_TOKEN="hunter3",
        DBT_ENV_SECRET_SNOWFLAKE_PRIVATE_KEY_PASSPHRASE="hunter4",
    )
    assert "hunter" not in str(dict(credentials.connection_info(with_aliases=True)))


def test_every_secret_of_the_profile_has_a_name_that_dbt_keeps_out_of_its_files():
    text = (ROOT / "profiles" / "profiles.yml").read_text()
    for setting in ("password", "token", "private_key_passphrase"):
        assert f"{setting}: \"{{{{ env_var('DBT_ENV_SECRET_SNOWFLAKE_" in text


TWO_TARGETS = """
shop:
  target: "{{ env_var('CHOSEN', 'prod') }}"
  outputs:
    prod: {type: snowflake, account: a, database: prod, schema: clicks}
    dev: {type: snowflake, account: a, database: dev, schema: clicks}
other:
  target: dev
  outputs:
    dev: {type: snowflake, account: a, database: of_other, schema: clicks}
"""


@pytest.mark.parametrize(
    ("options", "variables", "database"),
    [
        ([], {}, "prod"),
        ([], {"CHOSEN": "dev"}, "dev"),
        ([], {"DBT_TARGET": "dev"}, "dev"),
        (["--vars", "{a: 1}", "--target", "dev"], {"DBT_TARGET": "prod"}, "dev"),
        (["-t", "dev", "--threads", "2"], {}, "dev"),
        (["--profile", "other"], {}, "of_other"),
        (["--profiles-dir", "elsewhere"], {}, "elsewhere"),
        ([], {"DBT_PROFILES_DIR": "elsewhere"}, "elsewhere"),
    ],
)
def test_the_target_is_the_one_that_dbt_takes(tmp_path, options, variables, database):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "dbt_project.yml").write_text("name: shop\nprofile: shop\n")
    (tmp_path / "profiles.yml").write_text(TWO_TARGETS)
    (tmp_path / "elsewhere" / "profiles.yml").write_text(TWO_TARGETS.replace("database: prod", "database: elsewhere"))
    assert target_of_dbt(options, tmp_path, variables).place.database == database
