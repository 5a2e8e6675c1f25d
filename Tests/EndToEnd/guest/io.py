"""Repeated I/O on a volume: io.py DIRECTORY

Each round writes to a file opened at the start and reads it back, and creates, reads and removes a new file. It prints
a line "done BEGIN END" in seconds of the monotonic clock if all of it succeeded, or "failed" with the same and the
reason.
"""

import os
import sys
import time


def round_of_io(directory, opened, number):
    data = f"{number:020}".encode()
    os.pwrite(opened, data, 0)
    os.fsync(opened)
    if os.pread(opened, len(data), 0) != data:
        raise OSError("the open file has other data")
    name = os.path.join(directory, f"new.{os.getpid()}")
    new = os.open(name, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
    try:
        os.write(new, data)
        os.fsync(new)
        if os.pread(new, len(data), 0) != data:
            raise OSError("the new file has other data")
    finally:
        os.close(new)
    os.unlink(name)


directory = sys.argv[1]
opened = os.open(os.path.join(directory, f"opened.{os.getpid()}"), os.O_RDWR | os.O_CREAT)
number = 0
while True:
    number += 1
    begin = time.monotonic()
    try:
        round_of_io(directory, opened, number)
        print(f"done {begin:.3f} {time.monotonic():.3f}", flush=True)
    except OSError as error:
        print(f"failed {begin:.3f} {time.monotonic():.3f} {error}", flush=True)
    time.sleep(0.2)
