# SPDX-License-Identifier: MIT
# What is wrong with a boot of the campaign that has ended: lines "KIND: WORDS" in $folder/faults. Sourced by tests/campaign/run, whose
# variables these functions read: folder, build, tool, what draw.c wrote into `boot` by name, code, took_s, done, clean.
# shellcheck shell=bash disable=SC2034,SC2154

# shellcheck source=tests/tool/agreement.sh
. tests/tool/agreement.sh

# fault KIND WORDS...: one of hang, crash, disagreement, false_green, wrong.
fault()
{
    echo "$1: ${*:2}" >>"$folder/faults"
}

# What the launcher says last; more errors of a script may follow.
words_of_end()
{
    sed -n 's/^run\/[a-z]*: //p' "$folder/err" | tail -n 1
}

# The steps that have results, in their order.
steps_that_ended()
{
    tr -d '\r' <"$folder/serial.log" | sed -nE 's/^(not )?ok ([0-9]+) ([a-z0-9_]+) .*/\2 \3/p' | sort -nu | cut -d ' ' -f 2
}

# Step ends that only a fault of the image, or of the script where it asks for one, explains.
bad_ends()
{
    tr -d '\r' <"$folder/serial.log" | grep -aoE '"t":"exp","step":[0-9]+,"end":"(fault|hang|lost_wake|not_restored|left_over)"' | sort -u | paste -sd ' '
}

# Where nothing disturbed the boot.
judge_alone()
{
    local end=$1 error place

    error=$(cat "$folder/error")
    case $plan in
    refused) # without a local APIC wrong boot words come first
        [[ $end == 'bad script: cmdline:'* && -s $folder/error ]] || [[ $end == 'the image cannot run here: '* || $end == 'ERROR: the CPU has no local APIC '* ]] || fault wrong "this machine must be refused: $end"
        ;;
    bad_words | bad_script)
        # A word's place counts from the launcher's own words on; what is no text is written otherwise than it was found.
        place=${error#*:}
        [ "$plan" = bad_script ] || place=${error#*: }
        [[ ! $place =~ [^[:print:]] && $error != *'up to here'* ]] || place=${place%%: *}
        if [ "$code" -ne 2 ] || [[ $end != 'bad script: '*"$place"* ]]; then
            fault wrong "expected the error $error, exit code $code: $end"
        fi
        ;;
    good)
        case $end in
        'the image cannot run here: '*)
            [[ $cpu == *,-* || $cpu == *level* ]] || fault wrong "refused: $end"
            return
            ;;
        esac
        if [ "$wild" = yes ]; then
            [ "$code" -eq 1 ] || [ "$code" -eq 0 ] || fault wrong "exit code $code: $end"
            return
        fi
        if [ "$code" -gt 1 ]; then
            fault wrong "exit code $code: $end"
        elif [[ $end == ERROR:* ]]; then
            fault crash "$end"
        elif [ -n "$(bad_ends)" ]; then
            fault crash "a step ended badly: $(bad_ends)"
        fi
        diff "$folder/steps" <(steps_that_ended) >"$folder/steps.diff" || fault wrong "other steps than planned: $(head -n 3 "$folder/steps.diff" | paste -sd ' ')"
        ;;
    esac
}

# What must not be whatever happened to the boot.
judge_always()
{
    local end=$1 name value whole='' lost='' checked

    case $end in
    'hang: '*) # a machine that halts behind an END that the line hurt is silent by right
        if [ "$trouble" != damage ] || ! grep -qa '^IDLELAB-END ' "$clean"; then
            fault hang "$end"
        fi
        ;;
    'mute: '* | 'time limit: '* | 'paused: '*) fault hang "$end" ;;
    'the emulator did not start'*) [[ $done == *kill* ]] || fault wrong "$end" ;;
    esac
    if [ "$took_s" -ge $((seconds * stretch + slack_s)) ]; then
        fault hang "did not end within $((seconds * stretch + slack_s)) s"
    fi
    # A machine check before the image takes them is QEMU's own triple fault; a reset is one that was asked for.
    if grep -qE 'triple fault: |emulator panic' "$folder/err" && [ "$wild" = no ] &&
        ! grep -qsE 'raising triple fault' "$folder"/serial.emulator*.log && [ "$(begin_came_first)" = yes ]; then
        fault crash "$(grep -m 1 -E 'triple fault: |emulator panic' "$folder/err")"
    fi
    if grep -q 'silent reboot: ' "$folder/err" && [[ $done != *system_reset* ]] && [ "$wild" = no ] && [ "$trouble" != damage ]; then
        fault crash "$(grep -m 1 'silent reboot: ' "$folder/err")"
    fi
    [ -e "$folder/serial.log" ] || return # the host refused the script
    while IFS='=' read -r name value; do
        case $name in
        whole | lost) printf -v "$name" '%s' "$value" ;;
        esac
    done < <("$build/campaign/judge" "$folder/serial.log" "$clean")
    if [ "$code" -eq 0 ] && { [ "$whole" != yes ] || [ -e "$folder/clean.2" ]; }; then
        fault false_green "exit code 0, whole: $whole, lost: $lost"
    elif [ "$code" -eq 1 ] && [ "$lost" != 0 ] && [ ! -e "$folder/clean.2" ] && [ "$trouble" = damage ]; then
        fault false_green "exit code 1 says that nothing is missing, lost: $lost"
    elif [ "$code" -eq 2 ] && [ "$plan" = good ]; then
        fault wrong "exit code 2 of a good script: $end"
    fi
    work=$folder/agree
    mkdir -p "$work"
    # Where the last step cost the machine the launcher itself closes the log; to a launcher that reads it again it is cut.
    value=''
    grep -qa '^# IH .*"t":"join",.*"next":0,' "$folder/serial.log" || value=$(disagreement "$folder/serial.log")
    [ -z "$value" ] || fault disagreement "${value//$'\n'/ | }"
    if [[ $done != *'kill supervisor'* && $done != *'kill launcher'* ]]; then
        checked=0
        "$tool" check "$folder/serial.log" >/dev/null 2>&1 || checked=$?
        [ "$checked" -eq "${code/2/1}" ] || fault disagreement "the launcher ended with $code, check with $checked: $end"
    fi
}

# yes: the first disturbance came when the image had begun.
begin_came_first()
{
    local byte

    [ -s "$folder/done" ] || { echo yes && return; }
    read -r byte _ <"$folder/done"
    ! grep -qa IDLELAB-BEGIN < <(head -c "$byte" "$clean") || echo yes
}

# Nothing of a boot outlives it.
judge_leftovers()
{
    local i left=''

    for ((i = 0; i < 50; i++)); do
        left=$(pgrep -f -- "--log $folder/serial.log"; pgrep -f -- "-kernel $folder/")
        [ -n "$left" ] || break
        sleep 0.1
    done
    [ -z "$left" ] || fault wrong "left behind: $left"
    [ -z "$(ls "$folder/tmp")" ] || [[ $done == *'kill '*KILL* ]] || fault wrong "left in TMPDIR: $(ls "$folder/tmp")"
}
