#!/bin/sh
# Installs what a purpose needs: install-dependencies.sh build|check|check-deploy|test|demo|bench...
#
# As root it installs missing Debian packages; otherwise it prints the command that does. If no package is missing, it
# starts nothing. If there is no Swift in PATH, install-swift.sh installs Debian's own.
set -eu

fail() {
    echo "install-dependencies.sh: $*" >&2
    exit 1
}

packages_for() {
    case $1 in
    build) echo binutils gcc libc6-dev libkeyutils-dev libyaml-dev ;;
    check) echo fish mandoc shellcheck zsh ;;
    check-deploy) echo python3 python3-venv python3-yaml shellcheck ;;
    test) echo bash keyutils kmod knot libc-bin mount python3 util-linux ;;
    bench) echo gcc libc6-dev libkeyutils-dev keyutils knot python3 strace util-linux valgrind ;;
    fuzz) echo libc6-dev libkeyutils-dev libyaml-dev ;;
    deb) echo binutils lintian ;;
    rpm) echo rpm rpmlint zstd ;;
    selinux) echo checkpolicy semodule-utils ;;
    sysext) echo attr fakeroot squashfs-tools ;;
    dist) echo git python3 ;;
    package-check) echo git keyutils kmod knot mmdebstrap rpm util-linux ;;
    e2e) echo cpio debian-archive-keyring kmod mmdebstrap python3 qemu-system-x86 ;;
    demo) echo iproute2 keyutils kmod knot util-linux ;;
    *) fail "unknown purpose '$1'" ;;
    esac
}

require_swift() {
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\)\.\([0-9]*\).*/\1 \2/p' | head -n 1) || true
    # shellcheck disable=SC2086
    set -- ${version:-0 0}
    if [ "$1" -lt 6 ] || { [ "$1" -eq 6 ] && [ "$2" -lt 2 ]; }; then
        [ "$1" -eq 0 ] && found="no Swift in PATH" || found="Swift $1.$2"
        echo "install-dependencies.sh: building needs Swift 6.2 or later; there is $found" >&2
        if [ "$1" -eq 0 ] && [ "$(id -u)" = 0 ] && [ "$(dpkg --print-architecture 2>/dev/null)" = amd64 ]; then
            "${0%/*}/install-swift.sh"
        else
            fail "install it from https://www.swift.org/install/linux/ and add its usr/bin to PATH; or run" \
                "Scripts/install-swift.sh as root, which installs Debian's own"
        fi
    fi
}

is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Installs packages without starting their daemons: knot would take port 53 of the loopback addresses.
install_packages() {
    policy=/usr/sbin/policy-rc.d
    if [ ! -e $policy ]; then
        trap 'rm -f "$policy"' EXIT
        trap 'exit 129' HUP
        trap 'exit 130' INT
        trap 'exit 143' TERM
        printf '#!/bin/sh\nexit 101\n' >$policy
        chmod 755 $policy
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q || echo "install-dependencies.sh: apt-get update failed; using the existing lists" >&2
    apt-get install -q -y --no-install-recommends "$@"
    for package in "$@"; do
        if [ "$package" = knot ] && [ -d /run/systemd/system ]; then systemctl disable --quiet knot.service; fi
    done
}

# kafs-dns, which the tests compare against: only unpacked, since the package would register itself and mount /afs.
fetch_kafs_client() {
    [ ! -e .build/kafs-client ] || return 0
    command -v apt-get >/dev/null || return 0
    download=$(mktemp -d)
    unpacked=$(mktemp -d .build/kafs-client.XXXXXX)
    # As root: the account that apt usually downloads with may not write here.
    set -- apt-get download -q -o APT::Sandbox::User=root kafs-client libkafs-client0
    (cd "$download" && { "$@" || { apt-get update -q && "$@"; }; }) &&
        for package in "$download"/*.deb; do dpkg -x "$package" "$unpacked"; done &&
        mv -T "$unpacked" .build/kafs-client ||
        echo "install-dependencies.sh: no kafs-client: the comparison with kafs-dns will be skipped" >&2
    rm -rf "$download" "$unpacked"
}

missing=
for purpose in "$@"; do
    packages=$(packages_for "$purpose")
    for package in $packages; do
        command -v dpkg-query >/dev/null || continue
        if ! is_installed "$package"; then missing="$missing $package"; fi
    done
done
if ! command -v dpkg-query >/dev/null; then
    echo "install-dependencies.sh: not a Debian system; these are the packages needed, by Debian's names:" >&2
    for purpose in "$@"; do packages_for "$purpose"; done >&2
fi

case " $* " in *" build "*) require_swift ;; esac
if [ -n "$missing" ]; then
    [ "$(id -u)" = 0 ] || fail "packages are missing; install them with: sudo apt-get install$missing"
    # shellcheck disable=SC2086
    install_packages $missing
fi
case " $* " in *" test "*) mkdir -p .build && fetch_kafs_client ;; esac
