"""A stand-in for the kubelet: a process with its name and arguments, in the control group in which systemd puts it."""

import contextlib
import os
import pathlib

import handlers
import processes

CONTROL_GROUPS = pathlib.Path("/sys/fs/cgroup")


def start(program, state):
    """Starts the stand-in.

    Returns what the resolver's config file must contain: nothing, unless a real kubelet is running.
    """
    config = state / "kubelet.yaml"
    config.write_text(
        "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"
        f"clusterDNS:\n- {handlers.CLUSTER_DNS}\nclusterDomain: cluster.local\n")
    if group().exists():
        print("A kubelet is running here, so the resolver is given the configuration file instead of searching for it.")
        return f"kubelet_config = {config}\n"
    group().mkdir(parents=True)
    process = processes.start([program, f"--config={config}"], state)
    (group() / "cgroup.procs").write_text(str(process))
    return ""


def remove():
    """Removes the control group, unless it has processes: then it belongs to a real kubelet."""
    for directory in [group(), group().parent]:
        with contextlib.suppress(OSError):
            os.rmdir(directory)


def group():
    """The control group: cgroups(7), version 2 or systemd's own hierarchy of version 1."""
    is_version_2 = (CONTROL_GROUPS / "cgroup.procs").exists()
    return CONTROL_GROUPS / ("" if is_version_2 else "systemd") / "system.slice" / "kubelet.service"
