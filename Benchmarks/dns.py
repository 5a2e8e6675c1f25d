"""Two DNS servers on loopback addresses: the cluster's and the host's."""

import socket
import time

import handlers
import processes

ZONES = {
    handlers.CLUSTER_DNS: {handlers.CLUSTER_ZONE: handlers.CLUSTER_ADDRESS},
    handlers.HOST_DNS: {
        handlers.CLUSTER_ZONE: handlers.HOST_ADDRESS,
        handlers.HOST_ZONE: handlers.HOST_ADDRESS,
    },
}


def start(state):
    """Starts the servers and waits until they answer."""
    for address, zones in ZONES.items():
        home = state / address
        home.mkdir()
        for zone, answer in zones.items():
            (home / zone).write_text(
                f"$TTL 30\n@ SOA ns.invalid. nobody.invalid. 1 3600 600 86400 5\n@ NS ns.invalid.\n* A {answer}\n")
        (home / "knot.conf").write_text(configuration(home, address, zones))
        processes.start(["knotd", "-c", home / "knot.conf"], state)
        wait(address, list(zones)[0])


def configuration(home, address, zones):
    entries = "".join(f"  - domain: {zone}\n    file: {home / zone}\n" for zone in zones)
    return f"""
server:
    rundir: {home}
    listen: {address}@53
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: {home}
template:
  - id: default
    zonefile-sync: -1
    journal-content: none
zone:
{entries}"""


def wait(address, zone):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in f"ready.{zone}".split("."))
    # RFC 1035, section 4: ID, recursion desired, one question; type A, class IN.
    query = bytes([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]) + labels + bytes([0, 0, 1, 0, 1])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.connect((address, 53))
        server.settimeout(0.1)
        for _ in range(100):
            try:
                server.send(query)
                # The response code and the answer count.
                reply = server.recv(512)
                if reply[3] & 15 == 0 and reply[7] == 1:
                    return
            except OSError:
                pass
            time.sleep(0.05)
    raise RuntimeError(f"knotd does not answer on {address}")
