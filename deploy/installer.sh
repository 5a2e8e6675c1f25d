#!/bin/sh
# Installs the program on a Kubernetes node and registers it there, or removes both. The DaemonSet runs this.
#
#   installer.sh install      install it; if everything is in place, change nothing
#   installer.sh uninstall    remove it, and restore what was there before
#   installer.sh watch VERB   do that every INTERVAL seconds; the file TMPDIR/ready exists if the last attempt succeeded
#
#   HOST_ROOT          where the node's / is mounted; /host
#   INSTALL_DIRECTORY  the node's directory for the program, and for nothing else; /opt/resolver
#   INTERVAL           60
#   LOCK_TIMEOUT       how long install and uninstall wait for another installer, in seconds; 60
#
# On the node it writes only to INSTALL_DIRECTORY and /etc/request-key.d. register.sh registers the program, as a
# drop-in. The installer holds a lock on INSTALL_DIRECTORY/lock, which only root can open, and removes that file when it
# ends: a second installer waits, with watch for as long as it takes. Files are replaced by renaming complete new ones;
# the next run completes one that was killed.
set -eu
umask 022
export LC_ALL=C

package=$(dirname "$0")/..
image_program=$package/resolver
host=${HOST_ROOT-/host}
host=${host%/}
directory=${INSTALL_DIRECTORY:-/opt/resolver}
directory=${directory%/}
interval=${INTERVAL:-60}
limit=${LOCK_TIMEOUT:-60}
program=$directory/resolver
dropin=$host/etc/request-key.d/resolver.conf
# The previous drop-in; empty if there was none. While this file exists, program and drop-in are ours.
before=$host$directory/before
lock=$host$directory/lock
ready=${TMPDIR:-/tmp}/ready

log() { echo "installer.sh: $*" >&2; }

fail() {
    log "$@"
    exit 1
}

register() { "$package/Scripts/register.sh" "$@" "$host"; }

# What starts other programs closes the lock: it must not last as long as they do.
on_host() { timeout 10 chroot "${host:-/}" "$@" </dev/null 2>&1 9<&-; }

is_regular() { [ -f "$1" ] && [ ! -L "$1" ]; }

# has FILE OWNER GROUP MODE
has() { [ "$(stat -c '%u %g %a' "$1")" = "$2 $3 $4" ]; }

names_us() { is_regular "$dropin" && grep -qF " $program %k" "$dropin"; }

# Nobody but root may be able to change what root will run.
refuse_untrusted_directory() {
    path=$host$directory
    [ -d "$path" ] || fail "there is no directory $path"
    while [ "$path" != "$host" ]; do
        # shellcheck disable=SC2046
        set -- $(stat -L -c '%u %g %a' "$path")
        if [ "$1" != 0 ] || [ $((0$3 & 002)) != 0 ] || { [ "$2" != 0 ] && [ $((0$3 & 020)) != 0 ]; }; then
            fail "others than root can change ${path#"$host"} (owner $1, group $2, mode $3); choose another directory"
        fi
        path=${path%/*}
    done
}

# Before anything opens the file: a FIFO would block, and a symbolic link lead elsewhere.
refuse_foreign_lock() {
    # A regular file of mode 600, its owner and its size.
    found=$(stat -c '%f %u %s' "$lock" 2>/dev/null) || return 0
    [ "$found" = '8180 0 0' ] ||
        fail "${lock#"$host"} is not the lock file, which is a regular file of root's, empty and of mode 600; remove it"
}

# Whether the open file is the one that now has the lock's name. The holder of the lock removes the file at its end.
is_current() {
    mine=$(stat -L -c '%d:%i %f' /proc/self/fd/9 2>/dev/null) && named=$(stat -c '%d:%i %f' "$lock" 2>/dev/null) &&
        [ "$mine" = "$named" ]
}

# acquire VERB: takes the lock unless this process has it. Other users can neither hold the lock nor change its file.
# Fails with 1 and says why; with 2 if another installer has it; with 3 if VERB has nothing to do and needs no lock.
acquire() {
    if [ "$1" = uninstall ] && is_out_of_reach; then return 3; fi
    (
        [ -d "$host/etc/request-key.d" ] || fail "there is no directory $host/etc/request-key.d"
        refuse_untrusted_directory
        refuse_foreign_lock
    ) || return 1
    if ! is_current; then
        opened=yes
        umask 077
        command exec 9<>"$lock" && status=0 || status=1
        umask 022
        [ $status = 0 ] || return 1
        # A default ACL of the directory overrides the umask.
        (refuse_foreign_lock) || return 1
    fi
    if flock -n 9 && is_current; then
        locked=yes
        return 0
    fi
    exec 9<&-
    locked=''
    return 2
}

# Removes the lock's file. Something that was still at work keeps the lock, so that the next installer waits for it.
release() {
    exec 9<&-
    [ -n "$opened" ] || return 0
    tries=${locked:+1 2 3 4 5}
    for try in ${tries:-1}; do
        [ "$try" = 1 ] || sleep 1
        acquire '' 2>/dev/null && status=0 || status=$?
        [ $status = 2 ] || break
    done
    if [ $status = 0 ]; then
        clean_up
        rm -f "$lock"
    fi
}

# The kernel starts /sbin/request-key, whatever PATH says.
require_request_key() {
    output=$(on_host /sbin/request-key --version) && status=0 || status=$?
    case $status in
    125) fail "cannot chroot to the node's root, which needs the capability SYS_CHROOT: $output" ;;
    126 | 127) fail "the node cannot start /sbin/request-key; install the package keyutils there: $output" ;;
    esac
}

# starts PROGRAM: fails unless the node can run it.
starts() {
    version=$("$image_program" --version)
    output=$(on_host "$1" --version) || true
    [ "$output" = "$version" ] || fail "the node cannot run the program; is the image for its architecture? It says: $output"
}

# stage FILE MODE < CONTENT: a complete new file next to FILE.
stage() {
    staged=${1%/*}/.${1##*/}.new
    rm -f "$staged"
    cat >"$staged"
    chmod "$2" "$staged"
    sync "$staged"
}

