"""Opens what docs/result_file.md specifies, and nothing else: HDF5 in, numpy arrays and texts out."""

import pathlib

import h5py
import numpy

from .errors import BAD_INPUT, IO, ReportError

FORMAT, FORMAT_VERSION = "specsweep-results", 6  # the newest; older ones have fewer columns
STATES = ("pending", "done", "failed")
COUNTS = ("zeroed", "clipped", "cosine_rows", "cosine_pairs")  # moments that are integers; −1: none


def open_result(path):
    """The HDF5 file, opened for reading, after format and version were checked.

    @raises ReportError when it is missing, no HDF5 file, not ours, or of a version that this reader does not know.
    """
    path = pathlib.Path(path)
    if not path.is_file():
        raise ReportError(IO, f"cannot read '{path}'", "it is a folder" if path.is_dir() else "there is no such file")
    try:
        file = h5py.File(path, "r")
    except OSError as error:
        raise ReportError(BAD_INPUT, f"'{path}' is no readable HDF5 file", str(error).splitlines()[0]) from None
    try:
        _check(file, path)
    except ReportError:
        file.close()
        raise
    return file


def _check(file, path):
    if text(file.attrs.get("format", "")) != FORMAT:
        raise ReportError(BAD_INPUT, f"'{path}' is no result file of specsweep", f"its attribute 'format' is not '{FORMAT}'")
    version = int(file.attrs.get("format_version", -1))
    if not 1 <= version <= FORMAT_VERSION:
        raise ReportError(
            BAD_INPUT,
            f"'{path}' has format version {version}",
            f"this reader knows 1 to {FORMAT_VERSION}",
            "use the analysis package of the program that wrote it",
        )
    if text(file.attrs.get("kind", "")) == "provenance":
        raise ReportError(
            BAD_INPUT,
            f"'{path}' holds timings, no results",
            "its kind is 'provenance'",
            "give the file without '.provenance' in its name",
        )
    missing = [
        name
        for name in ("checkpoints", "matrices", "quantizers", "units", "spectra/sigma", "spectra/error")
        if name not in file
    ]
    if missing:
        raise ReportError(BAD_INPUT, f"'{path}' is damaged", f"there is no /{missing[0]}", "aggregate it anew")


def text(value):
    """An attribute or element as str, whatever way HDF5 stored it; bytes that are no UTF-8 show as U+FFFD."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def column(dataset):
    """A 1-D dataset: numbers as they are, fixed-size texts as an object array of str."""
    values = dataset[:]
    if values.dtype.kind == "S":
        distinct, inverse = numpy.unique(values, return_inverse=True)
        return numpy.array([text(v) for v in distinct], dtype=object)[inverse] if len(values) else values.astype(object)
    if values.dtype.kind == "O":
        return numpy.array([text(v) for v in values], dtype=object)
    return values


def columns(group):
    """All 1-D datasets of a group by name."""
    return {name: column(item) for name, item in group.items() if isinstance(item, h5py.Dataset) and item.ndim == 1}


def moments(file):
    """Moments of all units by name: a dataset each, or in shard files the columns of one table."""
    group = file.get("moments", {})
    if "values" in group:
        found = dict(zip(column(group["columns"]), group["values"][:].T))
        return {name: numpy.nan_to_num(v, nan=-1).astype(int) if name in COUNTS else v for name, v in found.items()}
    return {name: column(item) for name, item in group.items()}


def not_computed(file):
    """Names of columns that the program which wrote the file left out altogether."""
    return [name for name, item in file["units"].items() if text(item.attrs.get("status", "")) == "not-computed"]
