#!/usr/bin/env python3
"""Measures how long it takes to find the cluster's DNS, with few and with many processes on the machine.

usage: discovery.py RESOLVER

Runs in separate PID and mount namespaces, with its own /run and control groups, so that only the processes that it
starts exist there, and nothing outside changes.
"""

import os
import pathlib
import subprocess
import sys
import time

import mounts
from table import milliseconds, percentile, print_table

PROCESSES = [20, 3000]
RUNS = 300
HERE = pathlib.Path(__file__).resolve().parent
STATE = pathlib.Path("/run/bench")
MEMORY = pathlib.Path("/run/resolver")
GROUP = pathlib.Path("/sys/fs/cgroup/system.slice/kubelet.service/cgroup.procs")
KUBELET_CONFIGURATION = """\
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
clusterDNS:
- 10.96.0.10
clusterDomain: cluster.local
"""


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    if os.geteuid() != 0:
        sys.exit("Namespaces and mounts need root.")
    if os.getpid() != 1:
        namespaces = ["--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--mount-proc"]
        os.execvp("unshare", ["unshare", *namespaces, sys.executable, __file__, os.path.abspath(sys.argv[1])])
    prepare()
    rows = {case: [case] for case in CASES}
    for total in PROCESSES:
        sleepers = start(total)
        for case, median in measure(sys.argv[1]).items():
            rows[case].append(milliseconds(median))
        for sleeper in sleepers:
            sleeper.kill()
            sleeper.wait()
    print_table(
        f"Finding the cluster's DNS, in milliseconds: the median of {RUNS} runs, minus that of runs that do not look",
        ["what is found", *(f"{total:,} processes" for total in PROCESSES)], rows.values())


def prepare():
    for directory in ["/run", "/sys/fs/cgroup"]:
        mounts.mount_tmpfs(pathlib.Path(directory))
    STATE.mkdir()
    GROUP.parent.mkdir(parents=True)
    for source, program in [("timed.c", "timed"), ("kubelet.c", "kubelet"), ("kubelet.c", "sleeper")]:
        subprocess.run(["gcc", "-O2", "-static", "-o", STATE / program, HERE / source], check=True)
    (STATE / "kubelet.yaml").write_text(KUBELET_CONFIGURATION)
    (STATE / "found.conf").write_text("")
    (STATE / "given.conf").write_text("cluster_dns = 10.96.0.10\ncluster_domain = cluster.local\n")
    # Answers from files that have just changed are not remembered.
    time.sleep(3)


def start(total):
    running = sum(entry.isdecimal() for entry in os.listdir("/proc"))
    return [subprocess.Popen([STATE / "sleeper"]) for _ in range(total - running)]


def remembered(remember):
    """Lets the next runs remember, or start with nothing and keep nothing."""
    if MEMORY.is_mount():
        mounts.unmount(MEMORY)
    mounts.mount_tmpfs(MEMORY, read_only=not remember)


CASES = {
    "the kubelet in its control group, as remembered": (True, True, True),
    "the kubelet in its control group, nothing remembered": (True, True, False),
    "the kubelet elsewhere, as remembered": (True, False, True),
    "the kubelet elsewhere, nothing remembered": (True, False, False),
    "no kubelet, as remembered": (False, False, True),
    "no kubelet, nothing remembered": (False, False, False),
}


def measure(resolver):
    """The time of each case in milliseconds."""
    medians = {}
    for case, (has_kubelet, in_group, remember) in CASES.items():
        # After all others, so that a scan finds it last.
        kubelet = subprocess.Popen([STATE / "kubelet", f"--config={STATE}/kubelet.yaml"]) if has_kubelet else None
        GROUP.write_text(f"{kubelet.pid}\n" if kubelet and in_group else "")
        remembered(remember)
        command = [resolver, "--dump-config", "-c"]
        found, given = [*command, STATE / "found.conf"], [*command, STATE / "given.conf"]
        subprocess.run(found, stdout=subprocess.DEVNULL, check=True)
        results = STATE / "results"
        timed = [STATE / "timed", str(RUNS), results, *found, ",", *given]
        subprocess.run(timed, stdout=subprocess.DEVNULL, check=True)
        runs = [[int(number) for number in line.split()] for line in results.read_text().splitlines()]
        results.unlink()
        looked, not_looked = (percentile([run[1] / 1e6 for run in runs if run[0] == index], 50) for index in [0, 1])
        medians[case] = looked - not_looked
        if kubelet:
            kubelet.kill()
            kubelet.wait()
    return medians


if __name__ == "__main__":
    main()
