"""scripts/install-packages, with stand-ins for the commands that look at the machine and change it."""

import os
import pathlib
import subprocess

SCRIPT = pathlib.Path(os.environ["SPECSWEEP_SOURCE_DIR"]) / "scripts" / "install-packages"


def run(folder, *arguments, **commands):
    """Commands given as shell text stand before those of the machine; apt-get's calls are in the returned log."""
    stand_ins = folder / "bin"
    stand_ins.mkdir()
    log = folder / "log"
    log.write_text("")
    commands.setdefault("apt_get", f'echo "$DEBIAN_FRONTEND $*" >> {log}')
    commands.setdefault("id", "echo 0")
    for name, text in commands.items():
        path = stand_ins / {"apt_get": "apt-get", "dpkg_query": "dpkg-query", "cxx": "c++"}.get(name, name)
        path.write_text(f"#!/bin/bash\n{text}\n")
        path.chmod(0o755)
    environment = {**os.environ, "PATH": f"{stand_ins}:{os.environ['PATH']}"}
    result = subprocess.run([SCRIPT, *arguments], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True)
    return result.returncode, result.stdout, log.read_text().splitlines()


ALL_BUT_FMT = '[[ ${@: -1} == libfmt-dev ]] && exit 1; echo installed'


def test_nothing_is_missing(tmp_path):
    code, output, calls = run(tmp_path, dpkg_query="echo installed")
    assert (code, calls) == (0, [])
    assert "nothing is missing" in output


def test_installs_only_what_is_missing_and_asks_nothing(tmp_path):
    code, output, calls = run(tmp_path, dpkg_query=ALL_BUT_FMT)
    assert code == 0, output
    assert len(calls) == 2 and calls[0].endswith(" update")
    assert calls[1].startswith("noninteractive ")
    assert calls[1].endswith(" install -y --no-install-recommends libfmt-dev")


def test_a_removed_package_is_missing(tmp_path):
    # dpkg still knows it by its configuration files.
    code, _, calls = run(tmp_path, dpkg_query='[[ ${@: -1} == libfmt-dev ]] && echo config-files || echo installed')
    assert code == 0
    assert calls[-1].endswith(" libfmt-dev")


def test_what_the_tests_need_is_asked_for_separately(tmp_path):
    code, _, calls = run(tmp_path, "--tests", dpkg_query="exit 1")
    packages = calls[-1].split()
    assert code == 0
    assert "libgtest-dev" in packages and "python3-pytest" in packages and "libhdf5-openmpi-dev" in packages


def test_a_failed_installation_fails(tmp_path):
    code, output, _ = run(tmp_path, dpkg_query=ALL_BUT_FMT, apt_get="echo E: no network; exit 100")
    assert code == 1
    assert "no network" in output and "libfmt-dev" in output


def test_without_root_and_sudo_it_says_whom_to_ask(tmp_path):
    code, output, calls = run(tmp_path, dpkg_query=ALL_BUT_FMT, id="echo 1000", sudo="exit 1")
    assert (code, calls) == (1, [])
    assert "apt-get install -y --no-install-recommends libfmt-dev" in output and "--no-install" in output


def test_sudo_is_used_without_a_question(tmp_path):
    code, output, calls = run(tmp_path, dpkg_query=ALL_BUT_FMT, id="echo 1000", sudo='[[ $1 == -n ]] && shift && exec "$@"')
    assert code == 0, output
    assert calls[-1].endswith(" libfmt-dev")


def test_no_install_says_what_is_missing(tmp_path):
    code, output, calls = run(tmp_path, "--no-install", dpkg_query=ALL_BUT_FMT, cxx="exit 1")
    assert (code, calls) == (1, [])
    assert "fmt/format.h" in output and "libfmt-dev" in output and "boost" not in output


def test_no_install_accepts_what_a_module_provides(tmp_path):
    code, output, calls = run(tmp_path, "--no-install", dpkg_query=ALL_BUT_FMT, cxx="exit 0")
    assert (code, calls) == (0, []), output


def test_unknown_option(tmp_path):
    code, output, calls = run(tmp_path, "--tets")
    assert (code, calls) == (64, [])
    assert "--tets" in output and "--tests" in output
