# SPDX-License-Identifier: MIT
# The job of run/nested's host: one or more rows, each with parameters of KVM's modules, a guest and a script. Sourced by bash, which
# must have set what run/nested's command line sets.
# shellcheck shell=bash disable=SC2154,SC2034 # set, and read, by the script that sources this

# The rows: names, and by them parameters (NAME=VALUE ...), vCPUs, the script and words for the VMM.
row_names=()
declare -A row_modules=() row_smp=() row_script=() row_args=()

# add_row NAME PARAMETERS SMP SCRIPT ARGS
add_row()
{
    [[ $1 =~ ^[A-Za-z0-9_]+$ ]] || die "--rows: found '$1', expected a name of letters, digits and _"
    [ -z "${row_smp[$1]:-}" ] || die "--rows: two rows are named $1"
    [[ ${3:-$smp} =~ ^[1-9][0-9]{0,3}$ ]] || die "row $1: found '$3', expected a number of processors"
    [ "$vmm" = own ] || [ "${3:-$smp}" -le "$most_vcpus" ] || die "row $1: found '$3', expected a number of processors from 1 to $most_vcpus"
    row_names+=("$1")
    row_modules[$1]=$2 row_smp[$1]=${3:-$smp} row_script[$1]=$4 row_args[$1]=$5
}

# read_rows FILE: lines of NAME | PARAMETERS | SMP | SCRIPT | ARGS, blanks at the bars do not count. Of a parameter that the command line gives
# to all rows, too, the row's counts: the module takes the last.
read_rows()
{
    local name modules processors words args all=

    [ "$host" = xen ] || all="${module_words[*]} "

    while IFS='|' read -r name modules processors words args _ || [ -n "$name" ]; do
        name=$(trim "$name")
        case $name in '' | '#'*) continue ;; esac
        add_row "$name" "$(trim "$all$modules")" "$(trim "$processors")" "$(trim "$words")" "$(trim "$args")"
    done <"$1"
    [ ${#row_names[@]} -gt 0 ] || die "--rows: $1 has none"
}

trim()
{
    local text=${1#"${1%%[![:space:]]*}"}

    printf '%s' "${text%"${text##*[![:space:]]}"}"
}

# has_parameter MODULE NAME: by what the module's file says of itself.
has_parameter()
{
    grep -aqF "parmtype=$2:" "$tree/modules/$1.ko" 2>/dev/null
}

# check_value MODULE WORD: a value that the parameter's type refuses; only of Debian's modules, for another may read its own in another way, as
# nx_huge_pages there does. Source: Linux, kernel/params.c and lib/kstrtox.c.
check_value()
{
    local type low=0 high value=${2#*=}

    [ "$modules_folder" = "$host_root/modules" ] && [ "${2%%=*}" != nx_huge_pages ] || return 0
    type=$(grep -m 1 -aoE "parmtype=${2%%=*}:[a-z]+" "$tree/modules/$1.ko")
    case ${type#*:} in
    bool | bint)
        [[ $value =~ ^([yYnN01]|[oO][nNfF]) ]] || die "--module: found '$2', expected Y or N"
        return
        ;;
    uint) high=4294967295 ;;
    ushort) high=65535 ;;
    int) low=-2147483648 high=2147483647 ;;
    *) return 0 ;;
    esac
    if ! [[ $value =~ ^[-+]?(0[xX][0-9a-fA-F]{1,8}|0[0-7]{0,11}|[1-9][0-9]{0,9})$ ]] || ((value < low || value > high)); then
        die "--module: found '$2', expected a number from $low to $high"
    fi
}

# sort_parameters WORD...: sets kvm_words and vendor_words; a word is NAME=VALUE, or MODULE.NAME=VALUE.
sort_parameters()
{
    local word name

    kvm_words=
    vendor_words=
    for word in "$@"; do
        [[ $word =~ ^([a-z_]+\.)?[a-z0-9_]+=[^[:space:]]+$ ]] || die "--module: found '$word', expected NAME=VALUE"
        name=${word%%=*}
        if has_parameter kvm "${name#kvm.}"; then
            check_value kvm "${word#kvm.}"
            kvm_words+="${word#kvm.} "
        elif has_parameter "$vendor" "${name#"$host".}"; then
            check_value "$vendor" "${word#"$host".}"
            vendor_words+="${word#"$host".} "
        else
            die "--module: neither kvm nor $host has a parameter ${name##*.}"
        fi
    done
}

