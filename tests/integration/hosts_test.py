#!/usr/bin/python3
"""One sweep over three hosts that only a network connects: network namespaces with host names of their own. One is
cut off in mid-run; the same command on the others completes the sweep."""
import os
import pathlib
import signal
import subprocess
import unittest

import h5py

from support import ENVIRONMENT, EVERYTHING_DONE, LONG, MPIRUN, QUICK, ProgramTest, command

JOB = ["run", QUICK, "--grid.d=30", f"--grid.seed=0..{99 if LONG else 29}", "--quiet"]
# Open MPI notices within seconds that a host is gone; by default it takes minutes.
KEEPALIVE = {f"{launcher}_MCA_oob_tcp_keepalive_{name}": seconds for launcher in ("OMPI", "PRTE")
             for name, seconds in (("time", "2"), ("intvl", "1"), ("probes", "2"))}
AGENT = """#!/bin/bash
# as ssh: HOST COMMAND...
while [ "${1#-}" != "$1" ]; do shift; done
host=$1; shift
exec ip netns exec "$host" unshare --uts /bin/bash -c 'hostname "$0"; eval "$@"' "$host" "$*"
"""


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)


class Hosts(ProgramTest):
    def setUp(self):
        super().setUp()
        self.names = [f"fs{os.getpid()}h{number}" for number in (1, 2, 3)]
        self.bridge = f"fs{os.getpid()}b"
        self.addCleanup(self.take_down)
        try:
            self.set_up_hosts()
            subprocess.run(["unshare", "--uts", "true"], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as trouble:
            self.skipTest(f"no network namespaces here: {getattr(trouble, 'stderr', '') or trouble}")

    def set_up_hosts(self):
        ip("netns", "add", self.bridge)
        ip("-n", self.bridge, "link", "add", "br0", "type", "bridge")
        ip("-n", self.bridge, "link", "set", "br0", "up")
        addresses = "127.0.0.1 localhost\n" + "".join(f"10.77.0.{i} {name}\n" for i, name in enumerate(self.names, 1))
        for number, name in enumerate(self.names, 1):
            ip("netns", "add", name)
            ip("-n", name, "link", "set", "lo", "up")
            ip("-n", self.bridge, "link", "add", f"v{number}", "type", "veth", "peer", "name", "eth0", "netns", name)
            ip("-n", self.bridge, "link", "set", f"v{number}", "master", "br0", "up")
            ip("-n", name, "addr", "add", f"10.77.0.{number}/24", "dev", "eth0")
            ip("-n", name, "link", "set", "eth0", "up")
            folder = pathlib.Path("/etc/netns") / name
            folder.mkdir(parents=True)
            (folder / "hosts").write_text(addresses)
        agent = self.folder / "agent.sh"
        agent.write_text(AGENT)
        agent.chmod(0o755)
        self.environment = ENVIRONMENT | KEEPALIVE | {
            "OMPI_MCA_plm": "rsh", "OMPI_MCA_plm_rsh_agent": str(agent), "OMPI_MCA_oob_tcp_if_include": "eth0",
            "PRTE_MCA_plm": "ssh", "PRTE_MCA_plm_ssh_agent": str(agent), "PRTE_MCA_prte_if_include": "eth0",
            "OMPI_MCA_btl_tcp_if_include": "eth0", "OMPI_MCA_btl": "self,vader,tcp"}

    def take_down(self):
        for name in [*self.names, self.bridge]:
            pids = subprocess.run(["ip", "netns", "pids", name], capture_output=True, text=True, check=False).stdout
            for pid in pids.split():
                os.kill(int(pid), signal.SIGKILL)
            subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)
            folder = pathlib.Path("/etc/netns") / name
            (folder / "hosts").unlink(missing_ok=True)
            if folder.exists():
                folder.rmdir()

    def start_on(self, hosts, file):
        """A rank on the first host, two on each of the others."""
        slots = self.folder / "hosts.txt"
        slots.write_text("".join(f"{name} slots={1 if name == self.names[0] else 2}\n" for name in hosts))
        mpirun = [*MPIRUN, "--hostfile", slots, "-n", 2 * len(hosts) - 1, *command(*JOB, "-o", self.folder / file)]
        process = subprocess.Popen([self.folder / "agent.sh", self.names[0], *map(str, mpirun)], cwd=self.folder,
                                   env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True)
        self.addCleanup(lambda: (process.kill(), process.communicate()))
        return process

    def test_a_host_that_is_cut_off_costs_only_time(self):
        process = self.start_on(self.names, "cut.h5")
        self.wait_for_rows("cut.h5", rows=20)
        ip("-n", self.bridge, "link", "set", "v3", "down")
        self.assertNotEqual(process.wait(60), EVERYTHING_DONE)
        rows, size = self.rows_of("cut.h5")
        self.assertLess(rows, size, "the sweep is too short")
        print(f"cut off at {rows} of {size} rows: exit code {process.returncode}", flush=True)

        again = self.start_on(self.names[:2], "cut.h5")
        self.assertEqual(again.wait(300), EVERYTHING_DONE, again.stderr.read())
        with h5py.File(self.folder / "cut.h5") as opened:
            hosts = [text.tobytes().rstrip(b"\0").decode() for text in opened["runs/hosts"][:2]]
        first, second, third = self.names
        self.assertEqual(hosts, [f"{first}*1 {second}*2 {third}*2", f"{first}*1 {second}*2"])
        self.flatsweep(*JOB, "-o", "whole.h5", timeout=1200)
        self.assert_same_results("whole.h5", "cut.h5")


if __name__ == "__main__":
    unittest.main(verbosity=2)
