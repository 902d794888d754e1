"""One line on stderr that says how far the report is: rewritten on a terminal, a line a minute elsewhere."""

import sys
import time


class Progress:
    def __init__(self, total, quiet=False, stream=None):
        self.total, self.done, self.quiet, self.stream = total, 0, quiet, stream or sys.stderr
        self.live = self.stream.isatty()
        self.last = time.monotonic()

    def step(self, what):
        """`what` begins now; the steps before it are done."""
        if self.quiet:
            return
        line = f"report: {self.done}/{self.total}  {what}"
        if self.live:
            self.stream.write(f"\r\x1b[K{line}")
            self.stream.flush()
        elif time.monotonic() - self.last >= 60:
            self.stream.write(line + "\n")
            self.stream.flush()
            self.last = time.monotonic()
        self.done += 1

    def end(self):
        if self.live and not self.quiet:
            self.stream.write("\r\x1b[K")
            self.stream.flush()
