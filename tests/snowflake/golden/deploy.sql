-- the stage of package and weights
create stage if not exists MY_DATABASE.MY_SCHEMA.CLICKINTENT_PACKAGES
    comment = 'clickintent: package and weights';

-- clickintent.zip under its hash, where it stays as it is
put 'file://clickintent.zip' @MY_DATABASE.MY_SCHEMA.CLICKINTENT_PACKAGES/<hash>/ auto_compress = false overwrite = false;

-- clickintent_models.safetensors under its hash, where it stays as it is
put 'file://clickintent_models.safetensors' @MY_DATABASE.MY_SCHEMA.CLICKINTENT_PACKAGES/<hash>/ auto_compress = false overwrite = false;

-- clickintent.zip for dbt's Python models
put 'file://clickintent.zip' @MY_DATABASE.MY_SCHEMA.CLICKINTENT_PACKAGES/current/ auto_compress = false overwrite = true;

-- the embedding of a session
create or replace function MY_DATABASE.MY_SCHEMA.CLICKINTENT_EMBED(
    channel varchar,
    device_type varchar,
    referrer_medium varchar,
    page_keys array,
    event_types array,
    dwell_seconds array,
    gap_seconds array,
    hours array,
    weekdays array,
    event_values array
)
copy grants
returns array
language python
called on null input
immutable
runtime_version = '3.11'
comment = 'clickintent <hash>: <encoder>, <classifier>, package <package>'
imports = (
    '@MY_DATABASE.MY_SCHEMA.CLICKINTENT_PACKAGES/<hash>/clickintent.zip',
    '@MY_DATABASE.MY_SCHEMA.CLICKINTENT_PACKAGES/<hash>/clickintent_models.safetensors'
)
packages = ('numpy', 'pandas', 'pyarrow', 'safetensors', 'scipy', 'threadpoolctl')
handler = 'clickintent.snowflake.handlers.embed';

-- the intent of an embedding
create or replace function MY_DATABASE.MY_SCHEMA.CLICKINTENT_INTENT(
    embedding array,
    channel varchar
)
copy grants
returns object
language python
called on null input
immutable
runtime_version = '3.11'
comment = 'clickintent <hash>: <encoder>, <classifier>, package <package>'
imports = (
    '@MY_DATABASE.MY_SCHEMA.CLICKINTENT_PACKAGES/<hash>/clickintent.zip',
    '@MY_DATABASE.MY_SCHEMA.CLICKINTENT_PACKAGES/<hash>/clickintent_models.safetensors'
)
packages = ('numpy', 'pandas', 'pyarrow', 'safetensors', 'scipy', 'threadpoolctl')
handler = 'clickintent.snowflake.handlers.intent';

-- the intent of an embedding
create or replace function MY_DATABASE.MY_SCHEMA.CLICKINTENT_INTENT(
    embedding array
)
copy grants
returns object
language python
called on null input
immutable
runtime_version = '3.11'
comment = 'clickintent <hash>: <encoder>, <classifier>, package <package>'
imports = (
    '@MY_DATABASE.MY_SCHEMA.CLICKINTENT_PACKAGES/<hash>/clickintent.zip',
    '@MY_DATABASE.MY_SCHEMA.CLICKINTENT_PACKAGES/<hash>/clickintent_models.safetensors'
)
packages = ('numpy', 'pandas', 'pyarrow', 'safetensors', 'scipy', 'threadpoolctl')
handler = 'clickintent.snowflake.handlers.intent';

-- the hosts that may be reached
create network rule MY_DATABASE.MY_SCHEMA.CLICKINTENT_OPENAI_HOSTS
    mode = egress
    type = host_port
    value_list = ('api.openai.com:443')
    comment = 'clickintent: servers of the labeler openai';

-- and those alone
alter network rule MY_DATABASE.MY_SCHEMA.CLICKINTENT_OPENAI_HOSTS set value_list = ('api.openai.com:443');

-- the key's place
create secret if not exists MY_DATABASE.MY_SCHEMA.CLICKINTENT_OPENAI_KEY
    type = generic_string
    secret_string = 'not set yet'
    comment = 'clickintent: key of the labeler openai';

-- the key, from the environment variable OPENAI_API_KEY; passed over where that is not set
alter secret MY_DATABASE.MY_SCHEMA.CLICKINTENT_OPENAI_KEY set secret_string = '<value of OPENAI_API_KEY>';

-- the right to use both, for dbt's Python models
create external access integration CLICKINTENT_OPENAI_ACCESS
    allowed_network_rules = (MY_DATABASE.MY_SCHEMA.CLICKINTENT_OPENAI_HOSTS)
    allowed_authentication_secrets = (MY_DATABASE.MY_SCHEMA.CLICKINTENT_OPENAI_KEY)
    enabled = true
    comment = 'clickintent: the labeler openai';
