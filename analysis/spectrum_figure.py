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
    rows = [row for row, name in enumerate(names)
            if (matrix is None or name == matrix) and (checkpoint is None or ids[owners[row]] == checkpoint)]
    if not rows:
        sys.exit(f"no such matrix (checkpoint {checkpoint}, matrix {matrix}); `specsweep export` lists them")
    units = [u for u in numpy.flatnonzero(file["units/matrix"][:] == rows[0]) if file["units/state"][u] == DONE]
    return ids[owners[rows[0]]], names[rows[0]], units


def draw(path, output, checkpoint, matrix):
    with h5py.File(path) as file:
        checkpoint, matrix, units = units_of(file, checkpoint, matrix)
        labels = texts(file["quantizers/text"])
        figure, axes = pyplot.subplots(figsize=(7, 4.5), layout="constrained")
        for number, unit in enumerate(units):
            begin, count = file["units/sigma_offset"][unit], file["units/sigma_count"][unit]
            sigma = file["spectra/sigma"][begin:begin + count]
            error = file["spectra/error"][begin:begin + count]
            reference = file["units/quantizer"][unit] == 0
            colour = "black" if reference else COLOURS[(number - 1) % len(COLOURS)]
            k = numpy.arange(1, count + 1)
            axes.plot(k, sigma, color=colour, linewidth=2 if reference else 1.2, label=labels[file["units/quantizer"][unit]])
            if reference:
                axes.plot(k, error, color="grey", linestyle=":", label="certified bound of the reference")
    axes.set(xscale="log", yscale="log", xlabel="k", ylabel="singular value $\\sigma_k$", title=f"{matrix}  ({checkpoint})")
    axes.legend(frameon=False, fontsize=9)
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
