"""A Slurm of one's own on this machine: munge, a controller and several nodes as child processes, on loopback and on
ports of their own, with all their state in one folder. As root or as any user. Nothing outlives the test: daemons die
with it, and a watch (this file as a program) kills what its jobs started when the test has ended, however it did."""
import contextlib
import ctypes
import getpass
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch")
SEARCH_PATH = os.environ["PATH"] + ":/usr/sbin:/sbin"

# Loopback only; no cgroups, accounting or mail. TmpFS apart for each node: srun's PMIx files would collide. A requeued
# job has to wait until its munge credential is dead, some 6 s here and two minutes by default.
CONFIGURATION = """
ClusterName=flatsweep
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket,cred_expire=6
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool.%n
TmpFS={folder}/tmp.%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.%n.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/backfill
SchedulerParameters=bf_interval=1,sched_interval=1,sched_min_interval=100000
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
JobCompType=jobcomp/none
ReturnToService=2
SlurmdParameters=config_overrides
SlurmdTimeout=10
KillWait=5
MinJobAge=3600
MailProg=/bin/true
{nodes}
PartitionName=all Nodes=ALL Default=YES DefaultTime=10 State=UP
"""


def free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def die_with_parent():
    """In a child: the end of this test, however it comes, is its end."""
    set_parent_death_signal = 1
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)


def kill(pid):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def process_status(pid, key):
    with contextlib.suppress(OSError):
        return re.search(rf"(?m)^{key}:\s*(.*)$", pathlib.Path(f"/proc/{pid}/status").read_text())[1]
    return ""  # gone by now


def processes(folder):
    """What was started in the cluster of this folder, as pairs of process id and environment."""
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            variables = (process / "environ").read_bytes().decode(errors="replace").split("\0")
            if f"SLURM_CONF={folder}/slurm.conf" in variables:
                yield int(process.name), variables


class Cluster:
    """Nodes n1, n2, ... of one CPU each. `environment` is that of its commands."""

    def __init__(self, folder, nodes, environment):
        self.folder = pathlib.Path(folder)
        self.nodes = [f"n{number}" for number in range(1, nodes + 1)]
        self.environment = environment | {"PATH": SEARCH_PATH, "SLURM_CONF": str(self.folder / "slurm.conf")}
        self.daemons = []

    @staticmethod
    def missing_programs():
        return [name for name in PROGRAMS if not shutil.which(name, path=SEARCH_PATH)]

    def start(self):
        for name in ("state", "munge", *(f"{kind}.{node}" for kind in ("spool", "tmp") for node in self.nodes)):
            (self.folder / name).mkdir()
        self.folder.chmod(0o755)
        self.write_configuration()
        # Forked off, so that it is no descendant of the test, which may be killed with all of these.
        self.watch = subprocess.Popen(["setsid", "--fork", sys.executable, __file__, str(self.folder)],
                                      stdin=subprocess.PIPE)
        munge = self.folder / "munge"
        (munge / "key").write_bytes(os.urandom(128))
        (munge / "key").chmod(0o600)
        self.daemon("munged", "--foreground", "--force", f"--socket={munge}/socket", f"--key-file={munge}/key",
                    f"--pid-file={munge}/pid", f"--log-file={munge}/log", f"--seed-file={munge}/seed")
        self.wait_until((munge / "socket").exists, "munge has no socket")
        self.daemon("slurmctld", "-D")
        for node in self.nodes:
            self.start_node(node)
        self.wait_until_idle()

    def wait_until_idle(self):
        # Newer versions fail as long as the controller does not listen yet.
        self.wait_until(lambda: self.command("sinfo", "-h", "-N", "-o", "%t", check=False).split() == ["idle"] * len(self.nodes),
                        "the nodes are not all idle")

    def write_configuration(self):
        host = socket.gethostname().split(".")[0]
        controller, *ports = free_ports(1 + len(self.nodes))
        nodes = "\n".join(f"NodeName={node} NodeAddr=127.0.0.1 NodeHostname={host} Port={port} CPUs=1 State=UNKNOWN"
                          for node, port in zip(self.nodes, ports))
        (self.folder / "slurm.conf").write_text(CONFIGURATION.format(
            host=host, ports=[controller], user=getpass.getuser(), folder=self.folder, nodes=nodes))
        # Later versions insist on cgroups, which a container may lack, unless told so in words that earlier ones refuse.
        version = re.search(r"(\d+)\.(\d+)", self.command("slurmd", "-V"))
        if (int(version[1]), int(version[2])) >= (23, 11):
            (self.folder / "cgroup.conf").write_text("CgroupPlugin=disabled\n")

    def daemon(self, *words, name=None):
        with open(self.folder / f"{name or words[0]}.log", "wb") as log:
            self.daemons.append(subprocess.Popen(words, env=self.environment, stdin=subprocess.DEVNULL, stdout=log,
                                                 stderr=log, preexec_fn=die_with_parent))

    def end_jobs(self):
        self.command("scancel", "--user", getpass.getuser())
        self.wait_until(lambda: not self.command("squeue", "-h"), "jobs do not end", seconds=30)

    def stop(self):
        """Ends all jobs, then all daemons, then what is left of either."""
        with contextlib.suppress(subprocess.SubprocessError, RuntimeError):
            self.end_jobs()
        for daemon in reversed(self.daemons):
            daemon.terminate()
        for daemon in reversed(self.daemons):
            with contextlib.suppress(subprocess.TimeoutExpired):
                daemon.wait(5)
            daemon.kill()
            daemon.wait()
        self.watch.stdin.close()
        self.wait_until(lambda: not any(processes(self.folder)), "processes are left")

    def start_node(self, node):
        self.daemon("slurmd", "-D", "-N", node, name=node)

    def kill_node(self, node):
        """As a power cut does: the node's daemon and all that runs there."""
        there = {pid for pid, variables in processes(self.folder) if f"SLURMD_NODENAME={node}" in variables}
        parents = {int(process_status(pid, "PPid") or 0) for pid in there}
        there |= {pid for pid in parents if process_status(pid, "Name") == "slurmstepd"}
        there |= {daemon.pid for daemon in self.daemons if daemon.args[-2:] == ("-N", node)}
        for pid in there:
            kill(pid)

    def command(self, *words, check=True, cwd=None):
        done = subprocess.run([str(word) for word in words], env=self.environment, cwd=cwd, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60, check=False)
        if check and done.returncode != 0:
            raise RuntimeError(f"{' '.join(done.args)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout.strip()

    def wait_until(self, condition, trouble, seconds=60):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise RuntimeError(f"{trouble} after {seconds} s\n{self.logs()}")
            time.sleep(0.1)

    def logs(self):
        return "".join(f"{log}:\n{log.read_text(errors='replace')[-2000:]}\n" for log in sorted(self.folder.glob("*.log")))

    def jobs(self):
        """Every job it has seen, by its id (12, or 12_3 of an array): its fields as scontrol names them."""
        jobs = {}
        for line in self.command("scontrol", "show", "jobs", "-o", "--all").splitlines():
            fields = dict(re.findall(r"(\S+?)=(\S*)", line))
            task = fields.get("ArrayTaskId")
            jobs[f"{fields['ArrayJobId']}_{task}" if task else fields["JobId"]] = fields
        return jobs


if __name__ == "__main__":
    sys.stdin.read()  # until the test has ended
    while left := [pid for pid, _ in processes(sys.argv[1])]:
        for each in left:
            kill(each)
        time.sleep(0.1)
    shutil.rmtree(sys.argv[1], ignore_errors=True)
