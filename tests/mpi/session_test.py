"""How a job ends: no rank may hang, whatever one of them does."""

import os
import subprocess

import pytest

MPIRUN = os.environ["SPECSWEEP_MPIRUN"]
SUBJECT = os.environ["SESSION_SUBJECT"]


def run(how, ranks):
    prefix = [MPIRUN, str(ranks)] if ranks else []
    result = subprocess.run([*prefix, SUBJECT, how], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
    return result.returncode, result.stdout


@pytest.mark.parametrize("ranks", [None, 1, 3])
def test_good_end(ranks):
    code, output = run("well", ranks)
    assert (code, output.strip()) == (0, f"{ranks or 1} ranks")


@pytest.mark.parametrize("ranks", [2, 4])
def test_an_exception_of_one_rank_ends_all(ranks):
    code, output = run("alone", ranks)
    assert code != 0
    assert f"rank {ranks - 1} of {ranks}: an error of this rank alone" in output


@pytest.mark.parametrize("ranks", [None, 1])
def test_alone_the_exception_reaches_main(ranks):
    code, output = run("alone", ranks)
    assert code == 70
    assert "nobody else knows of this" in output


@pytest.mark.parametrize("ranks", [None, 1, 3])
def test_abort_gives_message_and_code(ranks):
    code, output = run("abort", ranks)
    assert code == 74
    assert f"rank {(ranks or 1) - 1} of {ranks or 1}: the disk of this rank is gone" in output


@pytest.mark.parametrize("ranks", [None, 2, 4])
def test_an_agreed_error_is_told_once(ranks):
    code, output = run("agreed", ranks)
    assert code == 65
    assert output.count("config.json is broken") == 1


LASTING = "OMPI_MCA_sharedfp=^sm"  # read when the first file is opened, and no harm to a job that inherits it


def settings_alone(monkeypatch, **users):
    """What a process alone shows: `a daemon`, and the settings in its environment but for those Open MPI notes itself."""
    for name in [name for name in os.environ if name.startswith("OMPI_MCA_")]:
        monkeypatch.delenv(name)
    for name, value in users.items():
        monkeypatch.setenv(name, value)
    code, output = run("settings", None)
    assert code == 0
    own = ("OMPI_MCA_ess=", "OMPI_MCA_pmix=", "OMPI_MCA_orte_ess", "OMPI_MCA_orte_launch", "OMPI_MCA_orte_precondition", "1 ranks", LASTING)
    return [line for line in output.splitlines() if not line.startswith(own)]


def test_settings_of_a_process_alone_are_not_inherited(monkeypatch):
    """A job that is submitted from it would start without a network."""
    assert settings_alone(monkeypatch) == []


def test_settings_of_the_user_stay(monkeypatch):
    assert settings_alone(monkeypatch, OMPI_MCA_btl="self,tcp") == ["OMPI_MCA_btl=self,tcp"]


def test_a_process_alone_starts_a_daemon_only_when_told(monkeypatch):
    told = settings_alone(monkeypatch, OMPI_MCA_ess_singleton_isolated="0")
    assert told == ["OMPI_MCA_ess_singleton_isolated=0", "a daemon"]


def test_alone_no_session_folder_is_made(tmp_path, monkeypatch):
    """Without a daemon Open MPI gives all such processes one folder, and the first to end removes it under the others."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TMPDIR", str(tmp_path / "file"))
    assert run("well", None) == (0, "1 ranks\n")
