#!/usr/bin/env python3
"""Draws singular values before and after quantization, and their bounds, from a specsweep result file.

usage: spectrum_figure.py FILE -o PICTURE.svg [--checkpoint ID] [--matrix NAME]

Reads only what docs/result_file.md specifies. Needs h5py and matplotlib (Debian: python3-h5py python3-matplotlib).
"""

import argparse
import sys

import h5py
import matplotlib
import numpy

matplotlib.use("Agg")
matplotlib.rcParams["svg.hashsalt"] = "specsweep"  # the same bytes for the same data
import matplotlib.pyplot as pyplot  # noqa: E402  (after the backend is chosen)

DONE = 1
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"]  # Okabe and Ito: safe for colour-blind readers


def texts(dataset):
    return [value.decode() for value in dataset[:]]


def units_of(file, checkpoint, matrix):
    """Rows of /units that belong to one matrix and are done; the reference first."""
    ids, names = texts(file["checkpoints/id"]), texts(file["matrices/name"])
    owners = file["matrices/checkpoint"][:]
    rows = [
        row
        for row, name in enumerate(names)
        if (matrix is None or name == matrix) and (checkpoint is None or ids[owners[row]] == checkpoint)
    ]
    if not rows:
        sys.exit(f"no such matrix (checkpoint {checkpoint}, matrix {matrix}); `specsweep export` lists them")
    units = [u for u in numpy.flatnonzero(file["units/matrix"][:] == rows[0]) if file["units/state"][u] == DONE]
    return ids[owners[rows[0]]], names[rows[0]], units


def spectrum(file, unit):
    begin, count = file["units/sigma_offset"][unit], file["units/sigma_count"][unit]
    return file["spectra/sigma"][begin : begin + count], file["spectra/error"][begin : begin + count]


def draw(path, output, checkpoint, matrix):
    """Left: the spectra and the certified bound. Right: the relative change of each value."""
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 4.2), layout="constrained")
    with h5py.File(path) as file:
        checkpoint, matrix, units = units_of(file, checkpoint, matrix)
        labels = texts(file["quantizers/text"])
        sigma, error = spectrum(file, units[0])
        k = numpy.arange(1, len(sigma) + 1)
        left.plot(k, sigma, color="black", linewidth=2.5, label="reference")
        left.plot(k, error, color="grey", linestyle=":", label="its certified bound")
        for colour, unit in zip(COLOURS, units[1:]):
            label = labels[file["units/quantizer"][unit]]
            changed, _ = spectrum(file, unit)
            left.plot(k, changed, color=colour, linewidth=1, label=label)
            change = numpy.abs(changed - sigma) / sigma
            right.plot(sigma, change, "o", markersize=3, color=colour, label=label)
    left.set(xscale="log", yscale="log", xlabel="k", ylabel="singular value $\\sigma_k$")
    right.set(
        xscale="log",
        yscale="log",
        xlabel="$\\sigma_k$ before",
        ylabel="relative change $|\\tilde\\sigma_k - \\sigma_k| / \\sigma_k$",
    )
    right.set_ylim(bottom=1e-5)
    left.legend(frameon=False, fontsize=8)
    right.legend(frameon=False, fontsize=8)
    figure.suptitle(f"{matrix}  ({checkpoint})")
    for axes in (left, right):
        axes.grid(alpha=0.2)
    figure.savefig(output, metadata={"Date": None} if str(output).endswith(".svg") else None)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    parser.add_argument("-o", "--output", required=True)
    parser.add_argument("--checkpoint")
    parser.add_argument("--matrix")
    arguments = parser.parse_args()
    draw(arguments.file, arguments.output, arguments.checkpoint, arguments.matrix)


if __name__ == "__main__":
    main()
