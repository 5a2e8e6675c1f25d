"""The compared handlers, and their registration with request-key."""

import pathlib
import re

import upcalls
from commands import run

RULES = pathlib.Path("/etc/request-key.conf")
# As `make install` leaves them, and as Debian ships them.
INSTALLED = RULES.read_text()
ANSWERS = pathlib.Path("/run/resolver/answers")
DEBIANS = pathlib.Path("/e2e/request-key.conf").read_text()

# The program that an upcall starts, and the rules that direct the kernel's requests to it.
HANDLERS = {
    "resolver": ("/usr/local/sbin/resolver", INSTALLED),
    "key.dns_resolver": ("/sbin/key.dns_resolver", DEBIANS),
    "script": (
        "/e2e/isolated.sh",
        DEBIANS.replace("/sbin/key.dns_resolver %k", "/e2e/isolated.sh /var/lib/kubelet/config.yaml %k")),
}


def register(handler):
    """Directs the kernel's requests to a handler, and clears the answers of others."""
    program, rules = HANDLERS[handler]
    if not re.search(rf"^create\s+dns_resolver\s+\*\s+\*\s+{re.escape(program)} ", rules, re.MULTILINE):
        raise RuntimeError(f"no rule starts {program}:\n{rules}")
    RULES.write_text(rules)
    forget()
    upcalls.watch(program)


def expect_kept(name):
    """Fails unless our handler has stored its answer to the kernel's own request."""
    if RULES.read_text() == INSTALLED and name.encode() not in ANSWERS.read_bytes():
        raise RuntimeError(f"{ANSWERS} does not contain {name}")


def keys():
    """The fields of each line of /proc/keys; the type is cut off at nine characters."""
    return [line.split() for line in pathlib.Path("/proc/keys").read_text().splitlines()]


def has_answered():
    """Whether the kernel has an answer, even an error."""
    return any(fields[7] == "dns_resol" and "I" in fields[1] for fields in keys())


def forget():
    """Clears the kernel's cache of answers."""
    for fields in keys():
        if fields[7] == "keyring" and fields[8].startswith(".dns_resolver"):
            run("keyctl", "clear", int(fields[0], 16))
