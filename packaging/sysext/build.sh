#!/bin/sh
# Builds the image for systemd-sysext(8): build.sh BINARY OUTPUT
#
# The image extends only /usr. /usr/sbin is a symbolic link on some systems, and a directory of that name would hide its
# target; /usr/bin is a directory everywhere. tmpfiles.d(5) puts the rule into /etc: as a copy, since request-key skips
# symbolic links.
#
# Set SOURCE_DATE_EPOCH: the same binary then gives the same image, wherever and whenever it is built.
set -eu
umask 022
binary=$1 output=$2
folder=$(dirname "$0")
program=/usr/bin/resolver

# fakeroot gives files their owner and SELinux label without root, and without SELinux on this machine.
if [ -z "${FAKEROOTKEY:-}" ]; then exec fakeroot "$0" "$@"; fi

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

case $(uname -m) in
x86_64) architecture=x86-64 ;;
aarch64) architecture=arm64 ;;
*) architecture=$(uname -m) ;;
esac
install -D -m 755 "$binary" "$root$program"
mkdir -p "$root/usr/share/resolver" "$root/usr/lib/tmpfiles.d" "$root/usr/lib/extension-release.d"
sed -e '/^#resolver:file#/d' -e "s|@PROGRAM@|$program|" etc/request-key.d/resolver.conf \
    >"$root/usr/share/resolver/request-key.conf"
install -m 644 etc/keyutils/key.dns_resolver.conf.sample packaging/copyright "$root/usr/share/resolver"
install -m 644 "$folder/tmpfiles.conf" "$root/usr/lib/tmpfiles.d/resolver.conf"
# "_any": all it needs from the host is request-key.
printf 'ID=_any\nARCHITECTURE=%s\n' "$architecture" >"$root/usr/lib/extension-release.d/extension-release.resolver"

# A directory of the image covers the host's directory of the same name, with its own label.
label() {
    type=$1
    shift
    setfattr -n security.selinux -v "system_u:object_r:$type:s0" "$@"
}
chmod 755 "$root"
label root_t "$root"
find "$root/usr" -exec setfattr -n security.selinux -v system_u:object_r:usr_t:s0 {} +
find "$root/usr/lib" -exec setfattr -n security.selinux -v system_u:object_r:lib_t:s0 {} +
label bin_t "$root/usr/bin"
label keyutils_dns_resolver_exec_t "$root$program"

rm -f "$output"
mksquashfs "$root" "$output" -all-root -noappend -no-exports -no-progress -quiet
