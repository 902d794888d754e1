#!/usr/bin/env python3
"""Prints the verdicts on every claim as a Markdown table, from one or more result files.

usage: claim_table.py RESULT.h5… [--also RESULT.h5…]

Claims that the first files have no unit for, as those about training steps, are taken from the files after --also.
Counts add up over the files (units that lie in two files count twice: give files of different jobs or models); the last column is the
median of left over right side over all of them. docs/reproduction.md and README.md hold such tables.
"""
import argparse
import sys

import pandas

from specsweep_analysis import ReportError, style, tables
from specsweep_analysis.results import Results


def rows_of(results):
    parts = [r.own_verdicts()[["claim", "scope", "verdict", "ratio"]] for r in results]
    return pandas.concat(parts) if parts else pandas.DataFrame(columns=["claim", "scope", "verdict", "ratio"])


def claims_of(results, also=()):
    """One row a claim in the order of the program; the first file that knows a claim describes it."""
    rows, others = rows_of(results), rows_of(also)
    rows = pandas.concat([rows, others[~others["claim"].isin(rows["claim"])]])
    known = pandas.concat([r.claims for r in results]).drop_duplicates("name")
    counts = rows.groupby(["claim", "verdict"]).size().unstack(fill_value=0).reindex(columns=["holds", "violated", "vacuous"], fill_value=0)
    ratios = tables.medians(rows[rows["verdict"] != "not testable"], "claim", "ratio")
    for claim in known.itertuples():
        found = counts.loc[claim.name] if claim.name in counts.index else pandas.Series({"holds": 0, "violated": 0, "vacuous": 0})
        yield claim, found, ratios.get(claim.name, float("nan"))


def markdown(results, also=()):
    lines = ["| claim | statement | verdict | units | left/right |", "|---|---|---|---|---|"]
    for claim, found, ratio in claims_of(results, also):
        tested = int(found.sum())
        good = int(found["holds"] + found["vacuous"])
        if not tested:
            verdict, units = "not testable", "–"
        elif not found["violated"]:
            vacuous = found["vacuous"] > found["holds"]
            verdict, units = "vacuous" if vacuous else "holds", style.whole(tested)
        else:
            verdict, units = f"violated in {style.percent(tested - good, tested)}", f"{style.whole(tested - good)} of {style.whole(tested)}"
        statement = claim.statement.replace("|", "\\|")
        lines.append(f"| `{claim.name}` | {statement} | {verdict} | {units} | {style.number(ratio, 3)} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+")
    parser.add_argument("--also", nargs="+", default=[], metavar="FILE", help="for claims that the others have no unit for")
    given = parser.parse_args()
    try:
        print(markdown([Results.read(path) for path in given.files], [Results.read(path) for path in given.also]))
    except ReportError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.code
    return 0


if __name__ == "__main__":
    sys.exit(main())
