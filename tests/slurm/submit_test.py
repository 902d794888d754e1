"""Submission against stand-ins for Slurm's programs that keep a small state and misbehave on demand: whatever happens, and
wherever the submitting process is killed, no script has two jobs."""
import json
import os
import subprocess
import sys
from pathlib import Path

import h5py
import pytest
from conftest import llama_checkpoint, write_manifest

# One stand-in for all programs. State: STATE/jobs.json (what the controller has), STATE/calls (which program was called how
# often). FAULT names a misbehaviour: "PROGRAM:CALL:KIND".
STAND_IN = r"""
import fcntl, json, os, signal, subprocess, sys, time
from pathlib import Path

state = Path(os.environ["STATE"])
program, arguments = Path(sys.argv[0]).name, sys.argv[1:]
fault_program, fault_call, fault_kind = (os.environ.get("FAULT", "") + "::").split(":")[:3]
state_lock = open(state / "lock", "w")
fcntl.flock(state_lock, fcntl.LOCK_EX)
file = state / "jobs.json"
jobs = json.loads(file.read_text()) if file.exists() else []
calls = state / f"calls.{program}"
count = int(calls.read_text()) + 1 if calls.exists() else 1
calls.write_text(str(count))
faulty = program == fault_program and fault_call in ("*", str(count))


def save():
    file.write_text(json.dumps(jobs))


def kill_caller():
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(0.2)
    sys.exit(1)


def option(name):
    for word in arguments:
        if word.startswith(name + "="):
            return word[len(name) + 1:]
    return None


if faulty and fault_kind == "meanwhile":  # somebody else's command runs while the caller waits for this answer
    fcntl.flock(state_lock, fcntl.LOCK_UN)
    other = {**os.environ, **json.loads(os.environ["OTHER_ENVIRONMENT"]), "FAULT": ""}
    (state / "other.code").write_text(str(subprocess.run(json.loads(os.environ["OTHER"]), env=other).returncode))
if faulty and fault_kind == "kill-before":
    kill_caller()
if faulty and fault_kind == "refuse":
    print(f"{program}: error: Batch job submission failed: Invalid account or account/partition combination specified", file=sys.stderr)
    sys.exit(1)
if faulty and fault_kind == "busy":
    print(f"{program}: error: Batch job submission failed: Socket timed out on send/recv operation", file=sys.stderr)
    sys.exit(1)

if program == "sbatch":
    text = Path(arguments[-1]).read_text()
    name = next(line.split("=", 1)[1] for line in text.split("\n") if line.startswith("#SBATCH --job-name="))
    job = {"id": str(100 + len(jobs)), "name": name, "held": "--hold" in arguments, "dependency": option("--dependency"),
           "state": "PENDING"}
    jobs.append(job)
    save()
    if faulty and fault_kind == "kill-after":
        kill_caller()
    if faulty and fault_kind == "accept-then-time-out":
        print("sbatch: error: Batch job submission failed: Socket timed out on send/recv operation", file=sys.stderr)
        sys.exit(1)
    if faulty and fault_kind == "accept-silently":
        sys.exit(0)
    print(job["id"] + (";cluster" if os.environ.get("CLUSTERED") else ""))
elif program == "squeue":
    names = (option("--name") or "").split(",")
    for job in jobs:
        if not option("--name") or job["name"] in names:
            if job["state"] != "GONE":
                print(f"{job['id']}_[0-3%2]|{job['state']}|JobHeldUser|N/A|10:00||{job['name']}")
elif program == "scontrol" and arguments[:1] == ["release"]:
    for job in jobs:
        if job["id"] == arguments[1]:
            job["held"] = False
    save()
elif program == "scontrol":
    print(f"MaxArraySize = {os.environ.get('MAX_ARRAY', '1001')}\nMaxJobCount = {os.environ.get('MAX_JOBS', '10000')}\n"
          "SLURM_VERSION = 22.05.8\nAccountingStorageType = accounting_storage/none\nJobCompType = jobcomp/none")
elif program == "scancel":
    for job in jobs:
        if job["id"] == arguments[-1]:
            job["state"] = "CANCELLED"
    save()
elif program == "sacct":
    print("Slurm accounting storage is disabled", file=sys.stderr)
    sys.exit(1)
if faulty and fault_kind == "kill-after":
    kill_caller()
"""


