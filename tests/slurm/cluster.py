#!/usr/bin/env python3
"""usage: cluster.py start DIR | stop DIR

A private Slurm cluster in DIR for tests: its own munged, slurmctld and two slurmd on this host, on free ports, without
cgroups and without a database. `start` leaves a guard behind that owns the daemons and ends exactly those, when `stop` is
called or after half an hour. Exit 77, with the reason on stdout, where Slurm cannot start.
"""
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

CONFIGURATION = """
ClusterName=specsweep
SlurmctldHost=localhost
SlurmctldPort={controller}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CryptoType=crypto/munge
# A job that requeues itself starts again only when its credential has expired; two minutes by default.
AuthInfo=socket={folder}/munge.sock,cred_expire=5
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool/%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
ReturnToService=2
MpiDefault=none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/filetxt
JobCompLoc={folder}/jobcomp.txt
JobAcctGatherType=jobacct_gather/none
SchedulerParameters=sched_interval=2,batch_sched_delay=0
MaxArraySize=8
MinJobAge=2
KillWait=5
OverTimeLimit=0
InactiveLimit=0
NodeName=n[1-2] NodeHostname=localhost NodeAddr=127.0.0.1 Port=[{first}-{second}] CPUs=4 RealMemory=4000 State=UNKNOWN
PartitionName=main Nodes=n[1-2] Default=YES MaxTime=INFINITE State=UP
"""
DAEMONS = ("munged", "slurmctld", "slurmd-n1", "slurmd-n2")
GUARD_SECONDS = 1800


def missing_program():
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    for program in ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "mpirun"):
        if not shutil.which(program, path=path):
            return f"{program} is not installed (Debian: munge slurmctld slurmd slurm-client)"
    if os.geteuid() != 0:
        return "a private Slurm cluster needs root here"
    return None


def free_ports():
    """Two neighbours for the nodes and one for the controller."""
    for _ in range(100):
        first = secrets.randbelow(20000) + 30000
        sockets = []
        try:
            for port in (first, first + 1, first + 2):
                sockets.append(socket.socket())
                sockets[-1].bind(("127.0.0.1", port))
            return first, first + 1, first + 2
        except OSError:
            continue
        finally:
            for one in sockets:
                one.close()
    raise RuntimeError("no free ports")


def environment(folder):
    return dict(os.environ, SLURM_CONF=f"{folder}/slurm.conf", PATH=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def command_of(name, folder):
    if name == "munged":
        return ["munged", "-F", "--force", f"--key-file={folder}/munge.key", f"--socket={folder}/munge.sock",
                f"--pid-file={folder}/munged.pid", f"--log-file={folder}/munged.log", f"--seed-file={folder}/munged.seed"]
    if name == "slurmctld":
        return ["slurmctld", "-D", "-f", f"{folder}/slurm.conf"]
    return ["slurmd", "-D", "-N", name[len("slurmd-"):], "-f", f"{folder}/slurm.conf"]


def start_daemon(name, folder):
    """Its process number is kept in DIR/NAME.owned: nothing else is ever ended."""
    log = open(f"{folder}/{name}.out", "ab")
    process = subprocess.Popen(command_of(name, folder), env=environment(folder), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                               start_new_session=True)
    Path(f"{folder}/{name}.owned").write_text(str(process.pid))
    return process


def is_ours(pid, folder):
    try:
        return str(folder).encode() in Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return False


def stop_daemon(name, folder, how=signal.SIGTERM):
    file = Path(f"{folder}/{name}.owned")
    if not file.exists():
        return
    pid = int(file.read_text())
    file.unlink()
    for number in (how, signal.SIGKILL):
        if not is_ours(pid, folder):
            return
        os.kill(pid, number)
        for _ in range(100):
            if not is_ours(pid, folder):
                return
            time.sleep(0.05)


def write_files(folder):
    for name in ("state", "spool/n1", "spool/n2"):
        (folder / name).mkdir(parents=True)
    folder.chmod(0o755)
    key = folder / "munge.key"
    key.write_bytes(secrets.token_bytes(1024))
    key.chmod(0o400)
    first, second, controller = free_ports()
    (folder / "slurm.conf").write_text(CONFIGURATION.format(folder=folder, first=first, second=second, controller=controller))


def wait_until_idle(folder):
    deadline = time.monotonic() + 40
    states = ""
    while time.monotonic() < deadline:
        answer = subprocess.run(["sinfo", "-h", "-N", "-o", "%T"], env=environment(folder), capture_output=True, text=True, timeout=30)
        states = answer.stdout.split() or answer.stderr.strip()
        if states == ["idle", "idle"]:
            return None
        time.sleep(0.5)
    return f"the nodes do not become idle: {states}"


def guard(folder):
    def reap(*_):
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            pass

    signal.signal(signal.SIGCHLD, reap)
    signal.signal(signal.SIGTERM, lambda *_: (folder / "stop").touch())
    write_files(folder)
    start_daemon("munged", folder)
    for _ in range(100):
        if (folder / "munge.sock").exists():
            break
        time.sleep(0.1)
    for name in DAEMONS[1:]:
        start_daemon(name, folder)
    problem = wait_until_idle(folder)
    (folder / ("failed" if problem else "ready")).write_text(problem or "")
    deadline = time.monotonic() + GUARD_SECONDS
    while not problem and not (folder / "stop").exists() and time.monotonic() < deadline:
        time.sleep(0.2)
    for name in reversed(DAEMONS):
        stop_daemon(name, folder)
    (folder / "stopped").touch()


def wait_for(files, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for file in files:
            if file.exists():
                return file
        time.sleep(0.1)
    return None


def start(folder):
    if folder.exists():
        stop(folder)
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    problem = missing_program()
    if problem is None:
        subprocess.Popen([sys.executable, __file__, "guard", str(folder)], stdin=subprocess.DEVNULL,
                         stdout=open(folder / "guard.out", "ab"), stderr=subprocess.STDOUT, start_new_session=True)
        found = wait_for([folder / "ready", folder / "failed"], 90)
        problem = None if found == folder / "ready" else found.read_text() if found else "the daemons do not come up"
    if problem:
        (folder / "skipped").write_text(problem)
        print(f"SKIPPED: no private Slurm cluster: {problem}")
        return 77
    return 0


def stop(folder):
    if not folder.exists() or not (folder / "guard.out").exists():
        return 0
    (folder / "stop").touch()
    return 0 if wait_for([folder / "stopped"], 60) else 1


def main():
    words = {"start": start, "stop": stop, "guard": guard}
    if len(sys.argv) != 3 or sys.argv[1] not in words:
        sys.exit(__doc__)
    sys.exit(words[sys.argv[1]](Path(sys.argv[2]).resolve()))


if __name__ == "__main__":
    main()
