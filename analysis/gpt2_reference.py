#!/usr/bin/env python3
"""Holds a result of jobs/gpt2-reference.yaml against WeightWatcher's published table of GPT-2 small.

usage: gpt2_reference.py RESULT.h5 [--tolerance 0.01]

Per matrix: Frobenius norm (un-squared there), λ_max = σ₁², stable rank; relative differences. The published numbers were computed
in single precision and agree with themselves to 0.8 % at worst, so 1 % is what can be asked. The token embedding is shown and not counted
(the published means leave it out). Table: CalculatedContent/ww-trends-2020, data/gpt2/gpt2_small.csv (analysis/gpt2_reference.csv).
Exit: 0 all 49 rows agree, 1 some do not, 65 this is no GPT-2 small.
"""

import argparse
import csv
import math
import pathlib
import sys

from specsweep_analysis import ReportError, load

TABLE = pathlib.Path(__file__).with_name("gpt2_reference.csv")
COUNTED = 49


def published():
    with open(TABLE, newline="", encoding="utf-8") as file:
        return {row["matrix"]: row for row in csv.DictReader(file)}


def measured(path):
    """matrix name without the prefix of the head → row of the unquantized unit."""
    units = load(path)
    units = units[(units.quantizer == "reference") & (units.state == "done")]
    return {name.removeprefix("transformer."): row for name, (_, row) in zip(units.matrix, units.iterrows())}


def differences(mine, theirs):
    """Relative differences of norm, λ_max, stable rank."""
    pairs = ((math.sqrt(mine.frobenius_squared), "norm"), (mine.sigma_max**2, "lambda_max"), (mine.stable_rank, "stable_rank"))
    return [value / float(theirs[name]) - 1 for value, name in pairs]


def compare(path, tolerance):
    mine, theirs = measured(path), published()
    lacking = [
        name
        for name, row in theirs.items()
        if name != "wte.weight"
        and (
            name not in mine
            or sorted((mine[name]["rows"], mine[name]["cols"])) != sorted((int(row["larger_side"]), int(row["smaller_side"])))
        )
    ]
    if lacking:
        print(
            f"error: '{path}' is no GPT-2 small ({lacking[0]} is missing or has another shape, and {len(lacking) - 1} more) run "
            "jobs/gpt2-reference.yaml with --architecture examples/gpt2-unsliced.yaml on openai-community/gpt2",
            file=sys.stderr,
        )
        return 65
    print(f"{'matrix':28} {'stable rank':>12} {'published':>12} {'norm':>9} {'λ_max':>9} {'Sr':>9}")
    agree = 0
    for name, row in theirs.items():
        if name not in mine:
            continue
        off = differences(mine[name], row)
        good = all(abs(d) <= tolerance for d in off)
        counted = name != "wte.weight"
        agree += good and counted
        print(
            f"{name:28} {mine[name].stable_rank:12.5g} {float(row['stable_rank']):12.5g} "
            + " ".join(f"{100 * d:+8.3f}%" for d in off)
            + ("" if good else "  differs")
            + ("" if counted else "  (not counted)")
        )
    print(f"{agree} of {COUNTED} rows agree to {100 * tolerance:g} %")
    return 0 if agree == COUNTED else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    parser.add_argument("--tolerance", type=float, default=0.01)
    arguments = parser.parse_args()
    try:
        return compare(arguments.file, arguments.tolerance)
    except ReportError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.code


if __name__ == "__main__":
    sys.exit(main())
