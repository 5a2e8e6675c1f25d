"""The machine, changed for the benchmark and restored whatever happens."""

import contextlib
import fcntl
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

import dns
import handlers
import kubelet
import mounts
import processes

LOCK = "/run/resolver-test.lock"
STATE = pathlib.Path("/run/resolver-bench")
# On the same file system as installed programs.
PROGRAMS = pathlib.Path("/usr/local/lib/resolver-bench")
RULES = pathlib.Path("/etc/request-key.d/resolver-bench.conf")
RESOLVER_CONFIG = pathlib.Path("/etc/keyutils/key.dns_resolver.conf")
# The mounts that exist only to be copied.
MOUNTS = STATE / "mounts"

HERE = pathlib.Path(__file__).resolve().parent


@contextlib.contextmanager
def prepared(builds, rules):
    """Prepares the machine: programs built, servers running, rules in force."""
    with open(LOCK, "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"waiting for {LOCK}", file=sys.stderr)
            fcntl.flock(lock, fcntl.LOCK_EX)
        # Left behind if the machine stopped during a run.
        restore()
        with guarded():
            STATE.mkdir()
            mounts.mount_tmpfs(STATE)
            build(builds)
            dns.start(STATE)
            configure(kubelet.start(PROGRAMS / "kubelet", STATE))
            # request-key must never see a partial file: one wrong line stops all upcalls of the machine.
            draft = RULES.with_suffix(".draft")
            draft.write_text("".join(f"create dns_resolver *.{domain} * {command} %k\n" for domain, command in rules))
            draft.rename(RULES)
            # A lookup remembers the kubelet's settings once their file is older than this.
            time.sleep(3)
            yield


def build(builds):
    PROGRAMS.mkdir(parents=True)
    for build, name in zip(builds, ["resolver", "earlier"]):
        shutil.copy(build, PROGRAMS / name)
    for source in [HERE / "handlers" / "floor.c", HERE / "upcall.c", HERE / "kubelet.c"]:
        compile(source, "-lkeyutils", "-pthread")
    # Static, so that its own memory is not counted as that of the program it starts.
    compile(HERE / "timed.c", "-static")
    compile(HERE / "unfiltered.c", "-static")
    for script in ["isolated.sh", "ctypes_handler.py"]:
        shutil.copy(HERE / "handlers" / script, PROGRAMS)


def compile(source, *libraries):
    subprocess.run(["gcc", "-O2", "-Wall", "-o", PROGRAMS / source.stem, source, *libraries], check=True)


def configure(discovery):
    for name, content in [
        ("resolv.conf", f"nameserver {handlers.HOST_DNS}\n"),
        ("nsswitch.conf", "hosts: files dns\n"),
    ]:
        (STATE / name).write_text(content)
        mounts.bind(STATE / name, f"/etc/{name}")
    for isolation in ["namespace", "process"]:
        (STATE / f"{isolation}.conf").write_text(f"isolation = {isolation}\n{discovery}")
    (STATE / "discovery").write_text(discovery)


def settings():
    """The option for the resolver's default settings: none on a machine without settings of its own."""
    is_default = not RESOLVER_CONFIG.exists() and not (STATE / "discovery").read_text()
    return "" if is_default else f" -c {STATE}/process.conf"


@contextlib.contextmanager
def guarded():
    """Restores the machine at the end, in another process that survives if this one is killed: it waits for the end
    of a pipe, and inherits the lock."""
    reading, writing = os.pipe()
    guard = os.fork()
    if guard == 0:
        os.setsid()
        for ending in [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]:
            signal.signal(ending, signal.SIG_IGN)
        os.close(writing)
        os.read(reading, 1)
        restore()
        os._exit(0)
    os.close(reading)
    try:
        yield
    finally:
        os.close(writing)
        os.waitpid(guard, 0)


def restore():
    RULES.unlink(missing_ok=True)
    RULES.with_suffix(".draft").unlink(missing_ok=True)
    processes.end_all(STATE)
    kubelet.remove()
    mounts.remove_all()
    with contextlib.suppress(FileNotFoundError):
        STATE.rmdir()
    shutil.rmtree(PROGRAMS, ignore_errors=True)
