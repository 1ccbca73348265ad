"""What can go wrong with a deployment."""


class SnowflakeError(RuntimeError):
    """Snowflake cannot be reached, or does not hold what is needed; the message says what to do."""
