"""The package, the models in force and the SQL functions on Snowflake: `clickintent snowflake --help`."""
