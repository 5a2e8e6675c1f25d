"""Mounts: mount(2) and umount2(2)."""

import ctypes
import os
import pathlib

MS_RDONLY = 1
MS_BIND = 0x1000
MS_PRIVATE = 1 << 18
MNT_DETACH = 2

# The source of every mount of the benchmark: the tmpfs that all of them show.
SOURCE = "resolver-bench"

libc = ctypes.CDLL(None, use_errno=True)


def mount(source, target, kind=None, flags=0):
    words = [None if word is None else os.fsencode(word) for word in (source, target, kind)]
    if libc.mount(*words, ctypes.c_ulong(flags), None) != 0:
        raise OSError(ctypes.get_errno(), f"mounting over {target}: {os.strerror(ctypes.get_errno())}")


def mount_tmpfs(directory, read_only=False):
    """Mounts a tmpfs; mounts below it never propagate to another mount namespace."""
    directory.mkdir(exist_ok=True)
    mount(SOURCE, directory, "tmpfs", flags=MS_RDONLY if read_only else 0)
    mount(None, directory, flags=MS_PRIVATE)


def bind(source, target):
    mount(source, target, flags=MS_BIND)


def unmount(target):
    libc.umount2(os.fsencode(target), MNT_DETACH)


def count():
    return len(pathlib.Path("/proc/self/mountinfo").read_text().splitlines())


def add(directory, total):
    """Makes bind mounts below the directory until the mount namespace has this many mounts."""
    directory.mkdir(exist_ok=True)
    for number in range(count(), total):
        target = directory / str(number)
        target.mkdir()
        bind(target, target)


def remove_all():
    """Unmounts everything that shows the benchmark's tmpfs, including what is mounted below."""
    targets = []
    for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines():
        fields, _, super_fields = line.partition(" - ")
        target = fields.split()[4]
        if super_fields.split()[1] == SOURCE and not any(target.startswith(f"{above}/") for above in targets):
            targets.append(target)
    for target in targets:
        libc.umount2(os.fsencode(target), MNT_DETACH)
