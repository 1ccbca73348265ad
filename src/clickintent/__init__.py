"""clickintent: session embeddings and intent labels from clickstreams, inside the warehouse."""

from importlib.metadata import version

__version__ = version("clickintent")
