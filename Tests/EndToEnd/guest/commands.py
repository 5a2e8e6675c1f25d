"""Runs programs in the guest."""

import subprocess

started = []


def run(*command, check=True, **options):
    """Runs a command to its end; if it fails, the error has its output."""
    result = subprocess.run(
        [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, timeout=120, **options)
    if check and result.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: exit status {result.returncode}: {result.stdout.strip()}")
    return result.stdout


def start(command, log, **options):
    """Starts a program in the background, with its output in a file."""
    with open(log, "ab") as output:
        process = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=output, stderr=output, **options)
    started.append(process)
    return process


def reap():
    """Collects the programs that have ended."""
    started[:] = [process for process in started if process.poll() is None]


def stop(process):
    if process.poll() is None:
        process.kill()
    process.wait(30)
