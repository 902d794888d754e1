"""The checks of the source tree. Each yields problems as "file:line: text"; none means all is well."""

import os
import pathlib
import re

import rules

SOURCES = {".cpp", ".hpp"}
CODE = SOURCES | {".py", ".cmake", ".sh", ".c", ".h"}
IGNORED_FOLDERS = {".git", "build", "__pycache__", "results", ".pytest_cache"}

QUOTED_INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"')
ANGLED_INCLUDE = re.compile(r"^\s*#\s*include\s*<([^>]+)>")
MODULE_CALL = re.compile(r"specsweep_module\s*\(([^)]*)\)")


def files_of(root, folder="."):
    """Files below root/folder that belong to the tree, sorted, as (path, name relative to root)."""
    for here, folders, names in os.walk(root / folder):
        # In place: os.walk then does not go into them.
        folders[:] = sorted(set(folders) - IGNORED_FOLDERS)
        for name in sorted(names):
            path = pathlib.Path(here) / name
            yield path, path.relative_to(root).as_posix()


def lines_of(path):
    return path.read_text(encoding="utf-8", errors="replace").splitlines()


def owner(table, name):
    """The module that a third-party header or target belongs to; the longest entry that `name` starts with decides."""
    entries = [entry for entry in table if name.startswith(entry)]
    return table[max(entries, key=len)] if entries else None


def module_folders(root):
    return sorted(path.name for path in (root / "src").iterdir() if path.is_dir())


def check_modules_are_known(root):
    for name in module_folders(root):
        if name not in rules.MAY_USE:
            yield f"src/{name}: not a module of the architecture (tests/layering/rules.py)"


def check_includes(root):
    """Quoted includes follow MAY_USE; angled ones are the standard, the system, or a third party of this module."""
    for path, name in files_of(root, "src"):
        parts = name.split("/")
        if path.suffix not in SOURCES or len(parts) < 3:
            continue
        module = parts[1]
        allowed = rules.reachable(module) | {module}
        for number, line in enumerate(lines_of(path), 1):
            if quoted := QUOTED_INCLUDE.match(line):
                target = quoted.group(1).split("/")[0]
                if "/" not in quoted.group(1) or quoted.group(1).startswith("."):
                    yield f"{name}:{number}: write the path from src/: {quoted.group(1)}"
                elif target not in allowed:
                    yield f"{name}:{number}: {module} may not include {quoted.group(1)}"
            elif angled := ANGLED_INCLUDE.match(line):
                yield from third_party_problem(name, number, module, angled.group(1))


def third_party_problem(name, number, module, header):
    home = owner(rules.THIRD_PARTY_HEADERS, header)
    if home is not None:
        if home != module:
            yield f"{name}:{number}: <{header}> belongs to {home} only"
    elif "." in header or "/" in header:
        if header not in rules.SYSTEM_HEADERS and not header.startswith(rules.SYSTEM_FOLDERS):
            yield f"{name}:{number}: <{header}> is no header that the architecture names"


def check_links(root):
    """The calls of specsweep_module: LINKS within MAY_USE, third-party targets where they belong."""
    for module in module_folders(root):
        listing = root / "src" / module / "CMakeLists.txt"
        name = f"src/{module}/CMakeLists.txt"
        if not listing.exists():
            continue
        text = re.sub(r"#.*", "", listing.read_text(encoding="utf-8"))
        calls = MODULE_CALL.findall(text)
        if len(calls) != 1 or not calls[0].split() or calls[0].split()[0] != module:
            yield f"{name}:1: exactly one call specsweep_module({module} …) is expected"
            continue
        yield from link_problems(name, module, calls[0].split()[1:])
        if re.search(r"\btarget_link_libraries\b|\blink_libraries\b", text):
            yield f"{name}:1: links stand in specsweep_module(), where they are checked"


def link_problems(name, module, words):
    keyword = ""
    for word in words:
        if word in ("LINKS", "PRIVATE", "PUBLIC"):
            keyword = word
        elif keyword == "LINKS" or word.removeprefix("specsweep_") in rules.MAY_USE:
            if word.removeprefix("specsweep_") not in rules.reachable(module):
                yield f"{name}:1: {module} may not link {word}"
        elif word not in rules.ANYBODY_MAY_LINK:
            home = owner(rules.THIRD_PARTY_TARGETS, word)
            if home is None:
                yield f"{name}:1: {word} is no target that the architecture names"
            elif home != module:
                yield f"{name}:1: {word} belongs to {home} only"


def check_foreign_functions(root):
    """Declarations of Fortran and C functions are private to .cpp files."""
    for path, name in files_of(root, "src"):
        if path.suffix != ".hpp":
            continue
        for number, line in enumerate(lines_of(path), 1):
            if re.match(r'\s*extern\s+"C"', line):
                yield f'{name}:{number}: extern "C" belongs into a .cpp file'


def check_mpi_neutrality(root):
    for path, name in files_of(root):
        # A history and a manual may tell how to run with one implementation.
        if name.startswith(rules.ONE_MPI_MAY_BE_NAMED_IN) or path.suffix in (".md", ".safetensors"):
            continue
        for number, line in enumerate(lines_of(path), 1):
            if found := re.search(rules.ONE_MPI_ONLY, line):
                yield f"{name}:{number}: {found.group(0)} is known to one MPI implementation only"


def check_machine_paths(root):
    for path, name in files_of(root):
        if path.suffix == ".safetensors" or name == "tests/layering/rules.py":
            continue
        for number, line in enumerate(lines_of(path), 1):
            if found := re.search(rules.MACHINE_PATHS, line):
                yield f"{name}:{number}: {found.group(0)} exists on one machine only"


def check_lengths(root):
    for path, name in files_of(root):
        if path.suffix not in CODE and path.name != "CMakeLists.txt" and not name.startswith("scripts/"):
            continue
        limit = rules.MAIN_LINE_LIMIT if name == "src/main.cpp" else rules.LINE_LIMIT
        length = len(lines_of(path))
        if length > limit:
            yield f"{name}:{limit + 1}: {length} lines, {limit} are allowed"


def check_headers_once(root):
    """Every header guards itself."""
    for path, name in files_of(root, "src"):
        if path.suffix == ".hpp" and "#pragma once" not in lines_of(path):
            yield f"{name}:1: #pragma once is missing"


ALL = [
    check_modules_are_known,
    check_includes,
    check_links,
    check_foreign_functions,
    check_mpi_neutrality,
    check_machine_paths,
    check_lengths,
    check_headers_once,
]
