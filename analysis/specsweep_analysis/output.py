"""The folder that a report is written to: what is ours is replaced, what is not is left alone."""

import os
import pathlib
import re

from .errors import IO, USAGE, ReportError

MARK = 'content="specsweep report"'


class Output:
    """Prepares DIR with figures/ and tables/; write_page() comes last, so that a page never lacks its files."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        if self.folder.exists() and not self.folder.is_dir():
            raise ReportError(USAGE, f"cannot write a report to '{folder}'", "it is a file", "give a folder with -o")
        page = self.folder / "index.html"
        if page.exists() and MARK not in page.read_text("utf-8", "replace")[:2000]:
            raise ReportError(
                USAGE, f"'{page}' is not a report of specsweep", "it would be overwritten", "give another folder with -o"
            )
        try:
            for part in ("figures", "tables"):
                (self.folder / part).mkdir(parents=True, exist_ok=True)
            if page.exists():
                self._remove_earlier()
        except OSError as error:
            raise ReportError(IO, f"cannot write to '{folder}'", error.strerror or str(error)) from None

    def _remove_earlier(self):
        """Files of the report that stood here; other files in the folder stay."""
        page = self.folder / "index.html"
        for name in set(
            re.findall(r'href="((?:figures|tables)/[\w.-]+\.(?:svg|png|csv))"', page.read_text("utf-8", "replace"))
        ):
            (self.folder / name).unlink(missing_ok=True)
        page.unlink()

    def figure(self, name, write):
        """@param write takes the path."""
        self._guarded(lambda: write(self.folder / "figures" / name))

    def csv(self, name, frame):
        self._guarded(
            lambda: frame.to_csv(self.folder / "tables" / f"{name}.csv", index=False, lineterminator="\r\n", encoding="utf-8")
        )

    def page(self, text):
        def write():
            path, hidden = self.folder / "index.html", self.folder / ".index.html.new"
            hidden.write_text(text, encoding="utf-8")
            os.replace(hidden, path)

        self._guarded(write)
        return self.folder / "index.html"

    def _guarded(self, write):
        try:
            write()
        except OSError as error:
            raise ReportError(IO, f"cannot write to '{self.folder}'", error.strerror or str(error)) from None
