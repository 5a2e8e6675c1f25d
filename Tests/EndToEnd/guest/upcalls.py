"""Counts how often the kernel's requests start a program, without touching it: the kernel traces each execve."""

import pathlib

TRACING = pathlib.Path("/sys/kernel/tracing")
EVENT = TRACING / "events/sched/sched_process_exec"


def watch(program):
    """Counts the starts of one program from now on."""
    (EVENT / "enable").write_text("0")
    (EVENT / "filter").write_text(f'filename == "{program}"')
    (TRACING / "trace").write_text("")
    (EVENT / "enable").write_text("1")


def count():
    lines = (TRACING / "trace").read_text().splitlines()
    return sum("sched_process_exec" in line for line in lines if not line.startswith("#"))
