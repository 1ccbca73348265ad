"""What stops a run of the LLM client."""


class LlmError(RuntimeError):
    """A run cannot start or cannot go on; the message is one sentence and holds no key, request or response."""


class LlmSettingsError(LlmError):
    """A setting in the var `llm` is unknown, of another type or out of range, or does not fit the others."""


class LlmServerError(LlmError):
    """The server refuses every call: no right to the model, no such model, no credit left."""
