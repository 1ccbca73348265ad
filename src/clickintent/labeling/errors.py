"""What labelers refuse."""


class LabelerError(ValueError):
    """A labeler that does not exist, cannot be set up or cannot go on; the message says what to do."""
