#!/usr/bin/env python3
"""Compares the time from start to exit of programs that do nothing, in turn.

usage: startup.py RESOLVER
"""

import pathlib
import subprocess
import sys
import tempfile

from table import milliseconds, percentile, print_table, ratio

RUNS = 500
HERE = pathlib.Path(__file__).resolve().parent


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as directory:
        directory = pathlib.Path(directory)
        (directory / "empty.c").write_text("int main(void) { return 0; }\n")
        for source, option in [(directory / "empty.c", "-pie"), (HERE / "timed.c", "-static")]:
            subprocess.run(["gcc", "-O2", option, "-o", directory / source.stem, source], check=True)
        commands = {
            "C main() {}": [directory / "empty"],
            "key.dns_resolver, usage": ["/sbin/key.dns_resolver"],
            "resolver --version": [pathlib.Path(sys.argv[1]).resolve(), "--version"],
        }
        rows = list(time(directory, commands))
    print_table(
        f"From start to exit, {RUNS} runs, in milliseconds",
        ["program", "p50", "p90", "p99", "x C", "processor", "page faults", "peak memory, KiB"], rows)


def time(directory, commands):
    line = [word for command in commands.values() for word in [*command, ","]][:-1]
    results = directory / "results"
    subprocess.run(
        [directory / "timed", str(RUNS), results, *line], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    runs = [[int(number) for number in line.split()] for line in results.read_text().splitlines()]
    base = None
    for index, title in enumerate(commands):
        own = [run for run in runs if run[0] == index]
        times = [run[1] / 1e6 for run in own]
        median = percentile(times, 50)
        base = base or median
        yield [
            title, *(milliseconds(percentile(times, percent)) for percent in [50, 90, 99]), ratio(median, base),
            milliseconds(percentile([run[2] / 1e3 for run in own], 50)),
            *(percentile([run[column] for run in own], 50) for column in [3, 4]),
        ]


if __name__ == "__main__":
    main()
