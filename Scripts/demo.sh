#!/bin/sh
# Shows the program at work: demo.sh PROGRAM
#
# A DNS server on a loopback address stands in for the cluster's. The program resolves a name of the cluster by hand;
# then the kernel itself starts it, the Service moves, and the kernel finds the new address. The second part needs
# root. For an ordinary user it runs the first, in separate namespaces. Nothing is left behind.
set -eu

name=store.demo.svc.cluster.local
server=127.0.0.153
rule=/etc/request-key.d/resolver-demo.conf

fail() {
    echo "demo.sh: $*" >&2
    exit 1
}

step() { printf '\n== %s\n' "$*"; }

# Shows a command and runs it.
run() {
    printf '$ %s\n' "$*"
    "$@"
}

indent() { sed 's/^/    /'; }

finish() {
    trap '' HUP INT TERM
    if [ -n "$rule_written" ]; then rm -f "$rule"; fi
    if [ -n "$rules_made" ]; then rmdir "${rule%/*}" || true; fi
    if [ -n "$server_process" ]; then
        kill "$server_process" 2>/dev/null || true
        wait "$server_process" || true
    fi
    if [ -n "$module_loaded" ]; then rmmod dns_resolver 2>/dev/null || true; fi
    rm -rf "$directory"
}

# write_zone SERIAL ADDRESS...: the Service's zone, with CoreDNS's answers for a headless Service with these Pods.
write_zone() {
    {
        printf 'cluster.local. 5 SOA ns.dns.cluster.local. hostmaster.cluster.local. %s 7200 1800 86400 5\n' "$1"
        printf 'cluster.local. 5 NS ns.dns.cluster.local.\nns.dns.cluster.local. 5 A %s\n' "$server"
        shift
        for pod in "$@"; do
            case $pod in *:*) type=AAAA ;; *) type=A ;; esac
            printf '%s. 5 %s %s\n' "$name" "$type" "$pod"
        done
    } >"$directory/cluster.local.zone"
    grep "^$name" "$directory/cluster.local.zone" | indent
}

start_server() {
    mkdir "$directory/knot"
    cat >"$directory/knot.conf" <<END
server:
    rundir: "$directory/knot"
    listen: "$server@53"
log:
  - target: stderr
    any: warning
database:
    storage: "$directory/knot"
control:
    listen: "$directory/knot/knot.sock"
zone:
  - domain: cluster.local
    file: "$directory/cluster.local.zone"
    zonefile-load: whole
    journal-content: none
END
    PATH=$PATH:/usr/sbin:/sbin knotd -c "$directory/knot.conf" >"$directory/knot.log" 2>&1 9>&- &
    server_process=$!
    tries=50
    until control zone-read cluster.local @ SOA >/dev/null 2>&1; do
        tries=$((tries - 1))
        if [ $tries = 0 ] || ! kill -0 "$server_process" 2>/dev/null; then
            cat "$directory/knot.log" >&2
            fail "the DNS server did not start on $server port 53"
        fi
        sleep 0.1
    done
}

control() { PATH=$PATH:/usr/sbin:/sbin knotc -c "$directory/knot.conf" "$@"; }

write_settings() {
    mkdir -p "${kubelet%/*}"
    cat >"$kubelet" <<END
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
clusterDNS:
- $server
clusterDomain: cluster.local
END
    echo "kubelet_config = $kubelet" >"$directory/resolver.conf"
    indent <"$kubelet"
}

by_hand() {
    step "A DNS server on $server stands in for CoreDNS. The headless Service has these Pods:"
    write_zone 1 10.244.1.17 10.244.2.23 fd00:10:244:1::17 fd00:10:244:2::23
    start_server
    step "The kubelet's configuration names that server:"
    write_settings
    step "The program resolves the name by hand; the host's own DNS knows nothing of it."
    if [ "$(id -u)" = 0 ]; then
        set -- -c "$directory/resolver.conf"
    else
        # A file that does not belong to root is trusted only below a directory of the same owner.
        set -- --root "$directory/node"
    fi
    run "$directory/resolver" "$@" --debug "$name" || fail "the name was not resolved"
}

