"""A virtual machine that runs scenarios with one handler, without a disk or network."""

import json
import os
import pathlib
import subprocess
import threading

# A guest that has reported nothing after this many seconds has not started.
BOOT = 420
# The most seconds for a scenario.
LONGEST = 300


def accelerator():
    """KVM if the processor has it: /dev/kvm alone may run special kernels only."""
    chosen = os.environ.get("E2E_ACCEL")
    if chosen:
        return chosen
    flags = pathlib.Path("/proc/cpuinfo").read_text().split()
    usable = ("vmx" in flags or "svm" in flags) and os.access("/dev/kvm", os.R_OK | os.W_OK)
    return "kvm" if usable else "tcg"


class Machine:
    def __init__(self, kernel, initrd, handler, scenarios, directory, on_result):
        self.handler = handler
        self.console = directory / f"{handler}.console"
        self.missing = list(scenarios)
        self.release = None
        self.problems = []
        self.on_result = on_result
        time_limit = BOOT + len(scenarios) * LONGEST
        # A kernel that is locked up for two minutes panics, which ends the machine.
        lockup = "softlockup_panic=1 watchdog_thresh=60"
        arguments = f"console=ttyS0 panic=-1 {lockup} quiet e2e.handler={handler} e2e.scenarios={','.join(scenarios)}"
        # timeout(1) ends it even if this program is gone.
        self.process = subprocess.Popen(
            ["timeout", "--kill-after=5", str(time_limit), "qemu-system-x86_64", "-accel", accelerator(), "-cpu", "max",
             "-smp", "2", "-m", "1536", "-no-user-config", "-nodefaults", "-display", "none", "-nic", "none",
             "-no-reboot", "-kernel", kernel, "-initrd", initrd, "-append", arguments,
             "-serial", f"file:{self.console}", "-serial", "stdio"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        self.watch = threading.Timer(BOOT, self.give_up)
        self.watch.daemon = True
        self.watch.start()

    def give_up(self):
        if self.release is None:
            self.problems.append(f"nothing heard from the guest for {BOOT} s")
            self.process.terminate()

    def read(self):
        """Reads the guest's lines until it ends."""
        for line in self.process.stdout:
            try:
                fields = json.loads(line)
                self.take(fields)
            except (ValueError, AttributeError, KeyError):
                self.problems.append(line.rstrip())

    def take(self, fields):
        if "scenario" in fields:
            self.missing.remove(fields["scenario"])
            self.on_result(self, fields)
        elif "kernel" in fields:
            self.release = fields["kernel"]
        elif "error" in fields:
            self.problems += fields["error"].splitlines() + fields["evidence"]

    def wait(self):
        """Waits for the guest's end. Returns what went wrong with the machine itself, if scenarios are missing."""
        self.reader.join()
        self.process.wait()
        self.watch.cancel()
        if not self.missing:
            return []
        console = self.console.read_text(errors="replace").splitlines() if self.console.exists() else []
        return [f"the guest ended without {', '.join(self.missing)}", *self.problems,
                *(f"console: {line}" for line in console[-30:])]

    def stop(self):
        self.watch.cancel()
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(15)