class Slurm:
    def __init__(self, program, folder):
        self.program, self.state = program, folder / "state"
        bin_folder = folder / "bin"
        bin_folder.mkdir()
        self.state.mkdir()
        for name in ("sbatch", "squeue", "scontrol", "scancel", "sacct", "sacctmgr"):
            file = bin_folder / name
            file.write_text(f"#!{sys.executable}\n{STAND_IN}")
            file.chmod(0o755)
        self.environment = dict(program.environment, PATH=f"{bin_folder}:/usr/bin:/bin", STATE=str(self.state))

    def __call__(self, *words, fault="", code=0, **variables):
        for file in self.state.glob("calls.*"):
            file.unlink()
        environment = dict(self.environment, FAULT=fault, **variables)
        result = subprocess.run([self.program.path, "slurm", *map(str, words)], env=environment, capture_output=True, text=True,
                                timeout=120)
        if code is not None:
            assert result.returncode == code, result.stdout + result.stderr
        return result

    @property
    def jobs(self):
        file = self.state / "jobs.json"
        return json.loads(file.read_text()) if file.exists() else []

    def live(self):
        return [job for job in self.jobs if job["state"] == "PENDING"]


@pytest.fixture
def slurm(program, tmp_path):
    return Slurm(program, tmp_path)


@pytest.fixture
def folder(program, tmp_path):
    """Ten shards, rendered for arrays of four: three arrays and the job that aggregates."""
    model = llama_checkpoint(tmp_path / "model", blocks=2)
    manifest = write_manifest(tmp_path / "job.yaml", [model], ["int:block=16"], shards={"count": 10})
    program("plan", manifest, "-o", tmp_path / "plan.json")
    program("slurm", "render", tmp_path / "plan.json", "-o", tmp_path / "d", "--set", "max_array_size=4")
    return tmp_path / "d"


def expect_whole(slurm):
    """Three arrays, released; one aggregating job behind all of them; nothing twice."""
    live = slurm.live()
    names = [job["name"] for job in live]
    assert len(names) == len(set(names)) == 4, names
    arrays = [job for job in live if ".aggregate." not in job["name"]]
    assert not any(job["held"] for job in arrays)
    aggregate = next(job for job in live if ".aggregate." in job["name"])
    assert aggregate["dependency"] == "afterany:" + ":".join(job["id"] for job in arrays)


def test_everything_once_and_again_nothing(slurm, folder):
    slurm("submit", folder)
    expect_whole(slurm)
    before = slurm.jobs
    result = slurm("submit", folder)
    assert slurm.jobs == before and "from before" in result.stdout
    assert before[0]["id"] in result.stdout


# Every call of every program, killed before and after it had its effect: all states between two lines of the journal.
STEPS = [(program, call, kind) for program, calls in (("scontrol", 4), ("sbatch", 4)) for call in range(1, calls + 1)
         for kind in ("kill-before", "kill-after")]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: "-".join(map(str, step)))
def test_killed_at_every_step(slurm, folder, step):
    result = slurm("submit", folder, fault=":".join(map(str, step)), code=None)
    assert result.returncode == -9
    slurm("submit", folder)
    expect_whole(slurm)
    assert len(slurm.jobs) == 4


def test_killed_while_it_looks_a_job_up(slurm, folder):
    slurm("submit", folder, fault="sbatch:2:kill-after", code=None)
    for kind in ("kill-before", "kill-after"):
        assert slurm("submit", folder, fault=f"squeue:1:{kind}", code=None).returncode == -9
    slurm("submit", folder)
    expect_whole(slurm)


@pytest.mark.parametrize("call", [1, 2, 4])
@pytest.mark.parametrize("kind", ["accept-then-time-out", "accept-silently"])
def test_accepted_without_an_answer(slurm, folder, call, kind):
    slurm("submit", folder, fault=f"sbatch:{call}:{kind}")
    expect_whole(slurm)
    assert len(slurm.jobs) == 4


def test_a_busy_controller_is_asked_again(slurm, folder):
    slurm("submit", folder, fault="sbatch:2:busy")
    expect_whole(slurm)


def test_patience_ends_and_nothing_is_lost(slurm, folder):
    result = slurm("submit", folder, "--patience", 2, fault="sbatch:*:busy", code=74)
    assert "submit again" in result.stderr
    assert not slurm.jobs
    slurm("submit", folder)
    expect_whole(slurm)


def test_a_queue_that_cannot_be_asked_stops_a_second_submission(slurm, folder):
    slurm("submit", folder, fault="sbatch:2:kill-after", code=None)
    slurm("submit", folder, "--patience", 2, fault="squeue:*:busy", code=74)
    assert len(slurm.jobs) == 2
    slurm("submit", folder)
    expect_whole(slurm)


def test_refused_means_all_are_taken_back(slurm, folder):
    result = slurm("submit", folder, fault="sbatch:3:refuse", code=64)
    assert "Invalid account" in result.stderr and "taken back" in result.stderr
    assert len(slurm.jobs) == 2 and not slurm.live()
    slurm("submit", folder)
    expect_whole(slurm)


def test_asking_first_says_by_its_code_what_is_refused(slurm, folder):
    assert "a1: refused: " in slurm("submit", folder, "--test-only", fault="sbatch:2:refuse", code=64).stdout
    assert not (folder / "journal.jsonl").exists()