# settle STAGED FILE: the staged file replaces FILE.
settle() {
    mv -fT "$1" "$2"
    sync "${2%/*}"
}

# Removes files that were staged but not settled, also by a killed run. Only the holder of the lock may do this.
clean_up() {
    rm -f "$host$directory"/.*.new "$host"/etc/request-key.d/.resolver.conf.new
    rm -f "$host"/etc/request-key.d/.resolver.??????
}

# Leaves other people's files alone; removes only what has replaced ours.
reclaim() {
    if [ ! -e "$before" ]; then
        if [ ! -e "$host$program" ] && [ ! -L "$host$program" ]; then return; fi
        fail "$program is there, but not from this installer; remove it first"
    elif [ -e "$dropin" ] || [ -L "$dropin" ]; then
        if is_regular "$dropin" && grep -q '^#resolver:file#' "$dropin" && has "$dropin" 0 0 644; then return; fi
        log "someone replaced ${dropin#"$host"}"
        rm -f "$dropin"
    fi
}

remember() {
    if [ -e "$before" ]; then return; fi
    if [ -e "$dropin" ] && ! names_us; then stage "$before" 644 <"$dropin"; else stage "$before" 644 </dev/null; fi
    settle "$staged" "$before"
}

place_program() {
    if is_regular "$host$program" && cmp -s "$image_program" "$host$program" && has "$host$program" 0 0 755; then
        starts "$program"
        return
    fi
    stage "$host$program" 755 <"$image_program"
    new=$staged
    starts "${new#"$host"}"
    remember
    settle "$new" "$host$program"
    log "placed $version as $program"
}

# Finds what else keeps lookups from working on this node, as far as its files tell. A warning is only logged.
examine() {
    output=$(timeout 60 "$image_program" --check --root "${host:-/}" 2>&1 9<&-) && status=0 || status=$?
    [ "$status" = 0 ] || printf '%s\n' "$output" >&2
    [ "$status" -lt 2 ] || fail "the program is in place, but lookups will fail"
}

install() {
    require_request_key
    reclaim
    register check dropin "$program"
    place_program
    rm -f "$work/former"
    if [ -e "$dropin" ]; then cp "$dropin" "$work/former"; fi
    register add dropin "$program"
    cmp -s "$work/former" "$dropin" || log "registered $program in ${dropin#"$host"}"
    examine
}

# restorable: whether there was a rule before ours whose program still exists.
restorable() {
    [ -s "$before" ] || return 1
    on_host "$(awk '$1 == "create" { print $5 }' "$before")" --version >/dev/null && status=0 || status=$?
    case $status in 125 | 126 | 127) return 1 ;; esac
}

is_absent() { [ ! -e "$before" ] && ! names_us; }

# Whether the node has nothing of ours, and no directory where an installer could put it.
is_out_of_reach() { is_absent && ! (refuse_untrusted_directory) 2>/dev/null; }

# The rule goes first, so that it never names a program that is gone.
uninstall() {
    if is_absent; then return 0; fi
    if [ ! -e "$dropin" ] || names_us; then
        if restorable; then
            stage "$dropin" 644 <"$before"
            settle "$staged" "$dropin"
        else
            register remove "$program"
        fi
    fi
    rm -f "$host$program"
    rm -f "$before"
    sync "$host$directory"
    log "took $program off this node"
}

pause() {
    sleep "$1" >/dev/null 2>&1 9<&- &
    child=$!
    wait $child
    child=
}

once() {
    waited=0
    while :; do
        acquire "$1" && status=0 || status=$?
        case $status in
        0) break ;;
        1) exit 1 ;;
        3) return 0 ;;
        esac
        [ "$waited" -lt "$limit" ] || fail "another installer is at work on this node, and not done after $limit s"
        [ "$waited" != 0 ] || log "$busy"
        pause 1
        waited=$((waited + 1))
    done
    "$1"
}

# Logs what an attempt has to say, unless the previous one said the same.
watch() {
    rm -f "$ready"
    : >"$work/said"
    while :; do
        acquire "$1" 2>"$work/says" && status=0 || status=$?
        case $status in
        0)
            (
                trap clean_up EXIT
                "$1"
            ) 2>"$work/says" &
            child=$!
            wait $child && status=0 || status=$?
            ;;
        2) log "$busy" 2>"$work/says" ;;
        3) status=0 ;;
        esac
        cmp -s "$work/says" "$work/said" || cat "$work/says" >&2
        mv "$work/says" "$work/said"
        if [ "$status" != 0 ]; then
            rm -f "$ready"
        elif [ ! -e "$ready" ]; then
            log "$1: done; looking again every $interval s"
            : >"$ready"
        fi
        pause "$interval"
    done
}

finish() {
    if [ -n "$child" ]; then kill "$child" 2>/dev/null || true; fi
    release
    rm -rf "$work"
}

case $*:$# in
install:1 | uninstall:1 | 'watch install:2' | 'watch uninstall:2') ;;
*) fail "usage: installer.sh [watch] install|uninstall" ;;
esac
case $directory in /*[!/]) ;; *) fail "$directory: not the absolute path of a directory" ;; esac
[ "$(id -u)" = 0 ] || fail "only root can change a node"
child='' opened='' locked='' busy='another installer is at work on this node; waiting for it'
work=$(mktemp -d)
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'rm -f "$ready"; exit 0' TERM
case $1 in
watch) watch "$2" ;;
*) once "$1" ;;
esac
