# SPDX-License-Identifier: MIT
# run/kvm-sweep on the hosts of run/nested: the columns become rows of one boot, and nothing of this machine's KVM is touched. Sourced by bash,
# which must have set what run/kvm-sweep's command line sets, and the functions die, say and skip.
# shellcheck shell=bash disable=SC2154 # set by the script that sources this

# shellcheck source=run/host/kernels.sh
. "$root/run/host/kernels.sh"
# shellcheck source=run/host/bochs_patched.sh
. "$root/run/host/bochs_patched.sh"

# nested_words WORD...: sets parameters, row_smp and vmm_words of a column, or lacks.
nested_words()
{
    lacks='' parameters='' row_smp=$smp vmm_words=''
    while [ $# -gt 0 ] && [ -z "$lacks" ]; do
        case $1 in
        param | reload) nested_parameter "$2" && shift ;;
        smp) row_smp=$2 && shift ;;
        nested) ;;
        exits) nested_exits "$2" && shift ;;
        qemu)
            shift
            if [ "$*" = '-overcommit cpu-pm=on' ]; then
                nested_exits mwait,hlt,pause,cstate
            else
                lacks="run/nested's VMM has no word for: $*"
            fi
            break
            ;;
        pin)
            [[ "$2 $row_smp" == 'each 1' ]] || lacks="pin $2: the host inside has one CPU"
            shift
            ;;
        *) lacks="run/nested's VMM has no word for: $*" ;;
        esac
        shift
    done
    [ -n "$lacks" ] || emulator_lacks
}

# What the emulators cannot do; docs/platforms.md has the faults of Bochs' VMX, which `run/setup bochs-patched` mends.
emulator_lacks()
{
    case "$nested $vmm_words $row_smp $parameters" in
    kvm_intel*) bochs_is_patched || bochs_lacks ;;
    *avic=*) lacks="QEMU's SVM has no AVIC" ;;
    *pause_filter_count=*) lacks="QEMU's SVM has no pause filter" ;;
    esac
}

bochs_lacks()
{
    case "$vmm_words $row_smp $parameters" in
    *hlt*) lacks="Debian's Bochs: nothing wakes a vCPU whose HLT does not leave" ;;
    *' 1 '*enable_apicv=*) lacks="Debian's Bochs: no guest of a KVM with APICv begins, so no column has it" ;;
    *' 1 '*) ;;
    *) lacks="Debian's Bochs: an interrupt window does not wake a vCPU that waits in HLT" ;;
    esac
}

# nested_exits WORD,...
nested_exits()
{
    vmm_words="--disable-exits $1"
    [[ $1 != *mwait* ]] || vmm_words+=' --list-mwait'
}

nested_parameter()
{
    local module=${1%%.*} name=${1#*.}

    if [ "$module" != kvm ] && [ "$module" != "$nested" ]; then
        lacks="$nested has no $module"
    elif ! grep -aqF "parmtype=${name%%=*}:" "$nested_root/modules/${module/_/-}.ko"; then
        lacks="this kernel has no parameter ${1%%=*}"
    else
        parameters+="$name "
    fi
}

# Runs the columns; sets logs, and worst to run/nested's exit code.
sweep_nested()
{
    local i name words parameters row_smp vmm_words console='' status=0 rows=$out/columns

    [[ $nested =~ ^kvm_(amd|intel)$ ]] || die "--nested: found '$nested', expected kvm_amd or kvm_intel"
    [ -r "$nested_root/versions" ] || "$root/run/setup" nested || exit 2
    [[ $script != *'|'* ]] || die "a script with | goes through no column of --nested"
    [ ! -f "$script" ] || script=$(realpath "$script")
    for i in "${!names[@]}"; do
        read -ra words <<<"${lines[$i]}"
        nested_words "${words[@]}"
        if [ -n "$lacks" ]; then
            skip "${names[$i]}" "$lacks"
        else
            echo "${names[$i]}|$parameters|$row_smp|$script|$vmm_words" >>"$rows"
        fi
    done
    [ "$(wc -l <"$rows")" -gt 1 ] || die "no column could run; $out/skipped says what they lack"
    setpriv --pdeathsig TERM "$nested_launcher" --host "$nested" --vmm own --rows "$rows" --out "$out" ${quiet:+--quiet} \
        ${timeout:+--timeout $((timeout * ($(wc -l <"$rows") - 1)))} "${extra[@]}" &
    child=$!
    wait "$child" || status=$?
    child=
    # What is refused boots no host, so it has no console; an older one is an earlier sweep's.
    [ ! "$out/host.console.log" -nt "$out/columns" ] || console=$out/host.console.log
    while IFS='|' read -r name _; do
        # An older one is an earlier sweep's, or another's.
        if [ -s "$out/$name.log" ] && [ "$out/$name.log" -nt "$out/columns" ]; then
            logs+=("$out/$name.log")
        else
            skip "$name" "it left no log${console:+: $console}"
        fi
    done < <(grep -v '^#' "$rows")
    [ "$status" -ne 2 ] || [ ${#logs[@]} -gt 0 ] || die "run/nested refused it, see above"
    # A module that did not load with one column's words is that column's.
    worst=$([ "$status" -eq 2 ] && echo 1 || echo "$status")
}
