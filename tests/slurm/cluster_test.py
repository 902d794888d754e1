"""The program against a real slurmctld with two slurmd (cluster.py): what users do, and what happens to them.

The cluster has MaxArraySize=8, forgets jobs after seconds (MinJobAge=2) and has no database. A sweep that lasts is a small
one whose writes are slowed down (slow_writes.cpp): it needs time, but no processor.
"""
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import SOURCE, llama_checkpoint, write_manifest

sys.path.insert(0, str(SOURCE / "tests" / "slurm"))
import cluster as daemons  # noqa: E402

PLACE = Path(os.environ.get("SPECSWEEP_SLURM_CLUSTER", "/nonexistent"))
LIMIT = 150  # seconds that anything may take


def why_not():
    if (PLACE / "skipped").exists():
        return "no private Slurm cluster: " + (PLACE / "skipped").read_text()
    return None if (PLACE / "ready").exists() else "no private Slurm cluster was started"


pytestmark = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))


class Slurm:
    """`specsweep slurm …` and Slurm's own programs on the private cluster."""

    def __init__(self, program):
        self.program = program
        self.environment = daemons.environment(PLACE) | program.environment
        self.environment["PATH"] = daemons.environment(PLACE)["PATH"]

    def run(self, *command, code=0, **options):
        result = subprocess.run([str(word) for word in command], env=self.environment, capture_output=True, text=True,
                                timeout=LIMIT, **options)
        if code is not None:
            assert result.returncode == code, f"{command}: exit {result.returncode}\n{result.stdout[-3000:]}{result.stderr[-3000:]}"
        return result

    def __call__(self, *words, **options):
        return self.run(self.program.path, "slurm", *words, **options)

    def status(self, folder):
        result = self("status", folder, "--json", code=None)
        assert result.returncode in (0, 3, 75), result.stderr
        return json.loads(result.stdout)

    def queue(self):
        return self.run("squeue", "-r", "-h", "-o", "%i|%T|%j|%N").stdout.splitlines()

    def jobs_of(self, folder, generation=0):
        arrays = json.loads((folder / f"g{generation}" / "arrays.json").read_text())
        return {array["job_name"] for array in arrays["arrays"]}


def until(condition, what, seconds=LIMIT, pause=0.5):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(pause)
    raise AssertionError(f"not within {seconds} s: {what}")


@pytest.fixture
def slurm(program):
    one = Slurm(program)
    yield one
    def left():
        return {line.split("_")[0].split("|")[0] for line in one.queue() if not line.split("|")[2].startswith("limit.")}

    for job in left():  # whatever a test has left, but not the sweep that began before all of them
        one.run("scancel", job, code=None)
    until(lambda: not left(), "an empty queue", 60)




def make_plan(program, folder, shards, name="job", **more):
    """A small model; 15 matrices, one quantizer each."""
    model = llama_checkpoint(folder / "model", blocks=2)
    manifest = write_manifest(folder / f"{name}.yaml", [model], ["int:block=16"], shards={"count": shards}, **more)
    program("plan", manifest, "-o", folder / "plan.json")
    return folder / "plan.json"


def one_rank(*sets):
    return ["--profile", "local-test", "--set", "nodes=1", "ranks=1", *sets]


def slow_program(folder, program, milliseconds):
    """specsweep with writes that take longer."""
    file = folder / "slow-specsweep"
    file.write_text(f"#!/bin/bash\nexport LD_PRELOAD={os.environ['SPECSWEEP_SLOW_WRITES']} SLOW_WRITES_MS={milliseconds}\n"
                    f"exec {program.path} \"$@\"\n")
    file.chmod(0o755)
    return file


def laptop(program, folder, plan):
    """The same plan without Slurm: the bytes that every other way must give."""
    program("run", plan, "-o", folder / "laptop.h5", "--no-table")
    return (folder / "laptop.h5").read_bytes()


def wait_for_aggregate(slurm, folder, seconds=LIMIT):
    return until(lambda: (found := slurm.status(folder))["aggregate_complete"] and found, f"the aggregate of {folder}", seconds, 1)


# The sweep that runs into its time limit takes minutes, most of them waiting: it begins before all other tests.
@pytest.fixture(scope="session", autouse=True)
def timed_out(tmp_path_factory):
    if why_not() is not None:
        return None
    conftest = sys.modules["conftest"]
    folder = tmp_path_factory.mktemp("limit")
    program = conftest.Program(folder / "cache")
    slurm = Slurm(program)
    plan = make_plan(program, folder, 1, "limit")
    slurm("submit", plan, *one_rank("time=1", "signal_seconds=15", "max_requeues=40", f"program={slow_program(folder, program, 70)}"),
          "-o", folder / "d")
    return slurm, folder, plan


