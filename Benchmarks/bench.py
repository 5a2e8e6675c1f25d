#!/usr/bin/env python3
"""Compares handlers for dns_resolver keys: upcalls through the kernel, DNS servers on loopback addresses, all handlers
in turn.

usage: bench.py [--quick] RESOLVER [EARLIER]

EARLIER is another build of the program to compare with.
"""

import os
import pathlib
import platform
import re
import signal
import sys

import host
import measure
import mounts
from handlers import EARLIER, FLOOR, HANDLERS, HOST_ZONE, SCRIPT, peer
from table import milliseconds, percentile, print_table, ratio

MOUNTS = [20, 1000, 3000]
CALLERS = 8


def main():
    arguments = sys.argv[1:]
    quick = "--quick" in arguments
    builds = [pathlib.Path(argument) for argument in arguments if argument != "--quick"]
    if len(builds) not in [1, 2]:
        sys.exit(__doc__)
    if os.geteuid() != 0:
        sys.exit("The kernel's upcalls and mounts need root.")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    handlers = HANDLERS + EARLIER[:2 * (len(builds) - 1)]
    with host.prepared(builds, measure.rules(handlers)):
        costs = measure.costs(handlers)
        times = []
        for total in MOUNTS:
            mounts.add(host.MOUNTS, total)
            times += time_rows(handlers, quick)
    print(f"{machine()}; DNS servers on loopback")
    print_table(
        "One upcall, request_key(2) from call to return, in milliseconds",
        ["handler", "name", "mounts", "p50", "p90", "p99", "max", "a second", f"a second, {CALLERS} callers",
         "x key.dns_resolver", "x shell"], times)
    print_table(
        "What it costs",
        ["handler", "name", "processor time, ms", "peak memory, KiB", "page faults", "system calls", "instructions"],
        [[*names(handler), milliseconds(cost.processor), cost.memory, cost.faults, cost.system_calls,
          f"{cost.instructions:,}"] for handler, cost in costs.items()])


def machine():
    processor = re.search(r"^model name\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    model = f" ({processor[1]})" if processor else ""
    return (
        f"Linux {platform.release()}, {' '.join(platform.libc_ver())}, {os.cpu_count()} CPUs{model},"
        f" load {os.getloadavg()[0]:.1f}")


def time_rows(handlers, quick):
    batches = 40 if quick else 300
    _, single = measure.upcalls(handlers, 1, 1, batches)
    # Each caller makes the same number of upcalls.
    each = 4 if quick else 8
    together, _ = measure.upcalls(handlers, CALLERS, each, 2 if quick else 10)
    median = {handler: percentile(times, 50) for handler, times in single.items()}
    for handler in handlers:
        times = single[handler]
        yield [
            *names(handler), mounts.count(), *(milliseconds(percentile(times, percent)) for percent in [50, 90, 99]),
            milliseconds(max(times)), round(1000 * len(times) / sum(times)),
            round(1000 * CALLERS * each / percentile(together[handler], 50)),
            ratio(median[handler], median[peer(handler)]), ratio(median[handler], median[SCRIPT]),
        ]


def names(handler):
    kind = "none" if handler == FLOOR else "host" if handler.zone == HOST_ZONE else "cluster"
    return handler.title, kind


if __name__ == "__main__":
    main()
