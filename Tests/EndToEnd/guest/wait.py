"""Waits for conditions, never for a fixed time."""

import time


class TimedOut(Exception):
    pass


def until(condition, seconds, what):
    """Waits until condition() is true, and returns its result."""
    end = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise TimedOut(f"{what}: not within {seconds} s")
        time.sleep(0.05)