def test_cancel_wants_a_rendered_sweep(slurm, tmp_path):
    (tmp_path / "empty").mkdir()
    assert "no rendered sweep" in slurm("cancel", tmp_path / "empty", code=64).stderr
    assert "there is no folder" in slurm("cancel", tmp_path / "none", code=74).stderr


def test_forgotten_by_the_controller_but_started(slurm, folder):
    """Killed before the number was noted; the job ran, ended and was purged: started/TOKEN.JOB still knows it."""
    slurm("submit", folder, fault="sbatch:1:kill-after", code=None)
    jobs = slurm.jobs
    token = jobs[0]["name"].rsplit(".", 1)[1]
    jobs[0]["state"] = "GONE"
    (slurm.state / "jobs.json").write_text(json.dumps(jobs))
    (folder / "started" / f"{token}.{jobs[0]['id']}").touch()
    slurm("submit", folder)
    assert len(slurm.jobs) == 4


def test_an_identifier_with_a_cluster(slurm, folder):
    slurm("submit", folder, CLUSTERED="yes")
    expect_whole(slurm)


def test_smaller_arrays_than_rendered(slurm, folder):
    result = slurm("submit", folder, MAX_ARRAY="3")
    assert "cut anew" in result.stderr
    assert len(slurm.live()) == 5  # 3 + 3 + 3 + 1 and the aggregating job
    assert "--array=0-2" in (folder / "g0" / "a0.sh").read_text()


def test_asking_first_asks_for_what_would_be_submitted(slurm, folder):
    """Not for arrays that are larger than the cluster takes, which submit cuts anew."""
    result = slurm("submit", folder, "--test-only", MAX_ARRAY="3")
    assert "cut anew" in result.stderr and "--array=0-2" in (folder / "g0" / "a0.sh").read_text()
    assert [line.split(":")[0] for line in result.stdout.splitlines()] == ["a0", "a1", "a2", "a3", "aggregate"]
    assert not (folder / "journal.jsonl").exists()


@pytest.mark.parametrize("first", ["submit", "resume"])
def test_two_at_once_submit_once(slurm, folder, first):
    """While one asks for the cluster's limits another submits all; what the first is told then would be another cut."""
    other = json.dumps([str(slurm.program.path), "slurm", "submit", str(folder)])
    slurm(first, folder, fault="scontrol:1:meanwhile", MAX_JOBS="4", OTHER=other, OTHER_ENVIRONMENT='{"MAX_JOBS": "10000"}')
    arrays = [job["name"] for job in slurm.live() if ".aggregate." not in job["name"]]
    written = json.loads((folder / "g0" / "arrays.json").read_text())["arrays"]
    assert arrays == [array["job_name"] for array in written] and len(slurm.live()) == len(arrays) + 1
    assert (slurm.state / "other.code").read_text() == "64"


