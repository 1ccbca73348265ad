"""clickintent on Snowflake."""
