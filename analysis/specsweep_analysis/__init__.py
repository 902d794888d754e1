"""Reads specsweep's result files (docs/result_file.md): tables, spectra, figures, the report."""

from .errors import ReportError
from .frames import CosineHistogram, Spectrum, attributes, before, claims, cosine_histograms, load, spectrum, verdicts

__all__ = [
    "CosineHistogram",
    "ReportError",
    "Spectrum",
    "attributes",
    "before",
    "claims",
    "cosine_histograms",
    "load",
    "spectrum",
    "verdicts",
]
