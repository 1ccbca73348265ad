"""What can be wrong with the inputs of the classifier."""


class ClassifierError(ValueError):
    """Base of every error the classifier raises on purpose."""


class ClassifierInputError(ClassifierError):
    """Embeddings, channels, targets or groups that do not fit together."""


class ClassifierLoadError(ClassifierError):
    """Weights that do not fit their config."""


class NotEnoughLabels(ClassifierError):  # noqa: N818 - the name is the public contract
    """Too few labels, or labels of fewer than two leaves: there is no student, and every session abstains."""
