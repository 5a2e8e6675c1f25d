#!/bin/sh
# Installs Debian's own Swift, the package swiftlang of unstable, on a Debian system that has no Swift: below
# /opt/swift, with links in /usr/local/bin. It downloads 700 MB and takes 4 GB of disk space.
#
# It needs a newer C library than a stable Debian has. So it brings its own libraries, the system's libraries stay as
# they are, and its programs, and those that it links dynamically, use the loader of that newer library.
set -eu

# With the name of the cache, this must be as long as /etc/ld.so.cache, whose path it replaces in the loader.
prefix=/opt/swift
tools=$prefix/usr/libexec/swift/bin
modules=$prefix/usr/libexec/swift/lib
libraries=$prefix/usr/lib/x86_64-linux-gnu

fail() {
    echo "install-swift.sh: $*" >&2
    exit 1
}

# A linker that makes dynamic programs use that loader.
wrap_linker() {
    cat >"$tools/$1" <<END
#!/bin/sh
case " \$* " in
*" -static "*) ;;
*) set -- "\$@" --allow-shlib-undefined --dynamic-linker=$prefix/ld.so ;;
esac
exec $2 "\$@"
END
    chmod 755 "$tools/$1"
}

[ "$(id -u)" = 0 ] || fail "only root can do this"
[ "$(dpkg --print-architecture)" = amd64 ] || fail "supported only on amd64 so far"
if [ -e "$prefix" ] && [ ! -e $prefix/.complete ]; then rm -rf "$prefix.incomplete" && mv "$prefix" "$prefix.incomplete"; fi
if [ ! -e $prefix/.complete ]; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q || echo "install-swift.sh: apt-get update failed; using the existing lists" >&2
    apt-get install -q -y --no-install-recommends binutils debian-archive-keyring gcc libc6-dev libclang-rt-16-dev \
        libstdc++-12-dev mmdebstrap patchelf
    # Only unpacked: none of its programs runs except Swift's. A mirror may lag behind for longer than a list is valid.
    mmdebstrap --quiet --variant=extract --include=swiftlang,tzdata --aptopt='Acquire::Check-Valid-Until "false"' \
        --aptopt='APT::Sandbox::User "root"' unstable $prefix http://deb.debian.org/debian

    sed "s#/etc/ld.so.cache#$prefix/cache#" "$(readlink -f $libraries/ld-linux-x86-64.so.2)" >$prefix/ld.so
    chmod 755 $prefix/ld.so
    printf '%s\n' $libraries $modules/swift/linux $modules/swift/host/compiler $modules >$prefix/ld.so.conf
    /sbin/ldconfig -X -C $prefix/cache -f $prefix/ld.so.conf
    for program in "$tools"/*; do
        [ -L "$program" ] && continue
        if readelf -l "$program" 2>/dev/null | grep -q 'program interpreter'; then
            patchelf --set-interpreter $prefix/ld.so "$program"
        fi
    done
    rm "$tools/ld.lld"
    wrap_linker ld.lld "$tools/lld -flavor gnu"
    wrap_linker ld.gold /usr/bin/ld.gold

    # Debian's compiler assumes the vendor "pc", but has the modules of Embedded Swift only for "unknown".
    for directory in "$modules"/swift*/embedded/*.swiftmodule; do
        for file in "$directory"/x86_64-unknown-linux-gnu.*; do
            if [ -e "$file" ]; then
                ln -s "${file##*/}" "$directory/x86_64-pc-linux-gnu${file##*/x86_64-unknown-linux-gnu}"
            fi
        done
    done
    ln -s x86_64-unknown-linux-gnu $modules/swift/embedded/x86_64-pc-linux-gnu
    # The package contains the module of this overlay, but not its library.
    rm -rf $modules/swift/linux/Testing.swiftcrossimport
    # Its sanitizers are built for the newer C library, and are linked statically into programs.
    for clang in "$modules"/clang/*; do
        mv "$clang/lib/linux" "$clang/lib/linux.debian"
        ln -s /usr/lib/llvm-16/lib/clang/16/lib/linux "$clang/lib/linux"
    done
    touch $prefix/.complete
fi
for tool in swift swiftc; do ln -sf $tools/$tool /usr/local/bin/$tool; done
swift --version
