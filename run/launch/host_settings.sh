# SPDX-License-Identifier: MIT
# Settings of a KVM host under /sys/module: changed only after all old values are on the disk in one note, and put back. Sourced by bash, which must have
# set self and the functions say and die, and holds the lock (take_lock) before it changes anything.
# shellcheck shell=bash disable=SC2034,SC2154 # lacks is read, and self set, by the script that sources this

# A test puts its own in the place of these.
sys=${IDLELAB_SYS:-/sys}
modprobe=${MODPROBE:-modprobe}
state=${IDLELAB_SWEEP_STATE:-/run/idlelab-kvm-sweep.state}

lacks=     # why turn_settings could not do it; empty = it could
params=()  # what it is to write, NAME=VALUE,
reloads=() # and what it is to load the modules with

param_file()
{
    echo "$sys/module/${1%%.*}/parameters/${1#*.}"
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

# params_of_modules TEST: each parameter of KVM's modules for which find's TEST is true, as `NAME VALUE`.
params_of_modules()
{
    local file name value

    for file in "$sys"/module/kvm{,_intel,_amd}/parameters/*; do
        if [ -f "$file" ] && [ -n "$(find "$file" -type f "$@")" ]; then
            name=${file#"$sys/module/"}
            value=$(cat "$file") || return
            echo "${name%%/*}.${name##*/} $value"
        fi
    done
}

# note_line KIND NAME: the parameter as it is.
note_line()
{
    local value

    value=$(cat "$(param_file "$2")") && echo "$1 $2 $value"
}

# What turn_settings may change. A line is `param NAME VALUE`, which can be written; `reload NAME VALUE`, which the modules were loaded
# with; or `was NAME VALUE`, which a reload is to leave as it is. False where one of it cannot be told.
print_note()
{
    local word

    for word in "${params[@]}"; do
        note_line param "${word%%=*}" || return
    done
    for word in "${reloads[@]}"; do
        note_line reload "${word%%=*}" || return
    done
    # What was written before goes with the old modules, kvm's too: modprobe takes out what nobody uses any more.
    if [ ${#reloads[@]} -gt 0 ]; then
        params_of_modules -perm -u+w | sed 's/^/param /' || return
        params_of_modules -not -perm -u+w | sed 's/^/was /' || return
    fi
}

# The note, at once and on the disk, or not at all, and then false.
note_settings()
{
    print_note >"$state.new" && sync "$state.new" && mv "$state.new" "$state"
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

# The note's lines of a kind, the first note last (an older idlelab wrote several), as NAME=VALUE.
noted()
{
    tac "$state" | sed -n "s/^$1 \([^ ]*\) /\1=/p"
}

# reads_as WORD...: each parameter has that value.
reads_as()
{
    local word

    for word in "$@"; do
        [ "$(cat "$(param_file "${word%%=*}")" 2>/dev/null)" = "${word#*=}" ] || return 1
    done
}

# load_keeping WORD...: load_modules, once more where that changed another parameter, which somebody had loaded by hand.
load_keeping()
{
    local word more=("$@")

    load_modules "$@" || return 1
    while read -r word; do
        [[ " $*" == *" ${word%%=*}="* ]] || reads_as "$word" || more+=("$word")
    done < <(noted was)
    [ ${#more[@]} -eq $# ] || load_modules "${more[@]}"
}

# load_as_noted WORD...: the same, and they read so. Another modprobe, of a sweep that was killed, may have come in between.
load_as_noted()
{
    local try

    for try in 1 2; do
        load_keeping "$@" || return 1
        ! reads_as "$@" || return 0
    done
    return 1
}

# Puts back what the note says, and forgets it when all is as it was. The modules come before the parameters, because those that are
# loaded anew have forgotten what was written to them.
restore()
{
    local word left=
    local -a words=()

    [ -e "$state" ] || return 0
    mapfile -t words < <(noted reload)
    if [ ${#words[@]} -gt 0 ] && ! load_as_noted "${words[@]}"; then
        echo "$self: the KVM modules could not be loaded with ${words[*]}" >&2
        left=yes
    fi
    while read -r word; do
        if ! has_param "$(param_file "${word%%=*}")" "${word#*=}"; then
            echo "$self: ${word%%=*} could not be put back to ${word#*=}" >&2
            left=yes
        fi
    done < <(noted param)
    [ -z "$left" ] || return 1
    rm -f "$state"
}

# Only one at a time may turn the host's settings; the lock goes with the process.
take_lock()
{
    exec 8>"$state.lock" || die "$state.lock cannot be written"
    flock -w 3 8 || die "another sweep is running"
    if [ -e "$state" ]; then
        say 'a sweep before this one was killed: its settings are put back first'
        restore || die 'they could not be put back'
    fi
}

# True where the modules can be taken out and loaded anew; else `lacks` says why not.
can_reload()
{
    local vendor used

    vendor=$(vendor_module)
    if [ -z "$vendor" ] || [ ! -e "$sys/module/$vendor/refcnt" ]; then
        lacks='KVM is no module here, and cannot be loaded anew'
        return 1
    fi
    used=$(cat "$sys/module/$vendor/refcnt")
    if [ "$used" != 0 ]; then
        lacks="module reload: $vendor is in use ($used)"
        return 1
    fi
    if [ "$(id -u)" -ne 0 ] || ! command -v "$modprobe" >/dev/null; then
        lacks='module reload: it takes root and modprobe'
        return 1
    fi
}

# change_param NAME=VALUE: its value as it is tells whether it can be written at all.
change_param()
{
    local name=${1%%=*} file

    file=$(param_file "$name")
    if ! write_param "$file" "$(cat "$file")"; then
        lacks="$name cannot be written$([ "$(id -u)" -eq 0 ] && echo ': it is read-only in this kernel' || echo ': it takes root')"
    elif ! write_param "$file" "${1#*=}"; then
        lacks="$name does not take ${1#*=}"
    fi
}

# The modules anew, with `reloads`, and what had been written to them before.
change_modules()
{
    local word

    if ! load_keeping "${reloads[@]}"; then
        lacks="module reload: $modprobe failed"
        return
    fi
    while read -r word; do
        if [[ " ${reloads[*]}" != *" ${word%%=*}="* ]] && ! has_param "$(param_file "${word%%=*}")" "${word#*=}"; then
            lacks="module reload: ${word%%=*} does not take ${word#*=} again"
        fi
    done < <(noted param)
}

# Writes `params` and loads the modules with `reloads`, or says in `lacks` why it cannot. Nothing is changed before all is noted.
turn_settings()
{
    local word

    for word in "${params[@]}" "${reloads[@]}"; do
        if [ ! -e "$(param_file "${word%%=*}")" ]; then
            lacks="this kernel has no parameter ${word%%=*}"
            return
        fi
    done
    [ ${#reloads[@]} -eq 0 ] || can_reload || return 0
    note_settings || die "the settings cannot be noted in $state: nothing was changed"
    [ ${#reloads[@]} -eq 0 ] || change_modules
    for word in "${params[@]}"; do
        [ -n "$lacks" ] || change_param "$word"
    done
}
