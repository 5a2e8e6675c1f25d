"""A process for tests, which ends with its standard input: process.py MODE DEVICE [ARGUMENT...]

It prints a line when the state that MODE names is reached:
  waits   it does nothing.
  hangs   it blocks in mmap(2) while it holds the lock of its memory, so that readers of /proc/PID/cmdline block too. Its
          FUSE daemon, a child, never answers a write, and the kernel makes no mapping before that write ends. DEVICE is
          /dev/fuse, or a copy that the user may open. No privileges are needed.
  mounts  it is the daemon of an automounter on /home that never answers, in its own mount namespace.
"""

import ctypes
import mmap
import os
import select
import struct
import sys
import threading
import time

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNS, CLONE_NEWUSER = 0x20000, 0x10000000
MS_NOSUID_NODEV = 2 | 4
LOOKUP, FORGET, GETATTR, OPEN, WRITE, INIT, INTERRUPT, BATCH_FORGET = 1, 2, 3, 14, 16, 26, 36, 42
ENOSYS = 38


def checked(result):
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def wait_for_end():
    while os.read(0, 4096):
        pass


def attributes(node):
    mode, size = (0o40755, 0) if node == 1 else (0o100666, 1 << 20)
    return struct.pack("<QQQQQQIIIIIIIIII", node, size, 0, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)


def serve(device):
    """The FUSE daemon: linux/fuse.h."""
    while True:
        ready, _, _ = select.select([device, 0], [], [])
        if 0 in ready and not os.read(0, 4096):
            return
        if device not in ready:
            continue
        request = os.read(device, 1 << 20)
        _, opcode, unique, node = struct.unpack_from("<IIQQ", request)
        if opcode == WRITE:
            # The other thread is in mmap(2) by then.
            threading.Timer(0.5, print, ["hangs"], {"flush": True}).start()
            continue
        if opcode in (FORGET, BATCH_FORGET, INTERRUPT):
            continue
        error, answer = 0, b""
        if opcode == INIT:
            # FUSE_INIT_EXT, FUSE_DIRECT_IO_ALLOW_MMAP.
            answer = struct.pack("<IIIIHHIIHHI28x", 7, 38, 65536, 1 << 30, 16, 12, 65536, 1, 0, 0, 1 << 4)
        elif opcode == LOOKUP:
            answer = struct.pack("<QQQQII", 2, 0, 100, 100, 0, 0) + attributes(2)
        elif opcode == GETATTR:
            answer = struct.pack("<QII", 100, 0, 0) + attributes(node)
        elif opcode == OPEN:
            # FOPEN_DIRECT_IO, FOPEN_PARALLEL_DIRECT_WRITES.
            answer = struct.pack("<QII", 1, 1 | 1 << 6, 0)
        else:
            error = -ENOSYS
        os.write(device, struct.pack("<IiQ", 16 + len(answer), error, unique) + answer)


def hang(device):
    user, group = os.getuid(), os.getgid()
    checked(LIBC.unshare(CLONE_NEWUSER | CLONE_NEWNS))
    for name, text in ("setgroups", "deny"), ("uid_map", f"0 {user} 1"), ("gid_map", f"0 {group} 1"):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)
    # The kernel takes a connection that was opened in this user namespace only.
    connection = os.open(device, os.O_RDWR)
    options = f"fd={connection},rootmode=40000,user_id=0,group_id=0".encode()
    checked(LIBC.mount(b"fuse", b"/mnt", b"fuse", MS_NOSUID_NODEV, options))
    if os.fork() == 0:
        serve(connection)
        os._exit(0)
    os.close(connection)
    file = os.open("/mnt/file", os.O_RDWR)
    threading.Thread(target=os.pwrite, args=(file, bytes(4096), 0), daemon=True).start()
    time.sleep(0.2)
    mmap.mmap(file, 4096)


def automount():
    reader, writer = os.pipe()
    os.setpgid(0, 0)
    options = f"fd={writer},pgrp={os.getpid()},minproto=5,maxproto=5,direct".encode()
    checked(LIBC.mount(b"automounter", b"/home", b"autofs", 0, options))
    print("mounts", flush=True)
    wait_for_end()


mode = sys.argv[1]
if mode == "hangs":
    hang(sys.argv[2])
elif mode == "mounts":
    automount()
else:
    print("waits", flush=True)
    wait_for_end()
os._exit(0)
