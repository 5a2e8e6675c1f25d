"""Background processes, which are ended when the machine is restored."""

import os
import pathlib
import signal
import subprocess
import time


def start(command, state):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(state / "processes", "a") as file:
        print(process.pid, file=file)
    return process.pid


def end_all(state):
    try:
        numbers = (state / "processes").read_text().split()
    except FileNotFoundError:
        return
    for number in numbers:
        # The number may have been reused by another process since.
        if os.fsencode(state) not in command_line(number):
            continue
        os.kill(int(number), signal.SIGKILL)
        while command_line(number):
            time.sleep(0.01)


def command_line(number):
    """Empty for a process that has ended."""
    try:
        return pathlib.Path(f"/proc/{number}/cmdline").read_bytes()
    except OSError:
        return b""
