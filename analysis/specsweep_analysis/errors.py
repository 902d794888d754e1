"""Errors that a user can see: "problem (why it is one) suggestion", with the exit code of the program."""

USAGE, BAD_INPUT, IO = 64, 65, 74


class ReportError(Exception):
    def __init__(self, code, problem, why="", suggestion=""):
        self.code = code
        super().__init__(problem + (f" ({why})" if why else "") + (f" {suggestion}" if suggestion else ""))
