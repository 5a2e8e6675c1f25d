"""The cluster's network: this guest is the node with the volumes; two more nodes are network namespaces, each on its
own link, like nodes behind a router."""

import os
import signal

from commands import run
from wait import until

CLUSTER_DNS = "10.96.0.10"
HOST_DNS = "192.0.2.53"


class Node:
    """Another node of the cluster, where storage servers run on the host network."""

    def __init__(self, name, number):
        self.name = name
        self.address = f"10.10.{number}.1"
        self.address6 = f"fd00:10:10:{number}::1"
        self.router = f"10.10.{number}.254"
        self.router6 = f"fd00:10:10:{number}::fe"

    def add(self):
        run("ip", "netns", "add", self.name)
        run("ip", "link", "add", self.name, "type", "veth", "peer", "name", "eth0", "netns", self.name)
        configure((), self.name, self.router, self.router6)
        configure(("-n", self.name), "lo")
        configure(("-n", self.name), "eth0", self.address, self.address6)
        run("ip", "-n", self.name, "route", "add", "default", "via", self.router)
        run("ip", "-n", self.name, "-6", "route", "add", "default", "via", self.router6)
        # Otherwise address resolution on the link would detect a lost node. Behind a router it does not.
        mac = run("ip", "netns", "exec", self.name, "cat", "/sys/class/net/eth0/address").strip()
        for address in self.address, self.address6:
            run("ip", "neigh", "replace", address, "lladdr", mac, "nud", "permanent", "dev", self.name)

    def enter(self, *command):
        """The command that runs another on this node."""
        return ["ip", "netns", "exec", self.name, *command]

    def kill(self):
        """Kills everything on the node; its kernel still answers, as after a crash of the server."""
        for process in self.processes():
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                pass
        until(lambda: not self.processes(), 30, f"the end of the processes on {self.name}")

    def processes(self):
        return [int(word) for word in run("ip", "netns", "pids", self.name).split()]

    def lose(self):
        """Cuts the node off: no more packets come from it."""
        run("ip", "-n", self.name, "link", "set", "eth0", "down")

    def find(self):
        """Reconnects the node. The IPv6 address and the routes were lost with the link."""
        run("ip", "-n", self.name, "link", "set", "eth0", "up")
        run("ip", "-n", self.name, "-6", "addr", "replace", f"{self.address6}/64", "nodad", "dev", "eth0")
        run("ip", "-n", self.name, "route", "replace", "default", "via", self.router)
        run("ip", "-n", self.name, "-6", "route", "replace", "default", "via", self.router6)


A = Node("node-a", 1)
B = Node("node-b", 2)


def configure(namespace, interface, address=None, address6=None):
    if address:
        run("ip", *namespace, "addr", "add", f"{address}/24", "dev", interface)
        run("ip", *namespace, "addr", "add", f"{address6}/64", "nodad", "dev", interface)
    run("ip", *namespace, "link", "set", interface, "up")


def add():
    run("ip", "link", "set", "lo", "up")
    run("ip", "link", "add", "dns", "type", "dummy")
    run("ip", "link", "set", "dns", "up")
    for address in CLUSTER_DNS, HOST_DNS:
        run("ip", "addr", "add", f"{address}/32", "dev", "dns")
    for node in A, B:
        node.add()
