"""What can be wrong with the inputs of the encoder."""


class EncoderError(ValueError):
    """Base of every error the encoder raises on purpose."""


class EncoderConfigError(EncoderError):
    """A config value that cannot make a model."""


class EncoderInputError(EncoderError):
    """Sequences or pages that break the `session_sequences` or `pages` contract."""


class TextModelError(EncoderError):
    """A text model that cannot be loaded, or is another one than the encoder was trained with."""


class EncoderLoadError(EncoderError):
    """Weights that do not fit their config."""
