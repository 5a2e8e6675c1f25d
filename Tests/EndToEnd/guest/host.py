"""What must stay the same on the host: mounts, /etc/resolv.conf, processes and namespaces."""

import os
import pathlib
import time

from commands import reap


def state():
    reap()
    processes, namespaces = set(), set()
    for directory in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            command = (directory / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
            if not command:
                continue  # a kernel thread, or it has ended
            processes.add(f"{directory.name} {command}")
            for link in (directory / "ns").iterdir():
                namespaces.add(os.readlink(link))
        except OSError:
            pass  # it has ended meanwhile
    return {
        "mounts": set(pathlib.Path("/proc/self/mountinfo").read_text().splitlines()),
        "resolv.conf": {pathlib.Path("/etc/resolv.conf").read_text()},
        "processes": processes,
        "namespaces": namespaces,
    }


def differences(before, seconds=15):
    """What differs from before, after giving ending processes time to end."""
    end = time.monotonic() + seconds
    while True:
        now = state()
        found = []
        for what, entries in before.items():
            found += [f"{what}: new: {entry.strip()}" for entry in sorted(now[what] - entries)]
            found += [f"{what}: gone: {entry.strip()}" for entry in sorted(entries - now[what])]
        if not found or time.monotonic() > end:
            return found
        time.sleep(0.2)
