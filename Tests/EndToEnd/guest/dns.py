"""The host's DNS server, which does not know the cluster, and the cluster's, which like CoreDNS forwards queries for
names outside the cluster's domain."""

import os
import pathlib
import signal

import nodes
from commands import run, start
from wait import until


class Server:
    def __init__(self, name, address, zone, records, modules=""):
        self.home = pathlib.Path("/run/knot") / name
        self.address = address
        self.zone = zone
        self.file = self.home / "zone"
        self.serial = 0
        self.fixed = records
        self.modules = modules

    def start(self):
        self.home.mkdir(parents=True)
        (self.home / "knot.conf").write_text(f"""\
server:
    rundir: {self.home}
    listen: {self.address}@53
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
log:
  - target: stderr
    any: warning
database:
    storage: {self.home}
control:
    listen: {self.home}/control
{self.modules}
zone:
  - domain: {self.zone}
    file: {self.file}
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: none
""")
        self.write([])
        self.process = start(["knotd", "-c", self.home / "knot.conf"], self.home / "log")
        until(self.ready, 60, f"the DNS server on {self.address}")

    def ready(self):
        if self.process.poll() is not None:
            raise RuntimeError((self.home / "log").read_text())
        return "SOA" in self.control("zone-read", self.zone, "@", "SOA", check=False)

    def control(self, *words, check=True):
        return run("knotc", "-s", self.home / "control", *words, check=check)

    def write(self, records):
        self.serial += 1
        lines = [f"$ORIGIN {self.zone}", "$TTL 5", f"@ SOA ns.dns nobody.dns {self.serial} 7200 1800 86400 5",
                 "@ NS ns.dns", f"ns.dns A {self.address}", *self.fixed, *records]
        self.file.write_text("\n".join(lines) + "\n")

    def publish(self, *records):
        """Makes these the zone's records, in addition to the fixed ones."""
        self.write(records)
        self.control("--blocking", "zone-reload", self.zone)

    def silence(self):
        os.kill(self.process.pid, signal.SIGSTOP)

    def resume(self):
        os.kill(self.process.pid, signal.SIGCONT)


host = Server("host", nodes.HOST_DNS, ".", [])
cluster = Server("cluster", nodes.CLUSTER_DNS, "cluster.local.", [], f"""\
remote:
  - id: upstream
    address: {nodes.HOST_DNS}
mod-dnsproxy:
  - id: forward
    remote: upstream
    fallback: on
template:
  - id: default
    global-module: mod-dnsproxy/forward
""")


def start_all():
    host.start()
    cluster.start()
    pathlib.Path("/etc/resolv.conf").write_text(f"nameserver {nodes.HOST_DNS}\n")
    kubelet = pathlib.Path("/var/lib/kubelet/config.yaml")
    kubelet.parent.mkdir(parents=True)
    kubelet.write_text(f"""\
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
clusterDNS:
- {nodes.CLUSTER_DNS}
clusterDomain: cluster.local
""")
