#!/bin/sh
# Takes the packages through their life cycle: check.sh DEB NEXT-DEB RPM
#
# Installs, upgrades, downgrades, removes and purges them in a Debian system set up for this in a temporary directory,
# asks request-key there what it would start, and compares all files at the end with those at the beginning. Nothing
# outside that directory changes. Needs root and mmdebstrap.
set -eu
umask 022
export LC_ALL=C DEBIAN_FRONTEND=noninteractive
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
deb=$1 next=$2 rpm=$3
rule=/etc/request-key.d/resolver.conf

fail() {
    echo "check.sh: after: $done_last: $*" >&2
    exit 1
}

step() {
    done_last=$*
    echo "== $*"
}

inside() { chroot "$root" "$@"; }

# A dpkg prompt about a conffile would end it: there is nobody to answer.
quietly() {
    "$@" >"$root.log" 2>&1 </dev/null || {
        cat "$root.log" >&2
        fail "$* failed"
    }
}

# What request-key would start for a name. It only tells with -l, and with its files in the working directory.
handler() {
    inside sh -c 'cd /etc && exec "$@"' sh request-key -d -l -n -v -D 'dns_resolver;0;0;1f0000;store.default.svc' \
        create 1 0 0 0 0 0 '' 2>&1 | sed -n 's/^Run //p'
}

expect_handler() { [ "$(handler)" = "$1" ] || fail "request-key starts '$(handler)' instead of $1"; }

expect_gone() { for file in "$@"; do [ ! -e "$root$file" ] || fail "$file is still there"; done; }

# All files with their owners, modes and contents, except those of dpkg and rpm themselves.
files() {
    (cd "$root" && find . -xdev \( -path ./var/lib/dpkg -o -path ./var/log -o -path ./var/lib/rpm -o -path ./proc \
        -o -path ./root/.rpmdb -o -path ./usr/share/licenses -o -path ./packages -o -path ./var/cache/ldconfig \) -prune -o \
        \( -type f -printf '%p %u %g %m ' -exec sha256sum {} \; -o -printf '%p %u %g %m %l\n' \) | sort)
}

expect_no_trace() {
    files >"$root.after"
    diff "$root.before" "$root.after" >&2 || fail "the system is not as it was"
}

root=$(mktemp -d /var/tmp/resolver-package.XXXXXX)
trap 'rm -rf "$root" "$root.log" "$root.before" "$root.after"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

step "a Debian system with keyutils"
# Tests of the kernel's upcalls, which hold this lock, replace the host's resolv.conf.
quietly flock /run/resolver-test.lock mmdebstrap --variant=essential --include=keyutils bookworm "$root"
mkdir "$root/packages"
cp "$deb" "$next" "$rpm" "$root/packages"
deb=/packages/${deb##*/} next=/packages/${next##*/} rpm=/packages/${rpm##*/}
expect_handler /sbin/key.dns_resolver
files >"$root.before"

step "install"
quietly inside dpkg -i "$deb"
expect_handler /usr/sbin/resolver
[ -f "$root$rule" ] && [ ! -L "$root$rule" ] || fail "$rule is not a regular file"
[ -z "$(tail -c 1 "$root$rule")" ] || fail "$rule does not end in a newline"
quietly inside dpkg --verify resolver
[ ! -s "$root.log" ] || fail "dpkg --verify: $(cat "$root.log")"
quietly inside resolver --dump-config

step "upgrade, with an edited rule"
sed -i 's/ %k$/ -v %k/' "$root$rule"
quietly inside dpkg -i "$next"
expect_handler /usr/sbin/resolver
grep -q ' -v %k$' "$root$rule" || fail "the edit is lost"

step "downgrade"
quietly inside dpkg -i "$deb"
expect_handler /usr/sbin/resolver
grep -q ' -v %k$' "$root$rule" || fail "the edit is lost"

step "a removal that dpkg rolls back"
quietly inside /var/lib/dpkg/info/resolver.prerm remove
expect_handler /sbin/key.dns_resolver
quietly inside /var/lib/dpkg/info/resolver.postinst abort-remove
expect_handler /usr/sbin/resolver

step "remove"
mkdir -p "$root/run/resolver"
quietly inside dpkg -r resolver
expect_handler /sbin/key.dns_resolver
expect_gone /usr/sbin/resolver "$rule" /run/resolver

step "an installation that dpkg rolls back"
# Another package has a file of the same name.
mkdir -p "$root/packages/other/DEBIAN" "$root/packages/other/usr/sbin"
touch "$root/packages/other/usr/sbin/resolver"
printf '%s\n' 'Package: other' 'Version: 1' 'Architecture: all' 'Maintainer: nobody <nobody@invalid>' \
    'Description: other' >"$root/packages/other/DEBIAN/control"
quietly inside dpkg-deb --build /packages/other
quietly inside dpkg -i /packages/other.deb
if inside dpkg -i "$deb" >"$root.log" 2>&1 </dev/null; then fail "it succeeded"; fi
quietly inside dpkg -P other
expect_handler /sbin/key.dns_resolver

step "install again"
quietly inside dpkg -i "$deb"
expect_handler /usr/sbin/resolver
grep -q ' -v %k$' "$root$rule" || fail "the edit is lost"

step "remove and purge"
quietly inside dpkg -r resolver
quietly inside dpkg -P resolver
expect_handler /sbin/key.dns_resolver
expect_no_trace

step "install and purge at once"
quietly inside dpkg -i "$next"
quietly inside dpkg -P resolver
expect_no_trace

step "a rule of the administrator's stays"
echo 'create dns_resolver a.example * /usr/local/sbin/other %k' >"$root/etc/request-key.d/other.conf"
quietly inside dpkg -i "$deb"
expect_handler /usr/sbin/resolver
quietly inside dpkg -P resolver
rm "$root/etc/request-key.d/other.conf"
expect_no_trace

# Debian's rpm keeps its database outside the system, so it does not know the installed dependencies.
step "the RPM package: install"
quietly rpm --root "$root" --nodeps -i "$root$rpm"
expect_handler /usr/sbin/resolver

step "the RPM package: install again over an edited rule"
sed -i 's/ %k$/ -v %k/' "$root$rule"
quietly rpm --root "$root" --nodeps -U --force "$root$rpm"
grep -q ' -v %k$' "$root$rule" || fail "the edit is lost"

step "the RPM package: erase"
quietly rpm --root "$root" --nodeps -e resolver
expect_handler /sbin/key.dns_resolver
expect_gone /usr/sbin/resolver "$rule"
grep -q ' -v %k$' "$root$rule.rpmsave" || fail "the edit is lost"
rm "$root$rule.rpmsave"
expect_no_trace
