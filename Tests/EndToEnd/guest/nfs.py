"""An NFSv4 server that refers its clients to another server by name."""

import contextlib
import pathlib
import subprocess
import sys
import time

import nodes
from commands import run, start, stop
from wait import until

DATA = pathlib.Path("/srv/nfs")
PLACE = pathlib.Path("/mnt")
OPTIONS = "no_subtree_check,insecure,sec=sys"


@contextlib.contextmanager
def volume(name):
    """A volume of a server on the first node, which refers clients to the other node for the directory "moved"."""
    (DATA / "moved").mkdir(parents=True, exist_ok=True)
    (DATA / "data").write_text("data\n")
    serve(nodes.A, f"{DATA} *(ro,fsid=0,crossmnt,{OPTIONS})\n{DATA}/moved *(ro,fsid=1,refer=/@{name},{OPTIONS})\n")
    serve(nodes.B, f"{DATA} *(ro,fsid=0,{OPTIONS})\n")
    try:
        run("mount", "-t", "nfs4", "-o", "vers=4.2,soft,timeo=50,retrans=2", f"{nodes.A.address}:/", PLACE)
        yield PLACE
    finally:
        run("umount", "--recursive", "--lazy", PLACE, check=False)
        for node in nodes.A, nodes.B:
            run(*node.enter("/e2e/nfsd.sh", "stop"))
            node.kill()


def serve(node, exports):
    directory = pathlib.Path("/etc/netns") / node.name
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "exports").write_text(exports)
    pathlib.Path("/etc/exports").touch()
    start(node.enter("/e2e/nfsd.sh", "start"), f"/tmp/nfsd.{node.name}")
    until(lambda: "serving" in pathlib.Path(f"/tmp/nfsd.{node.name}").read_text(), 60, f"nfsd on {node.name}")


def follow(place, limit):
    """Looks at a file behind the referral, and returns the seconds until it was found."""
    moment = time.monotonic()
    while time.monotonic() < moment + limit:
        reader = start(["stat", place / "moved/data"], "/tmp/nfs.client")
        try:
            if reader.wait(max(0.1, moment + limit - time.monotonic())) == 0:
                return time.monotonic() - moment
        except subprocess.TimeoutExpired:
            stop(reader)
        time.sleep(0.2)
    return None
