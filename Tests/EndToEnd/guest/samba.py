"""A storage server: smbd on a node's own network, with the same data on every node."""

import os
import pathlib
import socket

from commands import start
from wait import until

DATA = pathlib.Path("/srv/data")


def serve(node):
    """Starts a server on the node, and waits until it accepts connections."""
    home = pathlib.Path("/run/samba") / node.name
    home.mkdir(parents=True, exist_ok=True)
    DATA.mkdir(exist_ok=True)
    configuration = home / "smb.conf"
    configuration.write_text(f"""\
[global]
    server role = standalone server
    map to guest = bad user
    disable netbios = yes
    smb ports = 445
    private dir = {home}
    state directory = {home}
    cache directory = {home}
    lock directory = {home}
    pid directory = {home}
    ncalrpc dir = {home}/ncalrpc
    load printers = no
    printcap name = /dev/null
    disable spoolss = yes
    store dos attributes = no
    logging = file
    log file = {home}/log
[data]
    path = {DATA}
    guest ok = yes
    read only = no
    force user = root
""")
    for file in home.glob("*.pid"):
        file.unlink()
    smbd = start(node.enter("smbd", "--foreground", "--no-process-group", "--configfile", configuration), home / "out")

    def ready():
        if smbd.poll() is not None:
            raise RuntimeError(f"smbd has ended: {(home / 'out').read_text()[-2000:]}")
        try:
            socket.create_connection((node.address, 445), 1).close()
            return True
        except OSError:
            return False
    until(ready, 120, f"samba on {node.name}")
    return smbd
