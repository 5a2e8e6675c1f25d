import CLinux

/// The process's timer, which survives execve(2): setitimer(2), `ITIMER_REAL`.
enum Alarm {
    /// Makes the kernel send SIGALRM when the deadline passes.
    static func set(for deadline: Deadline) {
        // Zero would mean never.
        let microseconds = max(deadline.microsecondsLeft, 1)
        var timer = itimerval()
        timer.it_value.tv_sec = microseconds / 1_000_000
        timer.it_value.tv_usec = microseconds % 1_000_000
        setitimer(__itimer_which_t(ITIMER_REAL.rawValue), &timer, nil)
    }
}

/// Ends a process in which no signal handler can run because it sleeps in the kernel, for example while it reads from a
/// file system that does not answer: timer_create(2).
struct KillTimer: @unchecked Sendable {
    /// The first timer has the number zero.
    private let timer: timer_t?

    /// Nil if the kernel refuses another timer.
    init?() {
        var timer: timer_t?
        guard linux_create_kill_timer(&timer) == 0 else { return nil }
        self.timer = timer
    }

    /// Has the kernel send SIGKILL.
    func set(for deadline: Deadline) {
        let microseconds = max(deadline.microsecondsLeft, 1)
        var time = itimerspec()
        time.it_value = timespec(tv_sec: microseconds / 1_000_000, tv_nsec: microseconds % 1_000_000 * 1000)
        timer_settime(timer, 0, &time, nil)
    }
}
