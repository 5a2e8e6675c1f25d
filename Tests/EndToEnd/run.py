#!/usr/bin/env python3
"""Runs scenarios in virtual machines, one for each handler, all at the same time. If a machine misses scenarios because
its kernel locked up or it never started, another machine tries them once more.

usage: run.py IMAGE SCENARIO,... [HANDLER,...]

IMAGE is a directory that image.sh built. A handler that is expected to fail in a scenario must fail.
"""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import threading
import time

from machine import Machine, accelerator

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
HANDLERS = {"resolver": "resolver", "key.dns_resolver": "key.dns_resolver", "script": "shell script"}
ATTEMPTS = 2
printing = threading.Lock()


def stage(image, directory):
    """The initramfs of a run: the image, the program as `make install` installs it, and the scenarios."""
    files = directory / "files"
    (files / "etc").mkdir(parents=True)
    shutil.copy(image / "request-key.conf", files / "etc")
    subprocess.run(["make", "-s", "-C", TOP, "install", f"DESTDIR={files}"], check=True)
    shutil.copytree(HERE / "guest", files / "e2e", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.move(files / "e2e/init", files / "init")
    shutil.copy(image / "request-key.conf", files / "e2e")
    shutil.copy(TOP / "Benchmarks/handlers/isolated.sh", files / "e2e")
    initrd = directory / "initrd"
    shutil.copy(image / "root.cpio", initrd)
    with open(initrd, "ab") as archive:
        subprocess.run("find . -print0 | cpio --quiet --null -o -H newc -R 0:0", shell=True, cwd=files, stdout=archive,
                       check=True)
    return initrd


def verdict(result):
    if "error" in result:
        return "ERROR"
    if result["differences"]:
        return "FAIL"
    succeeded = result["seconds"] is not None
    if result["expected"]:
        return "PASS" if succeeded else "FAIL"
    return "XPASS" if succeeded else "XFAIL"


def outcome(result):
    if "error" in result:
        return "error"
    calls = f"{result['upcalls']} upcall{'' if result['upcalls'] == 1 else 's'}"
    if result["seconds"] is None:
        return f"not within {result['limit']} s, {calls}"
    return f"{result['seconds']:.1f} s, {calls}"


def show(machine, result):
    with printing:
        print(f"{verdict(result):6}{result['scenario']:10}{HANDLERS[machine.handler]:18}{outcome(result)}", flush=True)
        if verdict(result) in ("PASS", "XFAIL"):
            return
        lines = result.get("error", "").splitlines() + result.get("differences", []) + result.get("evidence", [])
        for line in lines:
            print("       ", line, flush=True)


def table(titles, results, handlers):
    rows = [["scenario", *(HANDLERS[handler] for handler in handlers)]]
    for scenario, title in titles.items():
        rows.append([title, *(results.get((scenario, handler), "missing") for handler in handlers)])
    rows.insert(1, ["---"] * len(rows[0]))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def run(image, scenarios, handlers, directory):
    titles, results, bad = {}, {}, []

    def take(machine, result):
        titles[result["scenario"]] = result["title"]
        results[result["scenario"], machine.handler] = outcome(result)
        if verdict(result) not in ("PASS", "XFAIL"):
            bad.append(result["scenario"])
        show(machine, result)

    initrd = stage(image, directory)
    left = {handler: scenarios for handler in handlers}
    release = None
    for _ in range(ATTEMPTS):
        if not left:
            break
        machines = []
        try:
            for handler, missing in left.items():
                machines.append(Machine(image / "vmlinuz", initrd, handler, missing, directory, take))
            for machine in machines:
                for line in machine.wait():
                    print(f"{machine.handler}: {line}", flush=True)
        finally:
            for machine in machines:
                machine.stop()
        release = release or machines[0].release
        left = {machine.handler: machine.missing for machine in machines if machine.missing}
    bad += [scenario for missing in left.values() for scenario in missing]
    order = {scenario: titles[scenario] for scenario in scenarios if scenario in titles}
    print(f"\nLinux {release}\n\n{table(order, results, handlers)}\n")
    return len(scenarios) * len(handlers), len(bad)


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    if os.uname().machine != "x86_64":
        sys.exit("run.py: the guest is x86-64, and so must be the program")
    for number in signal.SIGTERM, signal.SIGHUP:
        signal.signal(number, lambda *_: sys.exit(1))
    image = pathlib.Path(sys.argv[1]).resolve()
    scenarios = sys.argv[2].split(",")
    handlers = sys.argv[3].split(",") if len(sys.argv) == 4 else list(HANDLERS)
    directory = image.parent / f"run-{image.name}"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir()
    begin = time.monotonic()
    total, failed = run(image, scenarios, handlers, directory)
    print(f"{accelerator()}, {time.monotonic() - begin:.0f} s; each cell: seconds until I/O continued, upcalls")
    print(f"{total - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
