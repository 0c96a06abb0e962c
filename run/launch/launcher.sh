# SPDX-License-Identifier: MIT
# What run/qemu and run/bochs share: the command line, the result folder, the image with its arguments, the supervisor.
# Sourced by bash, which must have set: self (run/qemu, run/bochs). Everything here is called in that shell.
# shellcheck shell=bash disable=SC2034,SC2154 # the values are read, and self is set, by the script that sources this

# shellcheck source=run/launch/place.sh
. "$(dirname "${BASH_SOURCE[0]}")/place.sh"
# shellcheck source=run/launch/child.sh
. "$(dirname "${BASH_SOURCE[0]}")/child.sh"
# shellcheck source=run/launch/results.sh
. "$(dirname "${BASH_SOURCE[0]}")/results.sh"

# The values that the command line sets, with their defaults.
accel=auto
boot=
cpu=
smp=2
mem=256M
script=
append=
log=
timeout=
quiet=
force=
host_stats=
no_resume=
no_plan=
restarts=
pin=
boots=
extra=()
scratch=
ran= # yes: the supervisor has been started, so that the exit code is its own

# Where the boot arguments stand, for a machine that goes on after one that died.
resume_args=()

# The module that carries a script file, or the arguments that name a script.
script_file=
script_words=

die()
{
    echo "$self: $*" >&2
    exit 2
}

# What ends this script before the supervisor runs has said so in a line, and is exit code 2; a signal is itself.
leave()
{
    local status=$?

    [ -z "$scratch" ] || rm -rf "$scratch"
    [ "$status" -eq 0 ] || [ "$status" -gt 128 ] || [ -n "$ran" ] || exit 2
}
trap leave EXIT

# parse_arguments DEFAULT_BOOT ARGUMENT...: fills the values above; `usage` must be a function.
parse_arguments()
{
    boot=$1
    shift
    while [ $# -gt 0 ]; do
        case $1 in
        --accel | --boot | --cpu | --smp | --mem | --script | --append | --log | --timeout | --restarts | --pin | \
            --boots)
            if [ $# -lt 2 ] || { [ -z "$2" ] && [ "$1" != --append ]; }; then
                die "$1 needs a value"
            fi
            printf -v "${1#--}" '%s' "$2"
            shift
            ;;
        --quiet) quiet=--quiet ;;
        --force) force=--force ;;
        --host-stats) host_stats=--host-stats ;;
        --no-resume) no_resume=yes ;;
        --no-plan) no_plan=yes ;;
        --help | -h)
            usage
            exit 0
            ;;
        --)
            shift
            extra=("$@")
            break
            ;;
        *) die "found '$1', expected an option; $self --help lists them" ;;
        esac
        shift
    done
    case $timeout in
    '' | *[!0-9]* | 0) [ -z "$timeout" ] || die "--timeout: found '$timeout', expected seconds" ;;
    esac
    [[ $pin =~ ^([0-9]+(,[0-9]+)*)?$ ]] || die "--pin: found '$pin', expected the host's CPU numbers, as 0,1"
    case $restarts in
    *[!0-9]*) die "--restarts: found '$restarts', expected a number" ;;
    esac
    [[ $boots =~ ^([1-9][0-9]{0,2})?$ ]] || die "--boots: found '$boots', expected 1 to 999"
    [[ $smp =~ ^[1-9][0-9]*(,.*)?$ ]] || die "--smp: found '$smp', expected a number of processors"
}

need_file()
{
    [ -r "$1" ] || die "$1 is not there: type 'make${2:+ $2}' first"
}

# run_boots ARGUMENT...: with --boots N, so many machines one after the other, each as this script is called without it; the logs lie
# beside each other, and the worst exit code is that of the whole. Without --boots it does nothing.
run_boots()
{
    local args=() number number_words code worst=0

    [ -n "$boots" ] || return 0
    if [ -z "$log" ]; then
        log=$(new_results "$results_root") || exit 2
        log=$log/serial.log
    fi
    while [ $# -gt 0 ] && [ "$1" != -- ]; do
        case $1 in
        --boots | --log) shift ;;
        *) args+=("$1") ;;
        esac
        shift
    done
    ran=yes
    for ((number = 1; number <= boots; number++)); do
        code=0
        say "boot $number of $boots"
        printf -v number_words '%02d' "$number"
        run_child "$0" "${args[@]}" --log "${log%.log}-$number_words.log" "$@" || code=$?
        [ -z "$child_stopped" ] || exit 130
        [ "$code" -le "$worst" ] || worst=$code
        [ "$code" -ne 2 ] || break
    done
    exit "$worst"
}