def test_quickstart_on_two_nodes_gives_the_bytes_of_a_laptop(slurm, program, tmp_path):
    quickstart = tmp_path / "quickstart.yaml"
    quickstart.write_text((SOURCE / "jobs" / "quickstart.yaml").read_text().replace("../examples", str(SOURCE / "examples"))
                          .replace("name: quickstart", "name: quickstart\nshards: {count: 2}"))
    program("plan", quickstart, "-o", tmp_path / "plan.json")
    folder = tmp_path / "d"
    slurm("submit", tmp_path / "plan.json", "--profile", "local-test", "-o", folder)
    status = wait_for_aggregate(slurm, folder)
    assert status["counts"] == {"complete": 2}
    program("run", SOURCE / "jobs" / "quickstart.yaml", "-o", tmp_path / "laptop.h5", "--no-table", ranks=2)
    assert (folder / "quickstart.h5").read_bytes() == (tmp_path / "laptop.h5").read_bytes()
    import h5py
    with h5py.File(folder / "quickstart.h5.shards" / "shard-0000.h5") as file:
        run = json.loads(bytes(file["/provenance/runs"][0]).rstrip(b"\0"))
    assert run["ranks"] == 2 and run["slurm"]["SLURM_JOB_NODELIST"] == "n[1-2]"


def test_a_matrix_for_a_group_of_ranks_is_computed_on_two_nodes(slurm, program, tmp_path):
    """A 1000² matrix needs more than the memory of a rank: its shard asks for two, which are on two nodes here."""
    model = llama_checkpoint(tmp_path / "model", blocks=1, width=1000, inner=64)
    manifest = write_manifest(tmp_path / "job.yaml", [model], ["int:block=32"],
                              matrices={"roles": ["attention_query", "mlp_down"]}, shards={"minutes": 30})
    program("plan", manifest, "--memory-per-rank", "114MB", "-o", tmp_path / "plan.json")
    folder = tmp_path / "d"
    slurm("submit", tmp_path / "plan.json", "--profile", "local-test", "-o", folder)
    status = wait_for_aggregate(slurm, folder)
    assert status["counts"] == {"complete": 2}, "the group's matrix has a shard of its own"
    program("run", tmp_path / "plan.json", "-o", tmp_path / "laptop.h5", "--no-table", ranks=2)
    assert (folder / "job.h5").read_bytes() == (tmp_path / "laptop.h5").read_bytes()
    import h5py
    with h5py.File(folder / "job.h5") as file:
        methods = {text.decode() for text in file["/units/method"][:]}
    assert "gram-band" in methods, methods
    nodes = set()
    for shard in sorted((folder / "job.h5.shards").glob("shard-*.h5")):
        with h5py.File(shard) as file:
            run = json.loads(bytes(file["/provenance/runs"][0]).rstrip(b"\0"))
        nodes.add((run["ranks"], run["slurm"]["SLURM_JOB_NODELIST"]))
    assert (2, "n[1-2]") in nodes, nodes


def test_twenty_shards_where_arrays_hold_eight(slurm, program, tmp_path):
    model = llama_checkpoint(tmp_path / "model", blocks=3)
    manifest = write_manifest(tmp_path / "job.yaml", [model], ["int:block=16"], shards={"count": 20})
    program("plan", manifest, "-o", tmp_path / "plan.json")
    folder = tmp_path / "d"
    result = slurm("submit", tmp_path / "plan.json", *one_rank(), "-o", folder)
    assert "cut anew" in result.stderr
    assert [line.split()[3] for line in result.stdout.splitlines()[:3]] == ["8", "8", "4"]
    status = wait_for_aggregate(slurm, folder)
    assert status["counts"] == {"complete": 20}
    assert (folder / "job.h5").read_bytes() == laptop(program, tmp_path, tmp_path / "plan.json")
    for shard in range(20):  # each once
        assert len((folder / "attempts" / f"shard-{shard:04d}").read_text().splitlines()) == 2


def test_a_throttle_holds_over_all_arrays(slurm, program, tmp_path):
    plan = make_plan(program, tmp_path, 10)
    folder = tmp_path / "d"
    slurm("submit", plan, *one_rank("throttle=1", "max_array_size=5", f"program={slow_program(tmp_path, program, 10)}"), "-o", folder)
    names = slurm.jobs_of(folder)
    most = 0

    def over():
        nonlocal most
        running = [line for line in slurm.queue() if line.split("|")[1] == "RUNNING" and line.split("|")[2] in names]
        most = max(most, len(running))
        return slurm.status(folder)["aggregate_complete"]

    until(over, "the end", pause=0.3)
    assert most == 1


