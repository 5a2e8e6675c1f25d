"""Runs the scenarios that the kernel command line names, with one handler; reports each result as a line of JSON."""

import json
import pathlib
import platform
import traceback

import dns
import evidence
import handlers
import host
import nodes
import upcalls
from commands import run
from scenarios import SCENARIOS


def report(**fields):
    print(json.dumps(fields), flush=True)


def attempt(name, handler, before):
    scenario = SCENARIOS[name]
    expected = handler in scenario.handlers
    result = {"scenario": name, "title": scenario.title, "expected": expected, "limit": scenario.limit}
    try:
        handlers.register(handler)
        seconds = scenario.run(scenario.limit)
        calls = upcalls.count()
        differences = host.differences(before)
        result.update(seconds=seconds, upcalls=calls, differences=differences)
        if differences or expected != (seconds is not None):
            result.update(evidence=evidence.show())
    except Exception:
        result.update(error=traceback.format_exc(), evidence=evidence.show())
    report(**result)


def main():
    words = pathlib.Path("/proc/cmdline").read_text().split()
    options = dict(word.split("=", 1) for word in words if word.startswith("e2e."))
    evidence.collect_syslog()
    run("modprobe", "-a", "cifs", "dns_resolver")
    nodes.add()
    dns.start_all()
    report(kernel=platform.release())
    before = host.state()
    for name in options["e2e.scenarios"].split(","):
        attempt(name, options["e2e.handler"], before)
    report(end=True)


try:
    main()
except Exception:
    report(error=traceback.format_exc(), evidence=evidence.show())
