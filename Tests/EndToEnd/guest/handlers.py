"""The handlers that are compared, and their registration with request-key."""

import pathlib
import re

import upcalls
from commands import run

RULES = pathlib.Path("/etc/request-key.conf")
# As `make install` left them, and as Debian ships them.
INSTALLED = RULES.read_text()
DEBIANS = pathlib.Path("/e2e/request-key.conf").read_text()

# The program that one upcall starts, and the rules under which the kernel's requests reach it.
HANDLERS = {
    "resolver": ("/usr/local/sbin/resolver", INSTALLED),
    "key.dns_resolver": ("/sbin/key.dns_resolver", DEBIANS),
    "script": (
        "/e2e/isolated.sh",
        DEBIANS.replace("/sbin/key.dns_resolver %k", "/e2e/isolated.sh /var/lib/kubelet/config.yaml %k")),
}


def register(handler):
    """Makes a handler the one that the kernel's requests reach; no answer of another is left."""
    program, rules = HANDLERS[handler]
    if not re.search(rf"^create\s+dns_resolver\s+\*\s+\*\s+{re.escape(program)} ", rules, re.MULTILINE):
        raise RuntimeError(f"no rule starts {program}:\n{rules}")
    RULES.write_text(rules)
    forget()
    upcalls.watch(program)


def keys():
    """The fields of each line of /proc/keys; the type is cut off at nine characters."""
    return [line.split() for line in pathlib.Path("/proc/keys").read_text().splitlines()]


def has_answered():
    """Whether the kernel has an answer, be it an error."""
    return any(fields[7] == "dns_resol" and "I" in fields[1] for fields in keys())


def forget():
    """Clears the kernel's cache of answers."""
    for fields in keys():
        if fields[7] == "keyring" and fields[8].startswith(".dns_resolver"):
            run("keyctl", "clear", int(fields[0], 16))
