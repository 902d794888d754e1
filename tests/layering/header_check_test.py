"""header_check builds for headers that compile alone, and only for those."""

import pathlib
import subprocess

HERE = pathlib.Path(__file__).parent

PROJECT = """
cmake_minimum_required(VERSION 3.25)
project(headers LANGUAGES CXX)
include({here}/HeaderCheck.cmake)
specsweep_header_check(header_check "${{CMAKE_CURRENT_SOURCE_DIR}}/src")
"""


def build(folder, headers):
    (folder / "CMakeLists.txt").write_text(PROJECT.format(here=HERE.as_posix()))
    for name, text in headers.items():
        path = folder / "src" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    subprocess.run(["cmake", "-S", folder, "-B", folder / "build"], check=True, stdout=subprocess.DEVNULL)
    return subprocess.run(
        ["cmake", "--build", folder / "build"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


ALONE = "#pragma once\n#include <string>\nstd::string name();\n"


def test_headers_that_stand_alone(tmp_path):
    result = build(tmp_path, {"base/name.hpp": ALONE, "mpi/more.hpp": '#pragma once\n#include "base/name.hpp"\n'})
    assert result.returncode == 0, result.stdout


def test_a_header_that_needs_another_before_it(tmp_path):
    result = build(tmp_path, {"base/name.hpp": ALONE, "base/other.hpp": "#pragma once\nstd::string other();\n"})
    assert result.returncode != 0
    assert "base/other.hpp" in result.stdout


def test_a_source_vouches_only_for_what_it_includes_first(tmp_path):
    broken = "#pragma once\nstd::string other();\n"
    headers = {"base/other.hpp": broken, "base/other.cpp": '#include "base/other.hpp"\n'}
    # Not checked again: the module would not build.
    (tmp_path / "first").mkdir()
    assert build(tmp_path / "first", headers).returncode == 0
    headers["base/other.cpp"] = '#include <string>\n#include "base/other.hpp"\n'
    (tmp_path / "second").mkdir()
    assert build(tmp_path / "second", headers).returncode != 0
