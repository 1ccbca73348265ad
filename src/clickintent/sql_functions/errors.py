"""Why a SQL function cannot answer."""


class NoModelError(LookupError):
    """There is no version in force that could answer; the message says what to do."""
