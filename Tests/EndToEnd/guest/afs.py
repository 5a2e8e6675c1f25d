"""The kernel's AFS client, up to the first packet to a cell's volume location server."""

import pathlib
import sys
import time

import commands
from wait import until


def first_packet(cell, node, limit):
    """Looks up a cell, and returns the seconds until a packet arrived at port 7003 of the node."""
    log = pathlib.Path("/tmp/afs")
    log.write_text("")
    commands.run("modprobe", "kafs")
    commands.run("mount", "-t", "afs", "none", "/afs", "-o", "dyn")
    server = commands.start(node.enter(sys.executable, "/e2e/vlserver.py", node.address), log)
    try:
        until(log.read_text, 60, "the server of the cell")
        moment = time.monotonic()
        client = commands.start(["ls", f"/afs/{cell}/"], "/tmp/afs.client")
        try:
            return packet(log, moment, limit)
        finally:
            commands.stop(client)
    finally:
        commands.stop(server)
        commands.run("umount", "--lazy", "/afs")
        commands.run("modprobe", "--remove", "kafs")


def packet(log, moment, limit):
    while time.monotonic() < moment + limit:
        for line in log.read_text().splitlines():
            word, when = line.split()
            if word == "packet":
                return float(when) - moment
        time.sleep(0.05)
    return None
