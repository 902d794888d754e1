"""scripts/summarize-tests counts what a real CTest run leaves behind."""

import os
import pathlib
import subprocess

import pytest

SUMMARIZE = pathlib.Path(os.environ["SPECSWEEP_SOURCE_DIR"]) / "scripts" / "summarize-tests"

GTEST_REPORT = """<?xml version="1.0" encoding="UTF-8"?>
<testsuites><testsuite name="Rank">
<testcase name="A" status="run" result="completed" classname="Rank" />
<testcase name="B" status="run" result="completed" classname="Rank" />
<testcase name="C" status="run" result="skipped" classname="Rank"><skipped message="no shared folder"/></testcase>
<testcase name="D" status="notrun" result="suppressed" classname="Rank" />
{more}</testsuite></testsuites>
"""
GTEST_FAILURE = '<testcase name="E" status="run" result="completed" classname="Rank"><failure message="1 != 2"/></testcase>\n'


def summary(folder, tests, reports=None, stages=()):
    """Runs CTest on `tests` (CMake text), then the script; its output lines and exit code."""
    (folder / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.25)\nproject(x LANGUAGES NONE)\nenable_testing()\n" + tests
    )
    build = folder / "build"
    subprocess.run(["cmake", "-S", folder, "-B", build], check=True, stdout=subprocess.DEVNULL)
    (build / "reports").mkdir()
    for name, text in (reports or {}).items():
        (build / "reports" / f"{name}.xml").write_text(text)
    subprocess.run(["ctest", "--test-dir", build, "--output-junit", build / "ctest.xml"], stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    return run_script([*(word for stage in stages for word in ("--stage", stage)), build])


def run_script(arguments):
    result = subprocess.run([SUMMARIZE, *arguments], stdout=subprocess.PIPE, text=True)
    return result.stdout.splitlines(), result.returncode


def test_counts_single_cases(tmp_path):
    lines, code = summary(tmp_path, "add_test(NAME rank COMMAND true)", {"rank": GTEST_REPORT.format(more="")})
    assert lines[-1] == "2 passed, 0 failed, 2 skipped"
    assert code == 0
    assert any("rank: Rank.C" in line and "no shared folder" in line for line in lines)


def test_a_failed_case_counts_once(tmp_path):
    report = GTEST_REPORT.format(more=GTEST_FAILURE)
    lines, code = summary(tmp_path, "add_test(NAME rank COMMAND false)", {"rank": report})
    assert lines[-1] == "2 passed, 1 failed, 2 skipped"
    assert code == 1


def test_dying_after_the_last_case_is_a_failure(tmp_path):
    lines, code = summary(tmp_path, "add_test(NAME rank COMMAND false)", {"rank": GTEST_REPORT.format(more="")})
    assert lines[-1] == "2 passed, 1 failed, 2 skipped"
    assert code == 1


BAD_ENDS = {
    "crash": 'add_test(NAME t COMMAND sh -c "kill -SEGV $$")',
    "time limit": "add_test(NAME t COMMAND sleep 20)\nset_tests_properties(t PROPERTIES TIMEOUT 1)",
    "program not built": "add_test(NAME t COMMAND ${CMAKE_BINARY_DIR}/no_such_program)",
    "failed without report": "add_test(NAME t COMMAND false)",
}


@pytest.mark.parametrize("name", BAD_ENDS)
def test_a_bad_end_is_a_failure(tmp_path, name):
    lines, code = summary(tmp_path, BAD_ENDS[name] + "\nadd_test(NAME good COMMAND true)")
    assert lines[-1] == "1 passed, 1 failed, 0 skipped"
    assert code == 1


def test_a_report_cut_short_does_not_hide_a_crash(tmp_path):
    lines, code = summary(tmp_path, 'add_test(NAME t COMMAND sh -c "kill -SEGV $$")', {"t": GTEST_REPORT[:150]})
    assert lines[-1] == "0 passed, 1 failed, 0 skipped"
    assert code == 1


def test_a_test_program_without_tests_is_a_failure(tmp_path):
    lines, code = summary(tmp_path, "add_test(NAME t COMMAND true)", {"t": "<testsuites></testsuites>"})
    assert lines[-1] == "0 passed, 1 failed, 0 skipped"
    assert code == 1


def test_skipped_by_its_own_words(tmp_path):
    tests = """
add_test(NAME t COMMAND ${CMAKE_COMMAND} -E echo "SKIPPED: no pytest")
set_tests_properties(t PROPERTIES SKIP_REGULAR_EXPRESSION "SKIPPED: ")
add_test(NAME good COMMAND true)
"""
    lines, code = summary(tmp_path, tests)
    assert lines[-1] == "1 passed, 0 failed, 1 skipped"
    assert code == 0


def test_pytest_error_in_teardown_counts_once(tmp_path):
    report = """<testsuites><testsuite name="pytest"><testcase classname="a" name="b"><failure message="f"/></testcase>
<testcase classname="a" name="b"><error message="teardown"/></testcase><testcase classname="a" name="c"/></testsuite></testsuites>"""
    lines, _ = summary(tmp_path, "add_test(NAME t COMMAND false)", {"t": report})
    assert lines[-1] == "1 passed, 1 failed, 0 skipped"


def test_stages_count(tmp_path):
    lines, code = summary(tmp_path, "add_test(NAME good COMMAND true)", stages=["format=failed", "other=skipped"])
    assert lines[-1] == "1 passed, 1 failed, 1 skipped"
    assert code == 1


def test_no_run_at_all_is_a_failure(tmp_path):
    lines, code = run_script([tmp_path])
    assert lines[-1] == "0 passed, 1 failed, 0 skipped"
    assert code == 1
