"""The MPI test main: what fails on one rank only fails for all, is told once, and stands in the one report."""

import os
import subprocess
import xml.etree.ElementTree as ElementTree

MPIRUN = os.environ["SPECSWEEP_MPIRUN"]
SUBJECT = os.environ["MPI_VERDICT_SUBJECT"]


def run(ranks, *arguments, **environment):
    return subprocess.run(
        [MPIRUN, str(ranks), SUBJECT, *arguments],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
    )


def failed_cases(report):
    return {case.get("name") for case in ElementTree.parse(report).iter("testcase") if case.find("failure") is not None}


def test_passes_where_no_rank_fails():
    result = run(1)
    assert result.returncode == 0, result.stdout


def test_fails_when_one_rank_fails(tmp_path):
    report = tmp_path / "report.xml"
    result = run(3, f"--gtest_output=xml:{report}")
    assert result.returncode != 0
    assert failed_cases(report) == {"FailsOnRankOne", "ThrowsOnRankTwo"}
    assert "[rank 1] Verdict.FailsOnRankOne" in result.stdout
    assert "the reason stands here" in result.stdout
    assert "thrown by rank two" in result.stdout


def test_passing_ranks_are_silent(tmp_path):
    result = run(3, "--gtest_filter=Verdict.FailsOnRankOne")
    assert result.stdout.count("[ RUN      ]") == 1, result.stdout
    assert "[rank 2]" not in result.stdout


def test_report_named_by_the_environment_is_written_once(tmp_path):
    result = run(2, GTEST_OUTPUT=f"xml:{tmp_path}/")
    assert result.returncode != 0
    reports = list(tmp_path.iterdir())
    assert len(reports) == 1, reports
    assert failed_cases(reports[0]) == {"FailsOnRankOne"}
