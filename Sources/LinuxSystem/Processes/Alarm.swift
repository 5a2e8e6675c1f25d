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
