"""Rendered scripts as a shell sees them: bash -n, shellcheck, and hostile values that must stay what they are."""
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import SOURCE, llama_checkpoint, write_manifest

GOLDEN = SOURCE / "tests" / "slurm" / "golden"
HOSTILE = ["a b", "$(touch PWNED)", "`touch PWNED`", "; touch PWNED", "\"; touch PWNED; \"", "'; touch PWNED; '", "größe",
           "a#b", "\\", "%j", "*", "{{x}}", "&& touch PWNED", "\U0001F600"]


@pytest.mark.parametrize("script", sorted(GOLDEN.glob("*.sh")), ids=lambda path: path.name)
def test_golden_scripts_are_clean(script):
    subprocess.run(["bash", "-n", script], check=True)
    if not shutil.which("shellcheck"):
        pytest.skip("shellcheck is not installed")
    result = subprocess.run(["shellcheck", script], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


@pytest.fixture
def plan(program, tmp_path):
    model = llama_checkpoint(tmp_path / "model", blocks=1)
    manifest = write_manifest(tmp_path / "job.yaml", [model], ["int:block=16"], shards={"count": 3})
    program("plan", manifest, "-o", tmp_path / "plan.json")
    return tmp_path / "plan.json"


def render(program, plan, folder, *sets, **options):
    return program("slurm", "render", plan, "--profile", "single-node", "-o", folder,
                   *(["--set", *sets] if sets else []), **options)


STAND_IN = """#!/bin/bash
# a stand-in: notes what it was called with
printf '%s\\n' "$@" >"$RECORD/$(basename "$0").arguments"
exit 0
"""


def run_script(script, record, **more):
    """As Slurm would, with stand-ins for every program that the script calls."""
    folder = Path(record)
    folder.mkdir(exist_ok=True)
    for name in ("mpirun", "squeue", "scontrol"):
        (folder / name).write_text(STAND_IN)
        (folder / name).chmod(0o755)
    environment = {"PATH": f"{folder}:{os.environ['PATH']}", "RECORD": str(folder), "SLURM_ARRAY_TASK_ID": "0",
                   "SLURM_ARRAY_JOB_ID": "7", "SLURM_JOB_ID": "8", "SLURM_NTASKS": "4", "SLURMD_NODENAME": "n1", **more}
    return subprocess.run(["bash", script], env=environment, cwd=folder, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_values_stay_values(program, plan, tmp_path, value):
    (tmp_path / "e").mkdir()
    folder = tmp_path / "dir"
    sets = [f"environment=CHOSEN={value.replace(',', '')}", f"launcher_options={value}", f"account={value}", f"qos={value}"]
    render(program, plan, folder, *sets)
    script = folder / "g0" / "a0.sh"
    subprocess.run(["bash", "-n", script], check=True)
    result = run_script(script, tmp_path / "e")
    assert not list(tmp_path.rglob("PWNED"))
    words = (tmp_path / "e" / "mpirun.arguments").read_text().split("\n")
    assert value in words, (words, result.stderr)
    assert "--shard" in words and "0" in words


@pytest.mark.parametrize("name", ["a b", "$(touch PWNED)", "it's", "größe", "50%", "a;b"])
def test_hostile_folders(program, plan, tmp_path, name):
    folder = tmp_path / name
    render(program, plan, folder)
    result = run_script(folder / "g0" / "a0.sh", tmp_path / "e")
    assert not list(tmp_path.rglob("PWNED"))
    words = (tmp_path / "e" / "mpirun.arguments").read_text().split("\n")
    assert f"{folder}/job.h5" in words, result.stderr
    line = next(line for line in (folder / "g0" / "a0.sh").read_text().split("\n") if "--output=" in line)
    assert name.replace("%", "%%").replace("'", "'\\''") in line
    assert line.rstrip("'").endswith("%A_%a.out")


def test_control_characters_are_refused(program, plan, tmp_path):
    for value in ("a\nb", "a\rb", "\x1b[0m"):
        result = render(program, plan, tmp_path / "d", f"account={value}", code=64)
        assert "newline" in result.stderr
    assert not (tmp_path / "d").exists()
    assert "newline" in program("slurm", "render", plan, "-o", tmp_path / "a\nb", code=64).stderr


def test_a_task_without_an_array_says_so(program, plan, tmp_path):
    render(program, plan, tmp_path / "d")
    environment = {"PATH": os.environ["PATH"]}
    result = subprocess.run(["bash", tmp_path / "d" / "g0" / "a0.sh"], env=environment, capture_output=True, text=True)
    assert result.returncode != 0 and "sbatch" in result.stderr


def outcome_launcher(folder, code, go_on, launcher_code=143):
    """A launcher that changes the exit code, as srun does, while the outcome file tells the true one."""
    folder.mkdir(exist_ok=True)
    (folder / "mpirun").write_text(f"""#!/bin/bash
while (( $# )); do if [[ $1 == --outcome-file ]]; then out=$2; fi; shift; done
echo '{{' >"$out"
echo ' "exit_code": {code},' >>"$out"
echo ' "go_on": {go_on}' >>"$out"
exit {launcher_code}
""")
    (folder / "scontrol").write_text('#!/bin/bash\nprintf "%s\\n" "$@" >"$RECORD/requeue"\nexit 1\n')
    (folder / "squeue").write_text("#!/bin/bash\necho 2031-01-01T00:00:00\n")
    for name in ("mpirun", "scontrol", "squeue"):
        (folder / name).chmod(0o755)
    return {"PATH": f"{folder}:{os.environ['PATH']}", "RECORD": str(folder), "SLURM_ARRAY_TASK_ID": "1",
            "SLURM_ARRAY_JOB_ID": "7", "SLURM_JOB_ID": "8", "SLURM_NTASKS": "4", "SLURMD_NODENAME": "n1"}


@pytest.mark.parametrize("code, go_on, restarts, requeued", [
    (75, "true", 0, True), (75, "false", 0, False), (75, "true", 5, False), (3, "false", 0, False), (0, "false", 0, False),
    (64, "false", 0, False)])
def test_requeue_and_exit_code_follow_the_outcome_file(program, plan, tmp_path, code, go_on, restarts, requeued):
    render(program, plan, tmp_path / "d", "requeue=true")
    environment = outcome_launcher(tmp_path / "e", code, go_on)
    environment["SLURM_RESTART_COUNT"] = str(restarts)
    result = subprocess.run(["bash", tmp_path / "d" / "g0" / "a0.sh"], env=environment, capture_output=True, text=True, timeout=60)
    assert result.returncode == code, result.stderr
    assert (tmp_path / "e" / "requeue").exists() == requeued
    if requeued:
        assert (tmp_path / "e" / "requeue").read_text().split() == ["requeue", "7_1"]
    lines = (tmp_path / "d" / "attempts" / "shard-0001").read_text().splitlines()
    assert lines[0].startswith("begin") and lines[-1].startswith("end") and lines[-1].endswith(f" {code}")


def test_the_signal_reaches_the_launcher(program, plan, tmp_path):
    render(program, plan, tmp_path / "d", "requeue=true")
    folder = tmp_path / "e"
    environment = outcome_launcher(folder, 75, "true")
    (folder / "mpirun").write_text("#!/bin/bash\ntrap 'echo caught >\"$RECORD/signal\"; exit 0' USR1\ntouch \"$RECORD/ready\"\n"
                                   "for _ in $(seq 200); do sleep 0.1; done\n")
    process = subprocess.Popen(["bash", tmp_path / "d" / "g0" / "a0.sh"], env=environment)
    for _ in range(200):
        if (folder / "ready").exists():
            break
        import time
        time.sleep(0.05)
    process.send_signal(10)
    assert process.wait(timeout=30) == 75  # without an outcome a signal means: out of time, go on
    assert (folder / "signal").exists() and (folder / "requeue").exists()


def test_rendering_twice_gives_the_same_bytes(program, plan, tmp_path):
    def bytes_of(folder):
        return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    render(program, plan, tmp_path / "d")
    first = bytes_of(tmp_path / "d")
    render(program, plan, tmp_path / "d")
    assert bytes_of(tmp_path / "d") == first
    assert json.loads(first[Path("g0/arrays.json")])["arrays"][0]["shards"] == "0-2"


def test_errors_name_the_way_out(program, plan, tmp_path):
    assert "specsweep plan" in program("slurm", "render", tmp_path / "job.yaml", "-o", tmp_path / "d", code=64).stderr
    assert "generic" in program("slurm", "render", plan, "--profile", "genric", "-o", tmp_path / "d", code=64).stderr
    assert "-o" in program("slurm", "render", plan, code=64).stderr
    assert "throttle" in program("slurm", "render", plan, "-o", tmp_path / "d", "--set", "throtle=3", code=64).stderr
    assert "status" in program("slurm", "statsu", code=64).stderr
    edited = tmp_path / "edited.json"
    edited.write_text(plan.read_text().replace('"seed": 0', '"seed": 1'))
    assert "changed" in program("slurm", "render", edited, "-o", tmp_path / "d", code=64).stderr
    assert "no rendered sweep" in program("slurm", "status", tmp_path, code=64).stderr
