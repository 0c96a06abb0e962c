#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # what is judged is called by name
# The handshakes of sleeper, waker, boot CPU and watchdog, as models (docs/race.md), searched completely by spin. A model must hold;
# each of its mutants must fail, and by the property that is named here, so that a model which proves nothing does not pass.
#
#   tests/model/wake.sh [MODEL [MUTANT]]      with a mutant: prints the run that breaks it
# NEEDS: nothing
# LONG: 26 s
set -uo pipefail
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
here=$root/tests/model
work=$(mktemp -d "${TMPDIR:-/tmp}/idlelab.XXXXXX")
trap 'rm -rf "$work"' EXIT
depth=1000000
limit_s=120

# MODEL MUTANT PATTERN: what pan must say of the mutant.
mutants='monitor NO_RECHECK       assertion violated .*lost_round!=0
monitor SPLIT_STI        assertion violated .*lost_round!=0
monitor NMI_IN_SHADOW    assertion violated .*lost_round!=0
monitor NMI_BEHIND_LOOK  assertion violated .*lost_round!=0
monitor RETURN_IS_WAKE   assertion violated .*lost_round!=round
monitor NO_GUARD         invalid end state
park SPLIT_STI           assertion violated .*boss_done
park NMI_IN_SHADOW       assertion violated .*boss_done
park PLAIN_DONE          assertion violated .*boss_done
park PLAIN_BOSS_SLEEPS   assertion violated .*boss_done
park NO_FENCE_BEFORE_ICR assertion violated .*boss_done
park MONITOR_ALONE       assertion violated .*boss_done
request ANSWER_BEFORE_FIRE  assertion violated .*fired==round
request EVENT_AFTER_ANSWER  assertion violated .*memory\[[0-9]\]==round
request ASKED_BEFORE_DUE    assertion violated .*==next
request ANSWERED_TWICE      assertion violated .*fired==round
request LATE_PARKS          assertion violated .*settled\[me\]==1
request LATE_BY_NUMBER      assertion violated .*(fired==round|==next)
abort ABORT_DROPPED         assertion violated .*boss_done
abort GUARD_WITHOUT_STACK   assertion violated .*stack_known
abort STALE_ABORT           assertion violated .*end_of_work
abort NO_DRAIN              assertion violated .*boss_done
startup PAGE_CLOSED         assertion violated executable
startup ONLINE_BY_STORE     assertion violated .*parked
startup GIVEN_UP_BY_LOOK    assertion violated .*parked
startup INIT_BEFORE_SETTLED assertion violated .*parked'

# search MODEL [MUTANT]: every reachable state. Sets $says.
search()
{
    says=$(cd "$work" && rm -f pan* ./*.trail &&
        spin -a ${2:+"-DMUTANT_$2"} "$here/$1.pml" 2>&1 &&
        gcc -O0 -w -DSAFETY -DMEMLIM=2048 -o pan pan.c 2>&1 &&
        timeout "$limit_s" ./pan -m$depth 2>&1)
}

# cycles MODEL [MUTANT]: runs that go on for ever and never get anywhere, while no process is kept from running (weak fairness).
cycles()
{
    says=$(cd "$work" && rm -f pan* ./*.trail &&
        spin -a ${2:+"-DMUTANT_$2"} "$here/$1.pml" 2>&1 &&
        gcc -O0 -w -DNP -DNFAIR=4 -DMEMLIM=2048 -o pan pan.c 2>&1 &&
        timeout "$limit_s" ./pan -l -f -E -m$depth 2>&1)
}

# Nothing was found, nothing was left out, and no assertion stands where no run comes by.
complete()
{
    grep -q 'errors: 0$' <<<"$says" && ! grep -qE 'not completed|too small|pan: (reached|out of)|hash-compact|Bitstate' <<<"$says" &&
        ! grep -q 'assert(' < <(sed -n '/^unreached/,$p' <<<"$says")
}

# judged NAME COMMAND...: wrong, with what pan says, where the command fails.
judged()
{
    local name=$1

    shift
    if "$@"; then
        result "$name" ''
    else
        result "$name" "$(grep -E 'pan:|errors:|Error|error:|assert|unreached' <<<"$says" | head -n 20; echo "it fails: $*")"
    fi
}

# pan_says PATTERN: of its first line.
pan_says()
{
    grep -qE "^pan:1: $1" <<<"$says"
}

check_model()
{
    wanted "model_$1" || return 0
    search "$1"
    judged "model_$1" complete
    grep -E 'states, stored|errors: 0' <<<"$says" | tr -s ' ' | sed 's/^/# /'
}

check_progress()
{
    wanted "model_$1_progress" || return 0
    cycles "$1"
    judged "model_$1_progress" complete
}

check_mutants()
{
    local model mutant pattern name

    while read -r model mutant pattern; do
        name=model_${model}_${mutant,,}_is_found
        if [ "$model" = "$1" ] && wanted "$name"; then
            search "$model" "$mutant"
            judged "$name" pan_says "$pattern"
        fi
    done <<<"$mutants"
}

if ! command -v spin >/dev/null; then
    echo '1..0 # SKIP spin is not installed (Debian package spin)'
    exit 0
fi
if [ $# -eq 2 ]; then
    search "$1" "$2"
    grep -E '^pan:1:' <<<"$says"
    cd "$work" && spin -p -g -k "$1.pml.trail" ${2:+"-DMUTANT_$2"} "$here/$1.pml"
    exit
fi
for model in ${1:-monitor park request abort startup}; do
    check_model "$model"
    [ "$model" = abort ] || [ "$model" = startup ] || check_progress "$model"
    check_mutants "$model"
    if [ "$model" = monitor ] && wanted model_monitor_no_guard_never_ends; then
        cycles monitor NO_GUARD
        judged model_monitor_no_guard_never_ends pan_says 'non-progress cycle'
    fi
done
results_end
