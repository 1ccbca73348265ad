"""`clickintent doctor`: whether a build can run here, and what to do where it cannot."""

from clickintent.doctor.examination import examine
from clickintent.doctor.finding import Finding, Verdict

__all__ = ["Finding", "Verdict", "examine"]