def test_a_task_is_cancelled_and_resumed(slurm, program, tmp_path):
    plan = make_plan(program, tmp_path, 3)
    folder = tmp_path / "d"
    slurm("submit", plan, *one_rank(f"program={slow_program(tmp_path, program, 20)}"), "-o", folder)
    job = next(line.split("|")[0].split("_")[0] for line in slurm.queue() if ".g0.a0." in line and line.split("|")[2] in slurm.jobs_of(folder))
    until(lambda: any(line.startswith(f"{job}_1|RUNNING") for line in slurm.queue()), "task 1 runs")
    slurm.run("scancel", f"{job}_1")
    until(lambda: not [line for line in slurm.queue() if line.split("|")[2] in slurm.jobs_of(folder)], "the array ends")
    status = slurm.status(folder)
    assert status["counts"].get("complete") == 2, status["counts"]
    assert status["shards"][1]["state"] in ("cancelled", "lost"), status["shards"][1]
    assert "resume" in status["next"]
    result = slurm("resume", folder)
    assert result.stdout.splitlines()[0].split()[3] == "1"
    wait_for_aggregate(slurm, folder)
    assert (folder / "job.h5").read_bytes() == laptop(program, tmp_path, plan)
    assert "nothing to submit" in slurm("resume", folder).stdout


def test_a_step_is_killed(slurm, program, tmp_path):
    """kill -9 of the ranks of a running task: the task fails, its finished units stay, resume computes the rest."""
    plan = make_plan(program, tmp_path, 1)
    folder = tmp_path / "d"
    slurm("submit", plan, *one_rank(f"program={slow_program(tmp_path, program, 20)}"), "-o", folder)
    shard = folder / "job.h5.shards" / "shard-0000.h5"

    def ranks():
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if words[0] == program.path.encode() and str(plan).encode() in words:
                found.append(int(entry.name))
        return found

    until(lambda: shard.exists() and slurm.status(folder)["units"]["done"] >= 3, "a few units are done")
    for pid in ranks():
        os.kill(pid, signal.SIGKILL)
    until(lambda: not [line for line in slurm.queue() if line.split("|")[2] in slurm.jobs_of(folder)], "the task ends")
    status = slurm.status(folder)
    assert status["shards"][0]["state"] in ("failed", "out-of-memory"), status["shards"][0]
    done = status["units"]["done"]
    assert 3 <= done < 30
    slurm("resume", folder)
    wait_for_aggregate(slurm, folder)
    assert (folder / "job.h5").read_bytes() == laptop(program, tmp_path, plan)
    outcome = json.loads((folder / "outcomes" / "shard-0000.json").read_text())
    assert outcome["computed"] <= 30 - done


