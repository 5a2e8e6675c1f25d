extension Scenario {
    /// A shell script that changes the host and then executes the program. It runs as root in a mount namespace of its
    /// own, with the key as `$1`. Nil for scenarios with an intact host.
    ///
    /// - Parameter program: The program's command line.
    func circumstances(startingWith program: String, on host: TestHost) -> String? {
        let log = host.directory.appending(path: Self.fullLogSocket).path
        let state = host.directory.appending(path: stateDirectory).path
        let ownState = "mkdir -p \(state) /run/resolver; mount --bind \(state) /run/resolver"
        return switch self {
        case .readOnly:
            """
            mount -t tmpfs -o ro tmpfs /tmp
            mount -t tmpfs -o ro tmpfs /run
            mount -o remount,bind,ro /
            exec \(program)
            """
        case .diskFull:
            """
            for directory in /tmp /run; do
                mount -t tmpfs -o size=4k tmpfs $directory
                head -c 4096 /dev/zero >$directory/full
            done
            exec \(program)
            """
        case .danglingResolvConf:
            """
            mount -t tmpfs -o mode=755 tmpfs /mnt
            for file in \(PrivateHost.files); do if [ -e /etc/$file ]; then cp -a /etc/$file /mnt; fi; done
            ln -sf /run/nowhere/resolv.conf /mnt/resolv.conf
            mount --bind /mnt /etc
            exec \(program)
            """
        // Not even one that another program on this machine imitates.
        case .noKubelet: "\(ownState); mount -t tmpfs tmpfs /proc; exec \(program)"
        case .searched, .searchedShort:
            """
            \(ownState); rm -f /run/resolver/kubelet
            mount --bind /proc /mnt
            mount -t tmpfs tmpfs /proc
            for process in $(cat \(NodeProcesses.file(for: self, on: host))); do
                mkdir /proc/$process
                mount --bind /mnt/$process /proc/$process
            done
            exec \(program)
            """
        case .automounted:
            """
            \(ownState); rm -f /run/resolver/*
            mount -t tmpfs tmpfs /proc
            (sleep 15 | /usr/bin/python3 \(NodeProcesses.script) mounts) >/run/resolver/mounts &
            until [ -s /run/resolver/mounts ]; do sleep 0.05; done
            exec \(program)
            """
        case .noProc: "mount -t tmpfs tmpfs /proc; exec \(program)"
        case .noLog: "mount -t tmpfs tmpfs /dev; exec \(program)"
        case .fullLog: "mount -t tmpfs tmpfs /dev; ln -s \(log) /dev/log; exec \(program)"
        case .fewFiles: "ulimit -n 6; exec \(program)"
        case .littleMemory: "ulimit -v 24576; exec \(program)"
        case .noMemory: "ulimit -v 1024; exec \(program)"
        case .closedStreams: "exec \(program) <&- >&- 2>&-"
        case .noCapability: "\(ownState); exec setpriv --bounding-set -sys_admin \(program)"
        case .noPropagation:
            // mount(2) fails if the root directory is not a mount.
            """
            \(ownState)
            mount -t tmpfs tmpfs /mnt
            mkdir /mnt/root
            for entry in /*; do
                if [ -L $entry ]; then
                    cp -P $entry /mnt/root
                elif [ -d $entry ] && [ $entry != /mnt ]; then
                    mkdir /mnt/root$entry
                    mount --rbind $entry /mnt/root$entry
                fi
            done
            exec chroot /mnt/root \(program)
            """
        case .limitedLog:
            """
            \(ownState)
            mount -t tmpfs tmpfs /dev
            ln -s \(host.directory.appending(path: Self.limitedLogSocket).path) /dev/log
            exec \(program)
            """
        // With their own history, log budget and first messages.
        case .usageError, .missingConfig, .removedOption, .afsOptions, .operation, .operationLate, .failedBefore:
            "\(ownState); exec \(program)"
        case .journal:
            """
            mount -t tmpfs tmpfs /run
            mkdir -p /run/systemd/journal
            ln -s \(host.directory.appending(path: Self.journalSocket).path) /run/systemd/journal/socket
            exec \(program)
            """
        case .lateEnd: "\(program) || sleep 0.3"
        case .unanswered: "exit 0"
        case .hanging: "exec sleep 40"
        case .instantiatedElsewhere:
            "(sleep 0.2; printf '\(Self.addressFromElsewhere)\\0' | keyctl pinstantiate $1 0) & exec \(program)"
        case .rejectedElsewhere: "(sleep 0.2; keyctl reject $1 10 rejected 0) & exec \(program)"
        case .revokedElsewhere: "(sleep 0.2; keyctl revoke $1) & exec \(program)"
        case .expiredElsewhere: "keyctl timeout $1 1; exec \(program)"
        case .invalidatedElsewhere: "(sleep 0.2; keyctl invalidate $1) & exec \(program)"
        default: nil
        }
    }

    static let addressFromElsewhere = "192.0.2.7"

    static let journalSocket = "journal"
    /// A log of its own, since storms fill the host's.
    static let limitedLogSocket = "limited-log"
    static let logBurst = 5

    /// The socket in place of /dev/log with a full queue, below the tests' directory.
    static let fullLogSocket = "full-log"
}
