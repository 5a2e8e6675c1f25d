#!/bin/sh
# Builds the guest of the end-to-end tests: image.sh SUITE DIRECTORY
#
# SUITE is the source of the kernel, bookworm or bookworm-backports; all else comes from bookworm. DIRECTORY gets
# vmlinuz, the kernel, and root.cpio, the root file system as an initramfs: the guest needs no disk and no disk driver.
# Packages are unpacked without running their scripts, so this needs neither root nor namespaces nor mounts.
#
# E2E_MIRROR names another Debian mirror.
set -eu
umask 022

suite=$1
directory=$(realpath -m "$2")
mirror=${E2E_MIRROR:-http://deb.debian.org/debian}
packages=linux-image-amd64/$suite,cifs-utils,coreutils,dash,iproute2,keyutils,kmod,knot,mount,nfs-kernel-server
packages=$packages,python3,samba,sed,usr-is-merged,util-linux
# What the scenarios use, besides the ciphers.
modules="cifs dns_resolver dummy kafs nfsd nfsv4 nls_utf8 veth"

mkdir -p "$(dirname "$directory")"
work=$(mktemp -d "$directory.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
root=$work/root

unpack() {
    # shellcheck disable=SC2016
    merge='cd "$1" && for name in bin lib lib64 sbin; do mkdir -p usr/$name && ln -s usr/$name $name; done'
    set -- --variant=extract --setup-hook="$merge" --include="$packages" bookworm "$root" "deb $mirror bookworm main"
    [ "$suite" = bookworm ] || set -- "$@" "deb $mirror $suite main"
    # Both modes only unpack. Root cannot use chrootless, and the other modes need more rights than a user may have.
    if [ "$(id -u)" = 0 ]; then mode=root; else mode=chrootless; fi
    # A name server or mirror may be unreachable for a moment.
    for pause in 5 20 60 0; do
        rm -rf "$root"
        mmdebstrap --quiet --mode=$mode "$@" >"$work/log" 2>&1 && return
        cat "$work/log" >&2
        sleep $pause
    done
    exit 1
}

# What the packages' scripts would have created.
configure() {
    mkdir -p "$root/proc" "$root/sys" "$root/dev" "$root/run" "$root/tmp" "$root/root" "$root/mnt" "$root/srv" \
        "$root/afs" "$root/var/lib/nfs/v4recovery" "$root/var/lib/samba" "$root/var/log/samba"
    printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n' >"$root/etc/passwd"
    printf 'root:x:0:\nnogroup:x:65534:\n' >"$root/etc/group"
    printf 'passwd: files\ngroup: files\nhosts: files dns\nnetworks: files\nservices: files\nprotocols: files\n' \
        >"$root/etc/nsswitch.conf"
    ln -sf /proc/self/mounts "$root/etc/mtab"
    printf '127.0.0.1 localhost\n::1 localhost\n' >"$root/etc/hosts"
}

# Keeps only the modules that are used, out of some four thousand.
select_modules() {
    release=$(basename "$root"/lib/modules/*)
    all=$work/modules
    mkdir -p "$all/lib/modules"
    mv "$root/lib/modules/$release" "$all/lib/modules/"
    /sbin/depmod -b "$all" "$release"
    ciphers=$(find "$all/lib/modules/$release/kernel/crypto" -name '*.ko*' | sed 's|.*/||; s/\.ko.*//')
    # shellcheck disable=SC2086
    /sbin/modprobe -d "$all" -S "$release" --show-depends -a $modules $ciphers >"$work/insmod"
    sed -n 's/^insmod \([^ ]*\).*/\1/p' "$work/insmod" | sort -u | while read -r file; do
        install -D -m 644 "$file" "$root${file#"$all"}"
    done
    cp "$all/lib/modules/$release"/modules.builtin* "$all/lib/modules/$release/modules.order" \
        "$root/lib/modules/$release/"
    /sbin/depmod -b "$root" "$release"
}

unpack
configure
select_modules
mkdir "$work/result"
mv "$root"/boot/vmlinuz-* "$work/result/vmlinuz"
(
    cd "$root"
    rm -rf boot dev/* var/lib/apt var/lib/dpkg var/cache/* usr/share/doc usr/share/man usr/share/locale usr/share/perl* \
        usr/lib/*/perl* usr/lib/*/perl-base usr/lib/udev
    find . -print0 | cpio --quiet --null -o -H newc -R 0:0
) >"$work/result/root.cpio"
# request-key's rules as Debian ships them; `make install` changes them.
cp "$root/etc/request-key.conf" "$work/result/"
rm -rf "$directory"
mv "$work/result" "$directory"
