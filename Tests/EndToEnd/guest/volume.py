"""A volume of a storage server, mounted with the kernel's CIFS client, and the I/O on it."""

import pathlib
import sys
import time

from commands import run, start
from wait import TimedOut, until

VOLUMES = pathlib.Path("/run/volumes")


class Volume:
    """//NAME/data, mounted as by a CSI driver: with the address that the name has at that time."""

    def __init__(self, name, address, options):
        self.place = VOLUMES / name
        self.log = pathlib.Path("/tmp") / f"io.{name}"
        self.place.mkdir(parents=True)
        self.log.write_text("")
        # nosharesock: each volume has its own connection, like volumes of several servers.
        options = f"guest,vers=3.1.1,ip={address},nosharesock,cache=none{options}"
        run("mount.cifs", f"//{name}/data", self.place, "-o", options)
        self.io = start([sys.executable, "/e2e/io.py", self.place], self.log)
        try:
            until(lambda: self.done_after(0), 180, f"I/O on {self.place}")
        except TimedOut:
            self.remove()
            raise

    def done_after(self, moment):
        """When the first successful round of I/O that began after a moment ended; None if there is none yet."""
        for line in self.log.read_text().splitlines(keepends=True):
            word, *times = line.split()
            if word == "done" and line.endswith("\n") and float(times[0]) > moment:
                return float(times[1])
        return None

    def after(self, moment, end):
        """The same, but waits for it until a time of the monotonic clock."""
        while time.monotonic() < end and self.done_after(moment) is None:
            time.sleep(0.05)
        return self.done_after(moment)

    def remove(self):
        self.io.kill()
        run("umount", "--force", "--lazy", self.place)
        self.io.wait(60)
        self.place.rmdir()


def clients():
    """The kernel threads of CIFS connections; none is left after all volumes are removed."""
    return [file for file in pathlib.Path("/proc").glob("[0-9]*/comm") if read(file) == "cifsd\n"]


def read(file):
    try:
        return file.read_text()
    except OSError:
        return ""
