#!/bin/sh
# Tests the Debian package with the kernel: check-kernel.sh DEB NEXT-DEB
#
# For a few seconds, while no other test of the kernel's upcalls runs, the package is installed on this machine, and
# with it the rule for all dns_resolver keys. A DNS server on a loopback address stands in for the cluster's. Everything
# is undone at the end. Needs root, and a machine without the package and its settings.
set -eu
umask 022
export LC_ALL=C DEBIAN_FRONTEND=noninteractive PATH="$PATH:/usr/sbin:/sbin"
deb=$1 next=$2
server=127.0.0.171
domain=packaging-test.svc.cluster.local
settings=/etc/keyutils/key.dns_resolver.conf

fail() {
    echo "check-kernel.sh: $*" >&2
    exit 1
}

step() { echo "== $*"; }

# Both re-executions: a session keyring that ends with the script, and one test at a time.
if [ -z "${RESOLVER_PACKAGE_CHECK:-}" ]; then
    export RESOLVER_PACKAGE_CHECK=inside
    exec flock /run/resolver-test.lock keyctl session - "$0" "$@"
fi

[ "$(cat /proc/2/comm)" = kthreadd ] && [ "$(readlink /proc/2/ns/mnt)" = "$(readlink /proc/self/ns/mnt)" ] ||
    fail "this is a container, and the kernel starts its programs outside of it"
[ -d /sys/module/dns_resolver ] || modprobe dns_resolver || fail "this kernel has no dns_resolver"
for file in "$settings" /usr/sbin/resolver /etc/request-key.d/resolver.conf /etc/request-key.d/resolver.conf.removed; do
    [ ! -e "$file" ] || fail "$file exists: this machine uses resolver"
done

directory=$(mktemp -d)
server_process=
finish() {
    trap '' HUP INT TERM
    dpkg -P resolver >/dev/null 2>&1 || true
    rm -f "$settings"
    if [ -n "$server_process" ]; then
        kill "$server_process" 2>/dev/null || true
        wait "$server_process" || true
    fi
    rm -rf "$directory"
}
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

start_server() {
    {
        echo 'cluster.local. 5 SOA ns.cluster.local. hostmaster.cluster.local. 1 7200 1800 86400 5'
        echo "cluster.local. 5 NS ns.cluster.local."
        echo "ns.cluster.local. 5 A $server"
        for name in first second third; do echo "$name.$domain. 5 A 10.244.7.7"; done
    } >"$directory/zone"
    cat >"$directory/knot.conf" <<END
server:
    rundir: "$directory"
    listen: "$server@53"
log:
  - target: stderr
    any: warning
database:
    storage: "$directory"
zone:
  - domain: cluster.local
    file: "$directory/zone"
    zonefile-load: whole
    journal-content: none
END
    knotd -c "$directory/knot.conf" 2>"$directory/log" &
    server_process=$!
    tries=100
    until knotc -c "$directory/knot.conf" zone-read cluster.local @ SOA >/dev/null 2>&1; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || fail "the DNS server did not start: $(cat "$directory/log")"
        sleep 0.1
    done
}

quietly() { "$@" >"$directory/output" 2>&1 </dev/null || fail "$* failed: $(cat "$directory/output")"; }

# A request_key(2), for which the kernel starts /sbin/request-key. Each name is requested once: the kernel caches it.
ask() { keyctl request2 dns_resolver "$1.$domain" "" @s 2>"$directory/error"; }

expect_answer() {
    key=$(ask "$1") || fail "no answer for $1: $(cat "$directory/error")"
    address=$(keyctl pipe "$key")
    [ "$address" = 10.244.7.7 ] || fail "$1 is at $address"
    echo "   the kernel has $1.$domain at $address"
}

start_server
step "install"
quietly dpkg -i "$deb"
printf 'cluster_dns = %s\ncluster_domain = cluster.local\n' "$server" >"$settings"
expect_answer first
step "upgrade"
quietly dpkg -i "$next"
expect_answer second
step "remove"
quietly dpkg -r resolver
if ask third >/dev/null; then fail "the removed package still answers"; fi
echo "   key.dns_resolver answers the kernel: $(cat "$directory/error")"
step "purge"
quietly dpkg -P resolver
[ ! -e /etc/request-key.d/resolver.conf.removed ] || fail "a file is left"
