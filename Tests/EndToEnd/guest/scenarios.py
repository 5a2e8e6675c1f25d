"""The scenarios: each function runs one, and returns the seconds until it succeeded, or None if it did not within the
limit."""

import contextlib
import dataclasses
import time
import typing

import afs
import dns
import handlers
import nfs
import nodes
import samba
import wait
from volume import Volume, clients

DOMAIN = "cluster.local"
STORE = "store.default.svc"
HOST_NAME = "files.example.org"
VOLUMES = 16
OUTAGE = 20
RESOLVER, PEER, SCRIPT = "resolver", "key.dns_resolver", "script"


@dataclasses.dataclass
class Scenario:
    title: str
    # How many seconds to wait for success.
    limit: int
    # The handlers with which it succeeds. The others are expected to fail, which is checked too.
    handlers: list
    run: typing.Callable


@contextlib.contextmanager
def volumes(*names, address=nodes.A.address, options=""):
    """Volumes of a server on the first node; the other node has a server with the same data, ready to take over."""
    mounted = []
    try:
        for node in nodes.A, nodes.B:
            samba.serve(node)
        for name in names:
            mounted.append(Volume(name, address, options))
        yield mounted
    finally:
        # A client goes away sooner if it still has a server.
        dns.cluster.resume()
        nodes.A.find()
        for volume in mounted:
            volume.remove()
        wait.until(lambda: not clients(), 60, "the end of the connections")
        for node in nodes.A, nodes.B:
            node.kill()


def publish(node, *names):
    """Points names of the cluster to a node."""
    dns.cluster.publish(*(f"{name} A {node.address}" for name in names or [STORE]))


def first_answer():
    """The file system asks as soon as the connection is lost, and still gets the old address."""
    with contextlib.suppress(wait.TimedOut):
        wait.until(handlers.has_answered, 15, "the first answer")


def resumed(mounted, moment, limit):
    """The seconds from a moment until I/O continued on all volumes. I/O that began earlier does not count: it may have
    reached the old server."""
    ends = [volume.after(moment, moment + limit) for volume in mounted]
    return None if None in ends else max(ends) - moment


def killed(limit):
    publish(nodes.A)
    with volumes(f"{STORE}.{DOMAIN}") as mounted:
        nodes.A.kill()
        moment = time.monotonic()
        first_answer()
        publish(nodes.B)
        seconds = resumed(mounted, moment, limit)
        handlers.expect_kept(f"{STORE}.{DOMAIN}")
        return seconds


def gone(limit):
    publish(nodes.A)
    # How often the client checks its server: after three times without an answer, it gives up the connection.
    with volumes(f"{STORE}.{DOMAIN}", options=",echo_interval=2") as mounted:
        nodes.A.lose()
        moment = time.monotonic()
        publish(nodes.B)
        return resumed(mounted, moment, limit)


def outage(limit, begin, end):
    """Calls `begin` and kills the server; after an outage, `end` makes the server available again."""
    publish(nodes.A)
    with volumes(f"{STORE}.{DOMAIN}") as mounted:
        begin()
        nodes.A.kill()
        moment = time.monotonic()
        time.sleep(OUTAGE)
        end()
        return resumed(mounted, moment, limit)


def late(limit):
    return outage(limit, begin=lambda: None, end=lambda: publish(nodes.B))


def unready(limit):
    return outage(limit, begin=dns.cluster.publish, end=lambda: publish(nodes.B))


def silent(limit):
    def begin():
        publish(nodes.B)
        dns.cluster.silence()

    return outage(limit, begin, end=dns.cluster.resume)


def host_name(limit):
    dns.host.publish(f"{HOST_NAME}. A {nodes.A.address}")
    with volumes(HOST_NAME) as mounted:
        dns.host.publish(f"{HOST_NAME}. A {nodes.B.address}")
        dns.cluster.silence()
        nodes.A.kill()
        moment = time.monotonic()
        return resumed(mounted, moment, limit)


def ipv6(limit):
    dns.cluster.publish(f"{STORE} AAAA {nodes.A.address6}")
    with volumes(f"{STORE}.{DOMAIN}", address=nodes.A.address6) as mounted:
        dns.cluster.publish(f"{STORE} AAAA {nodes.B.address6}")
        nodes.A.kill()
        moment = time.monotonic()
        return resumed(mounted, moment, limit)


def many(limit):
    names = [f"store-{number}.default.svc" for number in range(VOLUMES)]
    publish(nodes.A, *names)
    with volumes(*(f"{name}.{DOMAIN}" for name in names)) as mounted:
        nodes.A.kill()
        moment = time.monotonic()
        first_answer()
        publish(nodes.B, *names)
        return resumed(mounted, moment, limit)


def referral(limit):
    publish(nodes.B, "nfs.default.svc")
    with nfs.volume(f"nfs.default.svc.{DOMAIN}") as place:
        return nfs.follow(place, limit)


def afs_cell(limit):
    # The kernel remembers cells, so each attempt uses a new one.
    cell = f"cell-{time.monotonic_ns()}.default.svc"
    server = "afs1.default.svc"
    dns.cluster.publish(f"_afs3-vlserver._udp.{cell} SRV 0 0 7003 {server}", f"{server} A {nodes.B.address}")
    return afs.first_packet(f"{cell}.{DOMAIN}", nodes.B, limit)


SCENARIOS = {
    "killed": Scenario("The server moves; the old one is killed", 40, [RESOLVER, SCRIPT], killed),
    "gone": Scenario("The server moves; the old one stops responding", 40, [RESOLVER, SCRIPT], gone),
    "afs": Scenario("AFS finds a cell's server, up to the first packet to it", 20, [RESOLVER], afs_cell),
    "late": Scenario(f"The server moves; DNS follows {OUTAGE} s later", OUTAGE + 20, [RESOLVER, SCRIPT], late),
    "unready": Scenario(f"No Pod is ready for {OUTAGE} s", OUTAGE + 20, [RESOLVER, SCRIPT], unready),
    "silent": Scenario(f"The cluster's DNS is silent for {OUTAGE} s", OUTAGE + 20, [RESOLVER, SCRIPT], silent),
    "host": Scenario("A host's name, and the cluster's DNS is silent", 40, [RESOLVER, PEER], host_name),
    "ipv6": Scenario("The Service has IPv6 addresses only", 40, [RESOLVER], ipv6),
    "many": Scenario(f"{VOLUMES} volumes lose their server at once", 90, [RESOLVER, SCRIPT], many),
    "referral": Scenario("An NFSv4 referral to a name of the cluster", 20, [RESOLVER, SCRIPT], referral),
}
