"""Upcalls through the kernel: how long they take, and what they cost."""

import collections
import re
import subprocess

import host
from table import percentile

# How an upcall is run to measure its cost; {output} is a separate file for each handler.
WRAPPERS = {
    "usage": "{programs}/timed 1 {output}",
    "strace": "/usr/bin/strace -f -c -o {output}",
    # valgrind refuses to start mount, which is setuid; it is not counted.
    "callgrind": "{programs}/unfiltered /usr/bin/valgrind --tool=callgrind --trace-children=yes --trace-children-skip=*/mount"
    " --callgrind-out-file=/dev/null --log-file={output}.%p",
}

Cost = collections.namedtuple("Cost", "processor memory faults system_calls instructions")


def rules(handlers):
    """The rules of request-key.conf(5), as pairs of a domain and a command."""
    for handler in handlers:
        command = handler.command.format(programs=host.PROGRAMS, state=host.STATE, settings=host.settings())
        yield handler.domain(), command
        for purpose, wrapper in WRAPPERS.items():
            wrapper = wrapper.format(programs=host.PROGRAMS, output=output(handler, purpose))
            yield handler.domain(purpose), f"{wrapper} {command}"


def output(handler, purpose):
    return host.STATE / f"{handler.label}.{purpose}"


def upcalls(handlers, callers, each, batches, purpose="time"):
    """Has each caller make this many upcalls, batch after batch.

    Returns the times of the batches and of the upcalls for each handler, in milliseconds.
    """
    by_domain = {handler.domain(purpose): handler for handler in handlers}
    program = subprocess.run(
        [host.PROGRAMS / "upcall", str(callers), str(each), str(batches)]
        + [f"{domain}={handler.address}" for domain, handler in by_domain.items()],
        stdout=subprocess.PIPE, text=True, check=True)
    batch_times = {handler: [] for handler in handlers}
    times = {handler: [] for handler in handlers}
    for line in program.stdout.splitlines():
        domain, whole, *single = line.split()
        batch_times[by_domain[domain]].append(int(whole) / 1e6)
        times[by_domain[domain]] += [int(time) / 1e6 for time in single]
    return batch_times, times


def costs(handlers):
    """What one upcall costs, including its child processes: the median of several."""
    upcalls(handlers, 1, 1, 51, "usage")
    for purpose in ["strace", "callgrind"]:
        upcalls(handlers, 1, 1, 1, purpose)
    return {handler: cost(handler) for handler in handlers}


def cost(handler):
    usage = [[int(number) for number in line.split()] for line in output(handler, "usage").read_text().splitlines()]
    _, _, processor, faults, memory = (percentile(column, 50) for column in zip(*usage))
    total = re.search(r"(\d+)(?: +\d+)? total$", output(handler, "strace").read_text(), re.MULTILINE)
    logs = host.STATE.glob(output(handler, "callgrind").name + ".*")
    instructions = sum(
        int(count) for log in logs for count in re.findall(r"Collected : (\d+)", log.read_text()))
    return Cost(processor / 1e3, memory, faults, int(total[1]), instructions)
