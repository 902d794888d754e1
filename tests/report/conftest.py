"""Fixtures of the report's tests: the package as a library and as a command, and a real browser."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(os.environ["SPECSWEEP_SOURCE_DIR"])
sys.path[:0] = [str(SOURCE / "analysis"), str(Path(__file__).parent)]


class Report:
    """`python3 -m specsweep_analysis report FILE… -o DIR`"""

    def __init__(self, folder):
        self.folder = folder / "report"

    def __call__(self, *files, code=0, **environment):
        command = [sys.executable, "-m", "specsweep_analysis", "report", *map(str, files), "-o", str(self.folder)]
        paths = [environment.pop("before", ""), str(SOURCE / "analysis")]
        made = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=240,
            env={**os.environ, "PYTHONPATH": ":".join(filter(None, paths)), **environment},
        )
        assert made.returncode == code, f"exit {made.returncode}\n{made.stdout}\n{made.stderr[-3000:]}"
        assert "Traceback" not in made.stderr and "Warning" not in made.stderr, made.stderr
        return made

    @property
    def page(self):
        return (self.folder / "index.html").read_text("utf-8")

    def names(self, kind):
        """Of figures or tables in the page."""
        return set(re.findall(rf'id="{kind}-([\w-]+)"', self.page))


@pytest.fixture
def report(tmp_path):
    return Report(tmp_path)


@pytest.fixture
def chromium():
    """Opens a page without network; what the browser finds in it and what its console said."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not browser:
        pytest.skip("no chromium on this machine")
    return browser
