# SPDX-License-Identifier: MIT
# Settings of a KVM host under /sys/module: changed only after the old value is on the disk, and put back. Sourced by bash, which must have
# set self and the functions say and die, and holds the lock (take_lock) before it changes anything.
# shellcheck shell=bash disable=SC2034,SC2154 # lacks is read, and self set, by the script that sources this

# A test puts its own in the place of these.
sys=${IDLELAB_SYS:-/sys}
modprobe=${MODPROBE:-modprobe}
state=${IDLELAB_SWEEP_STATE:-/run/idlelab-kvm-sweep.state}

lacks= # why the last take_param or take_reload could not do it; empty = it could

param_file()
{
    echo "$sys/module/${1%%.*}/parameters/${1#*.}"
}

# note_state LINES: into the state file, whole or not at all, and on the disk before anything is changed.
note_state()
{
    {
        [ ! -e "$state" ] || cat "$state"
        echo "$1"
    } >"$state.new"
    sync "$state.new"
    mv "$state.new" "$state"
}

# write_param FILE VALUE: true when it reads back so.
write_param()
{
    (echo "$2" >"$1") 2>/dev/null && [ "$(cat "$1")" = "$2" ]
}

# has_param FILE VALUE: sees to it that it does. What is so already is not written: not every value that reads can be.
has_param()
{
    [ "$(cat "$1" 2>/dev/null)" = "$2" ] || write_param "$1" "$2"
}

# Each parameter of KVM's modules that can be written while they are loaded, as `NAME VALUE`.
written_params()
{
    local file name

    for file in "$sys"/module/kvm{,_intel,_amd}/parameters/*; do
        if [ -f "$file" ] && [ -n "$(find "$file" -type f -perm -u+w)" ]; then
            name=${file#"$sys/module/"}
            echo "${name%%/*}.${name##*/} $(cat "$file" 2>/dev/null)"
        fi
    done
}

# The vendor's module, which uses kvm; the one for this processor where none is loaded.
vendor_module()
{
    local module

    for module in kvm_intel kvm_amd; do
        if [ -d "$sys/module/$module" ]; then
            echo "$module"
            return
        fi
    done
    # Taken out, and not loaded again.
    case " $(grep -m1 '^flags' "${IDLELAB_CPUINFO:-/proc/cpuinfo}") " in
    *' vmx '*) echo kvm_intel ;;
    *' svm '*) echo kvm_amd ;;
    esac
}

# load_modules NAME=VALUE... : both modules anew, these parameters with them (MODULE.NAME=VALUE).
load_modules()
{
    local vendor word kvm_words=() vendor_words=()

    vendor=$(vendor_module)
    for word in "$@"; do
        if [ "${word%%.*}" = kvm ]; then
            kvm_words+=("${word#*.}")
        else
            vendor_words+=("${word#*.}")
        fi
    done
    "$modprobe" -r "$vendor" || return 1
    [ ${#kvm_words[@]} -eq 0 ] || { "$modprobe" -r kvm && "$modprobe" kvm "${kvm_words[@]}"; } || {
        "$modprobe" "$vendor"
        return 1
    }
    "$modprobe" "$vendor" "${vendor_words[@]}"
}

# Puts back what the state file says, the last change first, and forgets it when all is as it was. The modules come before the
# parameters, because those that are loaded anew have forgotten what was written to them.
restore()
{
    local kind name value left=
    local -a reloads=()

    [ -e "$state" ] || return 0
    mapfile -t reloads < <(tac "$state" | sed -n 's/^reload \([^ ]*\) /\1=/p')
    if [ ${#reloads[@]} -gt 0 ] && ! load_modules "${reloads[@]}"; then
        echo "$self: the KVM modules could not be loaded with ${reloads[*]}" >&2
        left=yes
    fi
    while read -r kind name value; do
        if [ "$kind" = param ] && ! has_param "$(param_file "$name")" "$value"; then
            echo "$self: $name could not be put back to $value" >&2
            left=yes
        fi
    done < <(tac "$state")
    [ -z "$left" ] || return 1
    rm -f "$state"
}

# Only one at a time may turn the host's settings; the lock goes with the process.
take_lock()
{
    exec 8>"$state.lock" || die "$state.lock cannot be written"
    flock -n 8 || die "another sweep is running"
    if [ -e "$state" ]; then
        say 'a sweep before this one was killed: its settings are put back first'
        restore || die 'they could not be put back'
    fi
}

# take_param NAME=VALUE: changes it, or says in `lacks` why it cannot.
take_param()
{
    local name=${1%%=*} value=${1#*=} file old

    file=$(param_file "$name")
    if [ ! -e "$file" ]; then
        lacks="this kernel has no parameter $name"
        return
    fi
    old=$(cat "$file")
    if ! write_param "$file" "$old"; then
        lacks="$name cannot be written$([ "$(id -u)" -eq 0 ] && echo ': it is read-only in this kernel' || echo ': it takes root')"
        return
    fi
    note_state "param $name $old"
    write_param "$file" "$value" || lacks="$name does not take $value"
}

# take_reload WORD...: the same for parameters that are read at load time.
take_reload()
{
    local word name value vendor file used written

    vendor=$(vendor_module)
    for word in "$@"; do
        name=${word%%=*}
        file=$(param_file "$name")
        if [ ! -e "$file" ]; then
            lacks="this kernel has no parameter $name"
            return
        fi
    done
    if [ -z "$vendor" ] || [ ! -e "$sys/module/$vendor/refcnt" ]; then
        lacks='KVM is no module here, and cannot be loaded anew'
        return
    fi
    used=$(cat "$sys/module/$vendor/refcnt")
    if [ "$used" != 0 ]; then
        lacks="module reload: $vendor is in use ($used)"
        return
    fi
    if [ "$(id -u)" -ne 0 ] || ! command -v "$modprobe" >/dev/null; then
        lacks='module reload: it takes root and modprobe'
        return
    fi
    for word in "$@"; do
        note_state "reload ${word%%=*} $(cat "$(param_file "${word%%=*}")")"
    done
    # What was written before goes with the old modules, kvm's too: modprobe takes out what nobody uses any more.
    written=$(written_params)
    [ -z "$written" ] || note_state "$(sed 's/^/param /' <<<"$written")"
    if ! load_modules "$@"; then
        lacks="module reload: $modprobe failed"
        return
    fi
    while read -r name value; do
        if [ -n "$name" ] && [[ " $*" != *" $name="* ]] && ! has_param "$(param_file "$name")" "$value"; then
            lacks="module reload: $name does not take $value again"
        fi
    done <<<"$written"
}