def test_few_jobs_mean_several_shards_a_task(slurm, folder):
    slurm("submit", folder, MAX_JOBS="4")
    arrays = json.loads((folder / "g0" / "arrays.json").read_text())["arrays"]
    assert sum(-(-10 // array["per_task"]) for array in arrays) <= 3 and arrays[0]["per_task"] == 4


def test_not_even_a_job_for_each_class_means_waves(slurm, program, tmp_path):
    """Two classes of memory, room for one array beside the aggregating job: the class with fewer shards waits for resume."""
    model = llama_checkpoint(tmp_path / "model")
    huge = llama_checkpoint(tmp_path / "huge", blocks=1, width=2048, inner=16)
    write_manifest(tmp_path / "w.yaml", [model, huge], ["int:block=16"], shards={"minutes": 0.001})
    program("plan", tmp_path / "w.yaml", "-o", tmp_path / "w.json")
    program("slurm", "render", tmp_path / "w.json", "-o", tmp_path / "w")
    classes = json.loads((tmp_path / "w" / "g0" / "arrays.json").read_text())["arrays"]
    assert len(classes) == 2, classes
    result = slurm("submit", tmp_path / "w", MAX_JOBS="2")
    assert "submits the next wave" in result.stderr
    assert len(slurm.live()) == 2
    first = json.loads((tmp_path / "w" / "g0" / "arrays.json").read_text())["arrays"]
    assert len(first) == 1 and first[0]["memory_per_rank"] == classes[1]["memory_per_rank"], "the four shards of the large matrices"
    for job in slurm.jobs:
        subprocess.run([tmp_path / "bin" / "scancel", job["id"]], env=slurm.environment, check=True)
    said = slurm("status", tmp_path / "w", "--json", code=75).stdout
    assert len(json.loads(said)["shards"]) > len(first)
    slurm("resume", tmp_path / "w", MAX_JOBS="10")
    second = json.loads((tmp_path / "w" / "g1" / "arrays.json").read_text())["arrays"]
    assert {array["memory_per_rank"] for array in second} == {array["memory_per_rank"] for array in classes}


def test_a_throttle_over_several_arrays_runs_them_one_after_another(slurm, program, tmp_path, folder):
    program("slurm", "render", tmp_path / "plan.json", "-o", tmp_path / "t", "--set", "max_array_size=4", "throttle=2")
    slurm("submit", tmp_path / "t")
    arrays = [job for job in slurm.live() if ".aggregate." not in job["name"]]
    assert arrays[0]["dependency"] is None
    assert [job["dependency"] for job in arrays[1:]] == [f"afterany:{job['id']}" for job in arrays[:-1]]
    assert "--array=0-3%2" in (tmp_path / "t" / "g0" / "a0.sh").read_text()


def test_status_and_cancel_by_token(slurm, folder):
    assert "nothing is submitted" in slurm("status", folder, code=75).stdout
    slurm("submit", folder)
    status = json.loads(slurm("status", folder, "--json", code=75).stdout)
    assert status["counts"] == {"waiting": 10}
    assert status["shards"][5]["job"] == slurm.jobs[1]["id"] + "_1"
    slurm("cancel", folder)
    assert not slurm.live()
    assert "was cancelled" in slurm("submit", folder, code=64).stderr
    assert "slurm resume" in slurm("status", folder, code=75).stdout
    slurm("resume", folder)
    assert len(slurm.live()) == 4 and all(".g1." in job["name"] for job in slurm.live())
    assert "nothing to submit" in slurm("resume", folder).stdout  # all of it waits


def test_an_interrupted_resume_is_gone_on_with(slurm, folder):
    slurm("submit", folder)
    slurm("cancel", folder)
    assert slurm("resume", folder, fault="sbatch:2:kill-after", code=None).returncode == -9
    slurm("resume", folder)
    names = [job["name"] for job in slurm.live()]
    assert len(names) == len(set(names)) == 4 and all(".g1." in name for name in names)


def test_a_resume_may_reuse_other_results(slurm, folder, tmp_path):
    slurm("submit", folder)
    slurm("cancel", folder)
    assert "is missing" in slurm("resume", folder, "--reuse", tmp_path / "none.h5", code=74).stderr
    earlier = tmp_path / "earlier results.h5"
    earlier.touch()  # read by the tasks only
    slurm("resume", folder, "--reuse", earlier)
    assert f"--reuse '{earlier}'" in (folder / "g1" / "a0.sh").read_text()
    assert "--reuse" not in (folder / "g0" / "a0.sh").read_text()


def test_a_shard_that_only_the_aggregate_found_damaged_is_submitted_again(slurm, folder, program, tmp_path):
    slurm("submit", folder)
    settings = json.loads(slurm("status", folder, "--json", code=75).stdout)
    result = Path(settings["result"])
    program("run", tmp_path / "plan.json", "-o", result)
    slurm("cancel", folder)
    result.unlink()
    shard = sorted(result.parent.glob(f"{result.name}.shards/*.h5"))[3]
    whole = shard.read_bytes()
    with h5py.File(shard) as file:
        offset = file["spectra/sigma"].id.get_offset()
    shard.write_bytes(whole[:offset + 3] + bytes([whole[offset + 3] ^ 1]) + whole[offset + 4:])
    program("aggregate", "-o", result, shard.parent, code=75)
    status = json.loads(slurm("status", folder, "--json", code=75).stdout)
    assert [row["shard"] for row in status["shards"] if row["state"] != "complete"] == [3]
    slurm("resume", folder)
    assert len([job for job in slurm.live() if ".g1." in job["name"] and ".aggregate." not in job["name"]]) == 1


def test_without_slurm_it_says_so(program, folder):
    environment = dict(program.environment, PATH="/nonexistent")
    result = subprocess.run([program.path, "slurm", "submit", str(folder)], env=environment, capture_output=True, text=True)
    assert result.returncode == 74 and "no Slurm" in result.stderr
    result = subprocess.run([program.path, "slurm", "status", str(folder)], env=environment, capture_output=True, text=True)
    assert result.returncode == 75 and "Slurm was not reached" in result.stdout


def test_a_second_plan_does_not_take_a_submitted_folder(slurm, program, tmp_path, folder):
    slurm("submit", folder)
    write_manifest(tmp_path / "other.yaml", [tmp_path / "model"], ["nvfp4"], shards={"count": 2})
    program("plan", tmp_path / "other.yaml", "-o", tmp_path / "other.json")
    assert "was submitted" in program("slurm", "render", tmp_path / "other.json", "-o", folder, code=64).stderr
    assert os.path.exists(Path(folder) / "g0" / "a0.sh")
