"""Reads specsweep's result files (docs/result_file.md): tables, spectra, figures, the report."""

from .errors import ReportError
from .frames import Spectrum, attributes, before, claims, load, spectrum, verdicts

__all__ = ["ReportError", "Spectrum", "attributes", "before", "claims", "load", "spectrum", "verdicts"]