# Why the kernel would not start the program here; empty if it would.
obstacle() {
    if [ "$(cat /proc/2/comm 2>/dev/null)" != kthreadd ] ||
        [ "$(readlink /proc/2/ns/mnt)" != "$(readlink /proc/self/ns/mnt)" ]; then
        echo "this is a container, and the kernel starts its programs outside of it"
    elif ! [ -d /sys/module/dns_resolver ] && ! modprobe dns_resolver 2>/dev/null; then
        echo "this kernel has no dns_resolver"
    fi
}

# A request_key(2), such as a file system in the kernel makes: the kernel answers from its cache, or starts
# /sbin/request-key. The key stays in the session keyring of this script.
lookup() {
    key=$(keyctl request2 dns_resolver "$name" "" @s) || fail "the kernel got no answer"
    address=$(keyctl pipe "$key")
}

show_key() {
    printf 'key %s; the payload, without the final NUL, which the kernel has checked and removed:\n' "$key"
    printf '   %s  "%s"\n' "$(keyctl pipe "$key" | od -A n -t x1 -w64)" "$address"
    echo "its line in /proc/keys; the fourth column is the time it has left:"
    grep "^$(printf %08x "$key") " /proc/keys | indent
}

by_the_kernel() {
    exec 9>/run/resolver-test.lock
    flock -n 9 || { echo "waiting for another test of the kernel's lookups"; flock 9; }

    step "A rule for this one name tells /sbin/request-key to start the program ($rule):"
    if [ ! -d "${rule%/*}" ]; then
        mkdir "${rule%/*}"
        rules_made=yes
    fi
    rule_written=yes
    echo "create dns_resolver $name * $directory/resolver -c $directory/resolver.conf %k" >"$rule"
    indent <"$rule"

    step "The kernel is asked for the name, finds no key, and starts the program."
    printf '$ keyctl request2 dns_resolver %s "" @s\n' "$name"
    lookup
    show_key
    before=$address

    step "The Service moves to other nodes:"
    write_zone 2 10.244.3.42 10.244.4.58 fd00:10:244:3::42 fd00:10:244:4::58
    control zone-reload cluster.local >/dev/null

    step "The kernel keeps the old address for the key's lifetime, and then asks again."
    start=$(date +%s)
    while [ "$address" = "$before" ]; do
        elapsed=$(($(date +%s) - start))
        [ $elapsed -le 60 ] || fail "the kernel still has $before after $elapsed s"
        printf '    after %2d s: %s\n' $elapsed "$address"
        sleep 1
        lookup
    done
    printf '    after %2d s: %s\n' $(($(date +%s) - start)) "$address"
    show_key
    grep -q "$address\$" "$directory/cluster.local.zone" || fail "that is not a new address"
    step "Done: the kernel found the Service in its new place. Nothing of this demonstration stays on the machine."
}

if [ $# != 1 ] || [ ! -x "$1" ]; then fail "usage: demo.sh PROGRAM"; fi
program=$(readlink -f "$1")

# Both re-executions give this script what it needs: for a user, the privilege to use port 53 in a separate network
# namespace; for root, a session keyring that ends with the script.
if [ -z "${RESOLVER_DEMO:-}" ]; then
    export RESOLVER_DEMO=inside
    if [ "$(id -u)" = 0 ]; then
        # keyctl reports the new keyring on standard error.
        exec keyctl session - sh -c 'exec "$@" 2>&3 3>&-' sh "$0" "$program" 3>&2 2>/dev/null
    fi
    unshare --map-current-user --keep-caps --net true 2>/dev/null ||
        fail "this system gives users no namespaces: run it as root"
    exec unshare --map-current-user --keep-caps --net "$0" "$program"
fi

rule_written='' rules_made='' server_process='' module_loaded=''
umask 022
if [ "$(id -u)" = 0 ]; then
    # A directory from which root may execute programs, and whose name a rule can contain.
    directory=$(mktemp -d /var/lib/resolver-demo.XXXXXX)
    chmod 755 "$directory"
else
    directory=$(mktemp -d)
    PATH=$PATH:/usr/sbin:/sbin ip link set lo up
fi
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
install -m 755 "$program" "$directory/resolver"
kubelet=$directory/node/var/lib/kubelet/config.yaml

by_hand
if [ "$(id -u)" != 0 ]; then
    step "The rest needs root: the kernel itself starts the program, the Service moves, and is found again."
    exit 0
fi
[ -d /sys/module/dns_resolver ] || module_loaded=yes
obstacle=$(obstacle)
[ -z "$obstacle" ] || fail "the kernel's part cannot be shown: $obstacle"
by_the_kernel
