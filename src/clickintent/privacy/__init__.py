"""What may be told of people outside the warehouse."""

from clickintent.privacy.audience import Audience, redact_rare_pages

__all__ = ["Audience", "redact_rare_pages"]
