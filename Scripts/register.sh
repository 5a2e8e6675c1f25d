#!/bin/sh
# Registers a program as the handler of the kernel's dns_resolver keys, and undoes that.
#
#   register.sh add conf|dropin PROGRAM [ROOT]    register PROGRAM (an absolute path)
#   register.sh check conf|dropin PROGRAM [ROOT]  find out whether "add" would succeed; changes nothing
#   register.sh remove PROGRAM [ROOT]             restore what was there before
#
# "conf" writes the rule to ROOT/etc/request-key.conf: the rules it replaces become comments in place, every other line
# stays as it is, and "remove" restores the file byte for byte, except for later edits, which it keeps. "dropin" writes
# the file ROOT/etc/request-key.d/resolver.conf, as a package does. Each method undoes the other.
#
# Files are replaced by renaming complete new ones, so a lookup during this finds the old rules or the new ones.
set -eu
umask 022
export LC_ALL=C

fail() {
    echo "register.sh: $*" >&2
    exit 1
}

usage() {
    fail "usage: register.sh add|check conf|dropin PROGRAM [ROOT], or register.sh remove PROGRAM [ROOT]"
}

# What distinguishes our lines. The rule marker is above our rule, or the file marker if the whole file is ours; "kept"
# precedes each rule that ours replaces; "bare N" follows a last line of N bytes without a newline.
# shellcheck disable=SC2016
edit='
    # Whether this rule matches every name as closely as ours. request-key skips lines that begin with a blank; here
    # their first field is empty.
    function competes(line,    field) {
        split(line, field, /[ \t\v\f\r]+/)
        return exact(field[1], "create") && exact(field[2], "dns_resolver") && field[3] == "*" && field[4] == "*"
    }
    function exact(pattern, word) { sub(/\*/, "", pattern); return pattern == word }
    function length_of_bare(line) { sub(/^#resolver:bare /, "", line); return line + 0 }
    BEGIN { ORS = ""; kept = "#resolver:kept# " }
'

# add_rule BASE PROGRAM CREATED > RESULT
# shellcheck disable=SC2016
add_rule() {
    awk -v program="$2" -v created="$3" -v bare="$(lacks_newline "$1")" "$edit"'
        function place() {
            print (created ? "#resolver:file# This file" : "#resolver:rule# The next line")
            print " was put here by resolver'\''s \"make install\"; \"make uninstall\" takes it back.\n"
            print "create dns_resolver * * " program " %k\n"
            placed = 1
        }
        { last = $0 }
        competes($0) { if (!placed) place(); print kept }
        { print $0 "\n" }
        END {
            if (bare) {
                print "#resolver:bare " length(last) "# The line above had no newline at its end: request-key would"
                print " misread it.\n"
            }
            if (!placed) place()
        }' "$1"
}

# remove_rule FILE > BASE
# shellcheck disable=SC2016
remove_rule() {
    awk -v unfinished="$(lacks_newline "$1")" "$edit"'
        function keep(line) { if (count++) print "\n"; print line; last = line; at = NR; bare = 0 }
        /^#resolver:(rule|file)#/ { ours = NR + 1; next }
        NR == ours && competes($0) { next }
        /^#resolver:bare [0-9]+#/ { bare = count && length(last) == length_of_bare($0); next }
        index($0, kept) == 1 { keep(substr($0, length(kept) + 1)); next }
        { keep($0) }
        END { if (count && !bare && !(unfinished && at == NR)) print "\n" }' "$1"
}

# 1 if the last line of a file has no newline, else 0.
lacks_newline() {
    if [ -n "$(tail -c 1 "$1" | tr '\0' x)" ]; then echo 1; else echo 0; fi
}

# Whether an existing file is ours as a whole.
is_ours() { grep -q '^#resolver:file#' "$1"; }

# The file behind a path whose last component may be a symbolic link, or missing.
target_of() {
    target=$(readlink -f "$1") || fail "$1: a symbolic link that leads nowhere"
    case $target in "${real_root%/}"/*) ;; *) fail "$1 leads out of $root, to $target" ;; esac
    if [ -e "$target" ] && [ ! -f "$target" ]; then fail "$target is not a regular file"; fi
    echo "$target"
}

# replace FILE NEW: gives FILE the content of NEW, but keeps its owner, permissions and extended attributes.
replace() {
    directory=$(dirname "$1")
    temporary=$(mktemp "$directory/.resolver.XXXXXX" 2>"$work/error") ||
        fail "cannot write in $directory: $(cat "$work/error")"
    cat "$2" >"$temporary"
    if [ -e "$1" ]; then
        cp --attributes-only --preserve=all "$1" "$temporary"
        touch "$temporary"
        [ "$(stat -c '%u %g %a' "$1")" = "$(stat -c '%u %g %a' "$temporary")" ] ||
            fail "cannot keep the owner and permissions of $1"
    else
        chmod 644 "$temporary"
    fi
    if [ "$verb" != check ]; then
        sync "$temporary"
        cmp -s "$1" "$work/before" || [ ! -e "$1" ] || fail "$1 was changed by someone else meanwhile"
        mv -f "$temporary" "$1" || fail "cannot replace $1"
        sync "$directory"
    fi
    rm -f "$temporary"
    temporary=
}

# drop FILE: removes it, unless this is only a check.
drop() {
    [ "$verb" != check ] || return 0
    rm -f "$1" || fail "cannot remove $1"
    sync "$(dirname "$1")"
}

drop_ours() { if [ -f "$dropin" ] && is_ours "$dropin"; then drop "$dropin"; fi; }

# Brings request-key.conf into the state that $work/after describes; "absent" means that it should not exist.
write_conf() {
    if [ "$1" = absent ]; then
        if [ -e "$conf" ]; then drop "$conf"; fi
    elif [ ! -e "$conf" ] || ! cmp -s "$work/after" "$conf"; then
        cp "$work/original" "$work/before"
        replace "$conf" "$work/after"
    fi
}

write_dropin() {
    if [ -e "$dropin" ] && cmp -s "$work/dropin" "$dropin"; then return; fi
    if [ ! -d "$(dirname "$dropin")" ]; then
        [ "$verb" != check ] || return 0
        mkdir -p "$(dirname "$dropin")"
    fi
    rm -f "$work/before"
    if [ -e "$work/former" ]; then cp "$work/former" "$work/before"; fi
    replace "$dropin" "$work/dropin"
}

# Asks request-key itself what it would start for a name. It reads the drop-ins in no particular order, so our rule is
# presented as the very last line: if it wins there, it wins anywhere. Line numbers stay those of the real files.
# shellcheck disable=SC2016
verify() {
    request_key=$(PATH=$PATH:/sbin:/usr/sbin command -v request-key) || {
        echo "register.sh: note: request-key (Debian: keyutils) is not installed here; the kernel needs it" >&2
        return 0
    }
    mkdir "$work/etc" "$work/etc/request-key.d"
    for file in "$root"/etc/request-key.d/*.conf; do
        if [ -f "$file" ] && [ ! -L "$file" ] && [ "$file" != "$dropin" ]; then
            cp "$file" "$work/etc/request-key.d/"
        fi
    done
    awk -v program="$program" "$edit"'
        { print (competes($0) ? "#" : $0) "\n" }
        END { print "create dns_resolver * * " program " %k\n" }' "$work/base" >"$work/etc/request-key.conf"
    answer=$(cd "$work/etc" && "$request_key" -d -l -n -v -D 'dns_resolver;0;0;1f0000;resolver.invalid' \
        create 1 0 0 0 0 0 '' 2>&1) || true
    # Versions before 1.6 cannot be asked.
    case $answer in *"Key desc: resolver.invalid"*) ;; *) return 0 ;; esac
    if ! printf '%s\n' "$answer" | grep -qxF "Run $program"; then
        echo "register.sh: with this rule request-key would still not start $program. It says:" >&2
        printf '%s\n' "$answer" | grep -E '^Run |Prefer command|:[0-9]*: [A-Z]' | grep -v 'Line matches' |
            sed 's/^/    /' >&2
        fail "nothing was changed; correct the files named here, or install with REGISTER=none"
    fi
}

# The client of a network mount waits for the program, so the program must not wait for that mount.
refuse_network_mount() {
    directory=$(dirname "$root$program")
    while [ ! -d "$directory" ]; do directory=$(dirname "$directory"); done
    case $(stat -f -c %T "$directory") in
    afs | k-afs | ceph | cifs | coda | lustre | nfs | smb | smb2)
        fail "$directory is a network mount: its own lookups would wait for it; choose another PREFIX"
        ;;
    esac
}

add() {
    case $method in conf | dropin) ;; *) usage ;; esac
    if [ -L "$dropin" ] || { [ -e "$dropin" ] && [ ! -f "$dropin" ]; }; then
        fail "$dropin is not a regular file; request-key would skip it"
    elif [ -e "$dropin" ]; then
        # The file checked here must be the one replaced later.
        cp "$dropin" "$work/former"
        is_ours "$work/former" || fail "$dropin is someone else's, such as a package's; remove that first"
    fi
    refuse_network_mount
    sed "s|@PROGRAM@|$program|" "$(dirname "$0")/../etc/request-key.d/resolver.conf" >"$work/dropin"

    remove_rule "$work/original" >"$work/base"
    state=present
    if [ "$method" = conf ]; then
        add_rule "$work/base" "$program" "$created" >"$work/after"
        remove_rule "$work/after" >"$work/restored"
        cmp -s "$work/base" "$work/restored" ||
            fail "$conf: \"make uninstall\" could not restore this file; has it zero bytes or lines of ours?"
    else
        cp "$work/base" "$work/after"
        if [ "$created" = 1 ] && [ ! -s "$work/after" ]; then state=absent; fi
    fi
    verify
    # The new place first, so that there is always a rule.
    if [ "$method" = conf ]; then
        write_conf $state
        drop_ours
    else
        write_dropin
        write_conf $state
    fi
}

remove() {
    remove_rule "$work/original" >"$work/after"
    if [ "$created" = 1 ] && [ ! -s "$work/after" ]; then
        write_conf absent
    else
        write_conf present
    fi
    drop_ours
    for file in "$conf" "$root"/etc/request-key.d/*.conf; do
        if [ -f "$file" ] && grep -v '^#' "$file" | grep -qF " $program "; then
            echo "register.sh: warning: $file has a rule of your own that starts $program" >&2
        fi
    done
}

verb=${1:-}
case $verb:$# in
add:[34] | check:[34]) method=$2 program=$3 root=${4:-} ;;
remove:[23]) method=none program=$2 root=${3:-} ;;
*) usage ;;
esac
# request-key splits the rule at blanks and replaces words that begin with a percent sign.
case $program in
*[!A-Za-z0-9/._+@-]*) fail "$program: a rule cannot hold such a path; use letters, digits and /._+@-" ;;
/*[!/]) ;;
*) fail "$program: not the absolute path of a program" ;;
esac
root=${root%/}
real_root=$(readlink -f "${root:-/}") || fail "there is no directory $root"

work=$(mktemp -d)
temporary=
trap 'rm -rf "$work" ${temporary:+"$temporary"}' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

dropin=$root/etc/request-key.d/resolver.conf
if [ -d "$root/etc" ]; then
    conf=$(target_of "$root/etc/request-key.conf")
elif [ "$verb" = add ]; then
    mkdir -p "$root/etc"
    conf=$root/etc/request-key.conf
else
    exit 0
fi
created=0
if [ -e "$conf" ]; then
    cat "$conf" >"$work/original" || fail "cannot read $conf"
    if is_ours "$conf"; then created=1; fi
else
    : >"$work/original"
    created=1
fi

case $verb in
add | check) add ;;
remove) remove ;;
esac
