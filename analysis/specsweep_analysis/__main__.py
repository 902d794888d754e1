"""python3 -m specsweep_analysis report FILE [FILE2] -o DIR      (what `specsweep report` calls)

Exit codes: 0 done; 64 usage; 65 the result file is not what it should be; 74 not readable or writable, or no matplotlib (the
page and its tables are written all the same).
"""

import argparse
import sys

from .errors import IO, USAGE, ReportError


class Parser(argparse.ArgumentParser):
    def error(self, message):
        raise ReportError(USAGE, message, suggestion=f"see {self.prog} -h")


def parse(arguments):
    parser = Parser(
        prog="specsweep report",
        description="Figures, tables and verdicts of one result file, or of two side by side, as a "
        "page that needs nothing from outside.",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="one or two aggregates (NAME.h5)")
    parser.add_argument("-o", "--output", metavar="DIR", required=True, help="folder for index.html, figures/ and tables/")
    parser.add_argument("--allocation", metavar="CSV", help="what `specsweep allocate FILE --curve` says, for its figure and table")
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress line")
    chosen = parser.parse_args(arguments)
    if len(chosen.files) > 2:
        raise ReportError(USAGE, f"a report takes one or two result files, not {len(chosen.files)}")
    return chosen


def no_matplotlib():
    """Why figures cannot be drawn; None where they can."""
    try:
        import matplotlib.pyplot  # noqa: F401
    except ModuleNotFoundError as error:
        return "matplotlib was not found" if error.name == "matplotlib" else f"matplotlib needs {error.name}"
    except ImportError as error:
        return f"matplotlib cannot be imported: {error}"
    return None


def report(arguments):
    chosen = parse(arguments)
    why = no_matplotlib()
    figures = why is None
    if len(chosen.files) == 2:
        from . import comparison

        written = comparison.write(*chosen.files, chosen.output, chosen.quiet, figures)
    else:
        from . import report as single

        written = single.write(chosen.files[0], chosen.output, chosen.quiet, figures, chosen.allocation)
    print(written)
    if not figures:
        raise ReportError(
            IO,
            "the report has no figures",
            why,
            "install python3-matplotlib and run it again; the page and all tables were written",
        )
    return 0


def main(arguments=None):
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        if not arguments or arguments[0] in ("-h", "--help"):
            print(__doc__.strip())
            return 0 if arguments else USAGE
        if arguments[0] != "report":
            raise ReportError(USAGE, f"unknown word '{arguments[0]}'", "only 'report' is known")
        return report(arguments[1:])
    except ReportError as error:
        print(f"specsweep: error: {error}", file=sys.stderr)
        return error.code


if __name__ == "__main__":
    sys.exit(main())
