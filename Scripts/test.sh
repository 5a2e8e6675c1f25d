#!/bin/bash
# Runs the tests: Scripts/test.sh [swift test's options]
#
# UpcallTests run the release build, or RESOLVER_BINARY, as the kernel does: request_key(2), /sbin/request-key, the
# program. They need root, the initial mount namespace, a kernel with the key type dns_resolver, and the Debian
# packages keyutils (request-key), knot (knotd), mount, util-linux (flock, setpriv, unshare), libc-bin (getent),
# kmod and gcc. If one of these is missing they are skipped and say why; with RESOLVER_REQUIRE_KERNEL=1 they fail.
#
# During the run, and under /run/resolver-test.lock, the host gets bind mounts over /etc/resolv.conf, /etc/hosts,
# /etc/nsswitch.conf and /etc/request-key.d, another /dev/log, no journal socket, and longer datagram queues. All of it
# is undone at the end, also after a failure or a signal; after SIGKILL, the next run does this.
set -eu
cd "$(dirname "$0")/.."

directory=/var/lib/resolver-test
files="resolv.conf hosts nsswitch.conf request-key.d"
journal=/run/systemd/journal/socket
queue=/proc/sys/net/unix/max_dgram_qlen

fail() { echo "test.sh: $*" >&2; exit 1; }

# Why the kernel's upcalls cannot be tested here; empty if they can.
obstacle() {
    [ "$(id -u)" = 0 ] || { echo "not root"; return; }
    for command in request-key knotd flock setpriv unshare getent gcc; do
        PATH=$PATH:/sbin:/usr/sbin command -v $command >/dev/null || { echo "no $command"; return; }
    done
    # The kernel starts the handler in the mount namespace of its own threads.
    [ "$(readlink /proc/self/ns/mnt)" = "$(readlink /proc/2/ns/mnt)" ] || { echo "in a container"; return; }
    [ -d /sys/module/dns_resolver ] || modprobe dns_resolver 2>/dev/null ||
        { echo "the kernel has no dns_resolver"; return; }
    for file in $files; do [ -e /etc/$file ] || { echo "no /etc/$file"; return; }; done
}

# Undoes what prepare and the tests have done so far.
restore() {
    for executable in /proc/[0-9]*/exe; do
        case $(readlink "$executable" || true) in "$directory"/*)
            process=${executable#/proc/}
            kill -KILL "${process%/exe}" || true
        esac
    done 2>/dev/null
    for file in "$directory"/*.pid; do
        if [ -e "$file" ]; then kill "$(cat "$file")" 2>/dev/null || true; fi
    done
    if [ -e "$directory/made-shared" ]; then mount --make-rprivate /; fi
    # The files above, and mounts that a broken program leaked from its namespace: stacked mounts, in an order that only
    # trial and error finds.
    if [ -e "$directory/mounts" ]; then
        for _ in $(seq 10); do
            mounts | grep -vxFf "$directory/mounts" | while read -r _ place; do
                case $place in /etc/*|/sys|/sys/resolv.conf) umount "$place" 2>/dev/null || true ;; esac
            done
        done
    fi
    if [ "$(readlink /dev/log)" = "$directory/log" ]; then rm /dev/log; fi
    if [ -e /dev/log.resolver-test ]; then mv -T /dev/log.resolver-test /dev/log; fi
    if [ -e "$journal.resolver-test" ]; then mv -T "$journal.resolver-test" "$journal"; fi
    if [ -e "$directory/max_dgram_qlen" ]; then cat "$directory/max_dgram_qlen" >$queue; fi
    rm -rf "$directory"
}

# The ID and mount point of each mount.
mounts() { cut -d' ' -f1,5 /proc/self/mountinfo; }

prepare() {
    mkdir -m 755 "$directory"
    mounts >"$directory/mounts"
    install -m 755 "$binary" "$directory/resolver"
    if [ -e .build/kafs-client ]; then cp -r .build/kafs-client "$directory"; fi
    for file in $files; do
        cp -rL "/etc/$file" "$directory/$file"
        mount --bind "$directory/$file" "/etc/$file"
    done
    if [ -e /dev/log ] || [ -L /dev/log ]; then mv -T /dev/log /dev/log.resolver-test; fi
    ln -s "$directory/log" /dev/log
    # The program prefers it.
    if [ -e "$journal" ]; then mv -T "$journal" "$journal.resolver-test"; fi
    # The program does not wait for a slow log; a storm of requests writes a thousand lines.
    cat $queue >"$directory/max_dgram_qlen"
    echo 2048 >$queue
}

umask 022
obstacle=$(obstacle)
if [ -n "$obstacle" ]; then
    [ -z "${RESOLVER_REQUIRE_KERNEL:-}" ] || fail "the kernel's upcalls cannot be tested: $obstacle"
    export UPCALL_TESTS_OBSTACLE="$obstacle"
    exec swift test "$@"
fi

binary=${RESOLVER_BINARY:-}
if [ -z "$binary" ]; then
    swift build -c release --disable-local-rpath --product resolver
    binary=.build/release/resolver
fi
[ -x "$binary" ] || fail "no program $binary"
swift build --build-tests

exec 9>/run/resolver-test.lock
flock 9
restore
trap restore EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
prepare
export UPCALL_TESTS_DIRECTORY=$directory
swift test --skip-build "$@" 9>&-
