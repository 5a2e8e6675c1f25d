"""The handlers that are compared. Each has its own domain, by which /sbin/request-key chooses it."""

import dataclasses

CLUSTER_DNS = "127.0.0.160"
HOST_DNS = "127.0.0.161"

CLUSTER_ZONE = "default.svc.cluster.local"
HOST_ZONE = "host.example"

# What the two DNS servers answer. The host's server knows the cluster's names too, with a different address: so
# handlers without isolation can do the same work, and an answer from the wrong server is noticed.
CLUSTER_ADDRESS = "10.96.0.7"
HOST_ADDRESS = "10.97.0.8"


@dataclasses.dataclass(frozen=True)
class Handler:
    label: str
    title: str
    zone: str
    # The arguments, without the key's number; {programs} and {state} are directories, {settings} is the option that
    # selects the defaults if the machine has other settings.
    command: str
    address: str

    def domain(self, purpose="time"):
        return f"{self.label}.{purpose}.{self.zone}"


FLOOR = Handler("floor", "floor: a constant", CLUSTER_ZONE, "{programs}/floor", CLUSTER_ADDRESS)
HOST_PEER = Handler("kdr-host", "key.dns_resolver", HOST_ZONE, "/sbin/key.dns_resolver", HOST_ADDRESS)
CLUSTER_PEER = Handler(
    "kdr-cluster", "key.dns_resolver, no isolation", CLUSTER_ZONE, "/sbin/key.dns_resolver", HOST_ADDRESS)
SCRIPT = Handler(
    "script", "shell: unshare, bind mount", CLUSTER_ZONE,
    "{programs}/isolated.sh {state}/kubelet.yaml", CLUSTER_ADDRESS)

HANDLERS = [
    FLOOR,
    HOST_PEER,
    Handler("resolver-host", "resolver", HOST_ZONE, "{programs}/resolver{settings}", HOST_ADDRESS),
    CLUSTER_PEER,
    Handler("resolver-cluster", "resolver", CLUSTER_ZONE, "{programs}/resolver{settings}", CLUSTER_ADDRESS),
    Handler(
        "resolver-namespace", "resolver, isolation = namespace", CLUSTER_ZONE,
        "{programs}/resolver -c {state}/namespace.conf", CLUSTER_ADDRESS),
    SCRIPT,
    Handler(
        "python", "Python: ctypes, no isolation", CLUSTER_ZONE, "{programs}/ctypes_handler.py", HOST_ADDRESS),
]

# Another build of the program.
EARLIER = [
    Handler("earlier-host", "resolver, earlier", HOST_ZONE, "{programs}/earlier{settings}", HOST_ADDRESS),
    Handler("earlier-cluster", "resolver, earlier", CLUSTER_ZONE, "{programs}/earlier{settings}", CLUSTER_ADDRESS),
]


def peer(handler):
    """key.dns_resolver, looking up the same kind of name."""
    return HOST_PEER if handler.zone == HOST_ZONE else CLUSTER_PEER