# Makes the folder of the run, decides where the log goes, and a scratch folder that goes away at the end.
open_results()
{
    local folder parent

    if [ -z "$log" ]; then
        log=$(new_results "$results_root") || exit 2
        log=$log/serial.log
    fi
    folder=$(dirname "$log")
    if [ ! -d "$folder" ]; then
        # One folder where its own is there, never a path of them, and none at the root.
        parent=$(dirname "$folder")
        if [ "$parent" = / ] || [ ! -e "$parent" ]; then
            die "--log: there is no folder $folder"
        fi
        mkdir "$folder" || exit 2
    fi
    scratch=$(mktemp -d "${TMPDIR:-/tmp}/idlelab.XXXXXX")
}

# --script is a file, the name of a script that the image carries, or the text of one.
resolve_script()
{
    if [ -z "$script" ]; then
        return
    elif [ -f "$script" ]; then
        [ -r "$script" ] || die "--script: $script cannot be read"
        script_file=$script
    elif [[ $script == *.lab && $script != *[[:space:]]* ]]; then
        die "--script: $script: no such file"
    elif [[ $script =~ ^[A-Za-z0-9_.-]+$ ]]; then
        script_words="script=$script"
    elif [[ $script == */* && $script != *[[:space:]]* ]]; then
        die "--script: $script: no such file"
    else
        script_words="script=\"$script\""
    fi
}

# Reads the script before anything boots, by the image's own parser on this host: one that is wrong ends here. What cannot be asked (another
# build, a script= of --append, which wins) is left to the image.
check_script()
{
    local words code=0

    [ -n "$script" ] && [ -z "$no_plan" ] && [ -x "$build/idlelab" ] && [ -r "$build/link/pvh.elf" ] || return 0
    [[ " $append" != *" script="* ]] || return 0
    words=$("$build/idlelab" plan --quiet --image "$build/link/pvh.elf" -- "$script" 2>&1) || code=$?
    [ $code -ne 2 ] || die "bad script: $words"
}

# boot_words EXIT: the boot command line; the last word of a key wins, so --append overrules.
boot_words()
{
    local words="exit=$1"

    [ -z "$script_words" ] || words="$words $script_words"
    [ -z "$host_stats" ] || words="$words sync=serial"
    [ -z "$append" ] || words="$words $append"
    echo "$words"
}

# A script file as a command line word, for images whose files cannot be changed: comments go, lines become statements.
script_file_words()
{
    local text

    text=$(sed -e 's/\r$//' -e 's/#.*//' -e 's/[[:space:]]\+/ /g' -e 's/^ //' -e 's/ $//' -e '/^$/d' "$1" |
        paste -sd ';')
    echo "script=\"$text\""
}

# iso_with_words ISO WORDS: a copy of the image whose GRUB environment block holds the words; its path goes to `iso_copy`.
# The block is a file of 1024 bytes that GRUB itself defines: a first line, NAME=VALUE lines, padded with '#'.
iso_with_words()
{
    local marker='# GRUB Environment Block' block_bytes=1024 offsets block

    iso_copy=$scratch/idlelab.iso
    cp "$1" "$iso_copy"
    chmod u+w "$iso_copy"
    offsets=$(grep -abo -F "$marker" "$iso_copy" | cut -d: -f1 | awk '$1 % 2048 == 0') || true # none: grep's status is 1
    [[ $offsets =~ ^[0-9]+$ ]] || die "$1 has no GRUB environment block for the boot arguments"
    block=$marker$'\n'idlelab_args=${2//\\/\\\\}$'\n'
    [ ${#block} -le $block_bytes ] ||
        die "the boot arguments and the script are too long for this image: ${#block} of $block_bytes bytes"
    block=$block$(printf '%*s' $((block_bytes - ${#block})) '' | tr ' ' '#')
    printf '%s' "$block" | dd of="$iso_copy" bs=1 seek="$offsets" conv=notrunc status=none
    resume_args=(--resume-image "$iso_copy")
}

# Runs the supervisor over an emulator and ends with its exit code; signals are passed on.
run_launch()
{
    local status=0

    [ -z "$no_resume" ] || resume_args=()
    ran=yes
    run_child "$build/launch" --name "$self" --log "$log" --emulator-log "$(emulator_log)" --scratch "$scratch" \
        ${quiet:+--quiet} ${force:+--force} ${host_stats:+--host-stats} ${timeout:+--timeout "$timeout"} \
        ${restarts:+--restarts "$restarts"} ${pin:+--pin "$pin"} "${resume_args[@]}" "$@" || status=$?
    if [ "$status" -gt 128 ]; then
        echo "$self: the supervisor was ended by signal $((status - 128)); serial log: $log" >&2
        status=3
    fi
    exit "$status"
}

# The emulator's own words go beside the serial log.
emulator_log()
{
    echo "${log%.log}.emulator.log"
}

say()
{
    [ -n "$quiet" ] || echo "$self: $*" >&2
}
