"""One result file as the report sees it."""

import dataclasses

import h5py
import numpy
import pandas

from . import frames, selection
from .errors import BAD_INPUT, IO, ReportError


ALLOCATION = ["checkpoint", "step", "budget", "rule", "bits", "error", "error_bound", "times_bound", "correlation", "note"]


def read_allocation(path):
    """@raises ReportError when there is such a file and it is not what `specsweep allocate FILE --curve` writes."""
    if path is None:
        return pandas.DataFrame(columns=ALLOCATION)
    try:
        table = pandas.read_csv(path, dtype={"checkpoint": str, "note": str}, keep_default_na=True)
    except (OSError, ValueError) as error:
        raise ReportError(IO, f"cannot read '{path}'", str(error)) from None
    if list(table.columns) != ALLOCATION:
        raise ReportError(BAD_INPUT, f"'{path}' is no table of `specsweep allocate FILE --curve`", "its columns are others")
    return table


TOKEN_WEIGHTED = "token-weighted"  # stands for the role of diag(√p)·E where verdicts are shown by role
FEWEST_MATRICES = 3  # of a checkpoint: among fewer there are no bits to distribute


@dataclasses.dataclass
class Results:
    path: str
    name: str
    frame: pandas.DataFrame
    verdicts: pandas.DataFrame
    claims: pandas.DataFrame
    attributes: dict
    allocation: pandas.DataFrame  # of `allocate --curve`; empty where it was not given

    @classmethod
    def read(cls, path, allocation=None):
        attributes = frames.attributes(path)
        return cls(
            str(path),
            attributes.get("name") or frames.name_of(path),
            frames.load(path),
            frames.verdicts(path),
            frames.claims(path),
            attributes,
            read_allocation(allocation),
        )

    def distributed(self):
        """`allocation` of the checkpoints with three matrices and more."""
        references = selection.of_weights(self.frame[self.frame["quantizer"] == "reference"])
        counts = references.groupby("checkpoint")["matrix"].nunique()
        return self.allocation[self.allocation["checkpoint"].map(counts).fillna(0) >= FEWEST_MATRICES]

    def own_verdicts(self):
        """Verdicts that are no summaries: on single units, on the sweep, and on a quantizer where a claim speaks of all its units."""
        rows = self.verdicts
        with_units = set(rows.loc[rows["scope"] == "unit", "claim"])
        return rows[rows["scope"].isin(["unit", "sweep"]) | ~rows["claim"].isin(with_units)]

    def single_verdicts(self, last=True):
        """Verdicts on single units (of the last steps unless all are wanted), with the unit's role, model, quantizer, …"""
        rows = self.verdicts[self.verdicts["scope"] == "unit"]
        kept = selection.last_steps(self.frame, derived=True) if last else self.frame
        rows = rows[rows["unit"].isin(kept.index)]
        rows = rows.join(self.frame[["role", "block_index", "model", "matrix", "quantizer"]], on="unit")
        derived = selection.token_weighted(self.frame).reindex(rows["unit"]).to_numpy(dtype=bool)
        return rows.assign(role=rows["role"].mask(derived, TOKEN_WEIGHTED))

    def before(self, column, rows):
        """Values of the references of `rows` (a part of the frame)."""
        if column not in self.frame:
            return numpy.full(len(rows), numpy.nan)
        return self.frame[column].to_numpy()[rows["reference"].to_numpy()]

    def pairs(self, last=True):
        """Quantized units with a value, of the last step of each trajectory unless all are wanted."""
        rows = selection.quantized(self.frame)
        return selection.last_steps(rows) if last else rows

    def has(self, *columns):
        """Whether each column has a number somewhere."""
        return all(c in self.frame and numpy.isfinite(self.frame[c].to_numpy(dtype=float)).any() for c in columns)

    def spectra(self, labels):
        """Spectra of the units with those row labels, in one opening of the file."""
        with h5py.File(self.path, "r") as file:
            sigma, error = file["spectra/sigma"], file["spectra/error"]
            found = []
            for label in labels:
                begin = int(self.frame.at[label, "sigma_offset"])
                end = begin + int(self.frame.at[label, "sigma_count"])
                found.append(frames.Spectrum(sigma[begin:end], error[begin:end]))
        return found

    def cosine_histograms(self):
        """Of embeddings, by row label."""
        return frames.cosine_histograms(self.path)

    def units_of_matrix(self, reference):
        """Done quantized units of the matrix whose reference stands at that row: quantizer → row label."""
        rows = self.frame[
            (self.frame["reference"] == reference) & (self.frame["quantizer"] != "reference") & (self.frame["state"] == "done")
        ]
        return dict(zip(rows["quantizer"], rows.index))