def test_the_controller_stops_during_submit(slurm, program, tmp_path):
    plan = make_plan(program, tmp_path, 10)
    folder = tmp_path / "d"
    slurm("render", plan, *one_rank("max_array_size=2"), "-o", folder)
    process = subprocess.Popen([program.path, "slurm", "submit", str(folder)], env=slurm.environment, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    until(lambda: (folder / "journal.jsonl").exists() and "accepted" in (folder / "journal.jsonl").read_text(), "a first array", 30, 0.005)
    daemons.stop_daemon("slurmctld", PLACE)
    time.sleep(3)
    daemons.start_daemon("slurmctld", PLACE)
    out, err = process.communicate(timeout=LIMIT)
    assert process.returncode == 0, out + err
    names = [json.loads(line)["job_name"] for line in (folder / "journal.jsonl").read_text().splitlines()
             if json.loads(line)["event"] == "intent"]
    assert len(names) == 6 and len(set(names)) == 6
    wait_for_aggregate(slurm, folder)
    for shard in range(10):
        assert len((folder / "attempts" / f"shard-{shard:04d}").read_text().splitlines()) == 2
    assert (folder / "job.h5").read_bytes() == laptop(program, tmp_path, plan)


def test_records_are_purged_before_anybody_looks(slurm, program, tmp_path):
    plan = make_plan(program, tmp_path, 2)
    folder = tmp_path / "d"
    slurm("submit", plan, *one_rank("aggregate=false", f"program={tmp_path / 'broken'}"), "-o", folder)  # no such program
    names = slurm.jobs_of(folder)
    until(lambda: not [line for line in slurm.queue() if line.split("|")[2] in names], "the tasks fail", 60)
    until(lambda: not slurm.run("squeue", "-h", "--states=all", "--name=" + ",".join(names), "-o", "%i").stdout.strip(), "the purge", 120, 2)
    record = PLACE / "jobcomp.txt"
    kept = record.read_bytes()
    try:
        status = slurm.status(folder)
        assert status["history"] == "jobcomp" and status["counts"] == {"failed": 2}
        record.write_bytes(b"")
        status = slurm.status(folder)  # nobody knows anything any more but the record of attempts
        assert status["counts"] == {"failed": 2} and "resume" in status["next"]
    finally:
        record.write_bytes(kept)
    # Submitted by hand, with the program in place: the same script does the rest.
    (tmp_path / "broken").symlink_to(program.path)
    slurm.run("sbatch", folder / "g0" / "a0.sh")
    until(lambda: slurm.status(folder)["counts"] == {"complete": 2}, "the script submitted by hand")
    assert "aggregate" in slurm.status(folder)["next"]


def test_a_node_goes_down(slurm, program, tmp_path):
    plan = make_plan(program, tmp_path, 2)
    folder = tmp_path / "d"
    slurm("submit", plan, *one_rank("requeue=false", "exclude_nodes=n1", f"program={slow_program(tmp_path, program, 20)}"), "-o", folder)
    try:
        until(lambda: any("|RUNNING|" in line and line.endswith("|n2") and line.split("|")[2] in slurm.jobs_of(folder) for line in slurm.queue()), "a task on n2")
        slurm.run("scontrol", "update", "NodeName=n2", "State=DOWN", "Reason=test")
        until(lambda: not [line for line in slurm.queue() if line.split("|")[2] in slurm.jobs_of(folder)], "the tasks end")
        status = slurm.status(folder)
        assert "node-fail" in status["counts"], status["counts"]
        # Only n1 is left, which the profile of this test keeps out: take that back.
        settings = json.loads((folder / "sweep.json").read_text())
        del settings["profile"]["exclude_nodes"]
        (folder / "sweep.json").write_text(json.dumps(settings))
        result = slurm("resume", folder)
        assert "not on n2" in result.stderr
        assert "--exclude=n2" in (folder / "g1" / "a0.sh").read_text()
        wait_for_aggregate(slurm, folder)
    finally:
        slurm.run("scontrol", "update", "NodeName=n2", "State=RESUME", code=None)
    assert (folder / "job.h5").read_bytes() == laptop(program, tmp_path, plan)


def test_the_controller_takes_every_script(slurm, program, tmp_path):
    plan = make_plan(program, tmp_path, 2)
    result = slurm("submit", plan, *one_rank(), "-o", tmp_path / "d", "--test-only")
    assert "to start at" in result.stdout and "refused" not in result.stdout
    refused = slurm("submit", plan, *one_rank("partition=nowhere"), "-o", tmp_path / "r", "--test-only", code=64)
    assert "refused" in refused.stdout
    assert "taken back" in slurm("submit", tmp_path / "r", code=64).stderr
    assert not (tmp_path / "d" / "journal.jsonl").exists()


def test_the_doctor_writes_a_profile_that_works(slurm, program, tmp_path):
    result = slurm("doctor", "--profile", "local-test", "--folder", tmp_path, "-o", tmp_path / "here.yaml")
    assert "parallel HDF5" in result.stdout and "jobcomp" in result.stdout and "at most 8 tasks" in result.stdout
    plan = make_plan(program, tmp_path, 1)
    slurm("render", plan, "--profile", tmp_path / "here.yaml", "-o", tmp_path / "r", "--set", "ranks=1", "nodes=1")
    assert "--partition=main" in (tmp_path / "r" / "g0" / "a0.sh").read_text()


def test_a_time_limit_is_survived(slurm, program, timed_out):
    """One minute is not enough: the task stops in order, puts itself back into the queue, and comes to the end."""
    _, folder, plan = timed_out
    wait_for_aggregate(slurm, folder / "d", 200)
    attempts = (folder / "d" / "attempts" / "shard-0000").read_text().splitlines()
    ends = [line.split()[-1] for line in attempts if line.startswith("end")]
    assert "75" in ends and ends[-1] == "0", attempts
    restarts = [int(line.split()[3]) for line in attempts if line.startswith("begin")]
    assert restarts == list(range(len(restarts))) and len(restarts) >= 2
    assert len({line.split()[2] for line in attempts}) == 1  # one job, one task
    assert (folder / "d" / "limit.h5").read_bytes() == laptop(program, folder, plan)