# APICv is in another of Bochs' models, and a guest begins with it only in the Bochs that we have mended. Where a row asks for it, the rows that
# do not have none, as in a boot without; where a row says that it has none, the others have it.
choose_model()
{
    local name asked=''

    for name in "${row_names[@]}"; do
        [[ ! ${row_modules[$name]} =~ enable_apicv=[1Yy] ]] || asked=1
        [[ ! ${row_modules[$name]} =~ enable_apicv=[0Nn] ]] || : "${asked:=0}"
    done
    if ! bochs_is_patched; then
        [ "$asked" != 1 ] || die "enable_apicv=1: in Debian's Bochs no guest with APICv begins; $setup bochs-patched builds one that is mended"
    elif [ "$asked" = 1 ] || { [ "$asked" = 0 ] && [ ${#row_names[@]} -gt 1 ]; }; then
        : "${cpu:=corei7_skylake_x}"
        [ ${#row_names[@]} -eq 1 ] || say "all rows have the model $cpu, for one has enable_apicv=$asked"
    fi
    for name in "${row_names[@]}"; do
        [ "$asked" != 1 ] || [[ ${row_modules[$name]} == *enable_apicv=* ]] || row_modules[$name]+=' enable_apicv=0'
    done
}

# The command that boots the image as a guest of QEMU, by run/qemu.
command_with_qemu()
{
    command_words=(run/qemu --accel kvm --host-stats --no-plan --log "/out/$1.log" --smp "${row_smp[$1]}" --mem "$mem"
        --boot "${boot:-qboot}" ${append:+--append "$append"} ${cpu:+--cpu "$cpu"})
    if [ -f "${row_script[$1]}" ]; then
        cp "${row_script[$1]}" "$tree/job/$1.lab"
        command_words+=(--script "/job/$1.lab")
    elif [ -n "${row_script[$1]}" ]; then
        command_words+=(--script "${row_script[$1]}")
    fi
    # shellcheck disable=SC2206 # words
    command_words+=(-- ${row_args[$1]})
}

# check_vmm_words NAME: our VMM says here what it would say in there. An image that is not there ends it before a guest begins.
check_vmm_words()
{
    local said status=0

    # shellcheck disable=SC2086 # words
    said=$("$build/vmm" --vcpus "${row_smp[$1]}" ${row_args[$1]} "$scratch/nowhere" '' 2>&1 </dev/null) || status=$?
    [ $status -ne 2 ] || die "row $1, words for build/vmm: ${said%%$'\n'*}"
}

# The same by our own VMM. build/launch, as for every machine, watches it.
command_with_vmm()
{
    local words='exit=debugexit sync=serial'

    script=${row_script[$1]} script_words='' script_file=''
    resolve_script
    [ -z "$script_file" ] || script_words=$(script_file_words "$script_file")
    words+="${script_words:+ $script_words}${append:+ $append}"
    check_vmm_words "$1"
    # shellcheck disable=SC2206 # words
    command_words=(/idlelab/build/launch --name vmm --log "/out/$1.log" --emulator-log "/out/$1.emulator.log" --host-stats --silence 60
        --resume-argument "$words" -- /idlelab/build/vmm --vcpus "${row_smp[$1]}" ${row_args[$1]} /idlelab/build/idlelab.elf "$words")
}

# Writes the rows as shell fragments that the host's first process reads, in their order.
write_job()
{
    local name n=100 kvm_words='' vendor_words='' command_words called=$self
    local - # words of rows name no files

    set -f
    mkdir -p "$tree/job"
    for name in "${row_names[@]}"; do
        [ -z "$rows" ] || self="$called: row $name"
        # shellcheck disable=SC2086 # words
        [ "$host" = xen ] || sort_parameters ${row_modules[$name]}
        self=$called
        "command_with_$tree_kind" "$name"
        printf 'name=%q\nkvm_words=%q\nvendor_words=%q\nguest() { %s; }\n' "$name" "$kvm_words" "$vendor_words" "${command_words[*]@Q}" \
            >"$tree/job/$((n += 1)).row"
    done
    printf 'vendor=%q\ncount_exits=%q\nexport IDLELAB_EMULATOR=%q\n' "$vendor" "$exits" "$(emulator_name)" >"$tree/job/params"
}
