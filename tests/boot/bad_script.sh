#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# A script with an error in it measures nothing: exit code 2, and a message with file, line and column. The launchers say it before they boot, and
# the image says it in the same words where they do not (--no-plan).
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/cases.sh"

# refused NAME PLACE WORDS RUN-ARGUMENTS...: PLACE is line:column, WORDS a pattern of the message.
refused()
{
    local name=$1 place=$2 words=$3

    shift 3
    expect_status 2 run/qemu --accel tcg --smp 1 --no-plan --log "$work/$name.log" --timeout 60 "$@" 2>"$work/$name.err" &&
        expect_text "$work/$name.err" "^run/qemu: bad script: .*:$place: .*$words" &&
        expect_text "$work/$name.log" 'result=ERROR' || return 1
    if grep -qa '"t":"exp"' "$work/$name.log"; then
        echo 'a step ran all the same'
        return 1
    fi
}

# The launcher's words before it boots are the image's, without its log.
same_words()
{
    local name

    for name in survey_key unknown_key unknown_word too_many_steps method_argument unknown_name file; do
        expect_status 2 run/qemu --accel tcg --log "$work/none.log" --script "${texts[$name]}" 2>"$work/$name.host" &&
            diff <(grep -a 'bad script' "$work/$name.err" | sed 's/; serial log:.*//; s/: idlelab.lab:/: /') \
                <(head -n 1 "$work/$name.host" | sed "s,: $work/wrong.lab:,: ,") || return 1
    done
    if [ -e "$work/none.log" ]; then
        echo 'a log was made'
        return 1
    fi
    expect_status 2 run/bochs --script 'wake idel=hlt' --log "$work/none.log" 2>"$work/bochs.host" &&
        expect_text "$work/bochs.host" "^run/bochs: bad script: script:1:6: found 'idel'"
}

# wrong NAME PLACE WORDS TEXT: the script's text on the boot command line.
declare -A texts=([unknown_name]=smok [file]=$work/wrong.lab)
wrong()
{
    texts[$1]=$4
    case_run "script_$1" refused "$1" "$2" "$3" --script "$4"
}

printf 'survey\r\n\t# a comment\nwake  idel=hlt by=timer\n' >"$work/wrong.lab"

wrong unknown_experiment 1:9 "'wakee'.*'wake'" 'survey; wakee idle=hlt'
wrong survey_key 1:8 "'tcp'.*survey takes none" 'survey tcp=1; noise time=10ms'
wrong unknown_key 1:6 "'idel'.*'idle'" 'wake idel=hlt by=timer'
wrong unknown_word 1:11 "'hltt'.*'hlt'" 'wake idle=hltt by=timer'
wrong missing_key 1:1 'idle' 'wake by=timer'
wrong missing_unit 1:24 "'50'" 'wake idle=hlt interval=50'
wrong missing_value 1:11 'idle|value' 'wake idle= by=timer'
wrong key_twice 1:15 "idle" 'wake idle=hlt idle=pause'
wrong out_of_range 1:12 '9999s' 'noise time=9999s'
wrong method_argument 1:17 "'0x100'.*0 to 255" 'wake idle=mwait:0x100'
wrong method_argument_missing 1:26 "'umwait'.*umwait:c01.c02" 'wake idle=hlt; wake idle=umwait'
wrong bad_interval 1:24 '10ms' 'wake idle=hlt interval=10ms..1ms/log3'
wrong too_many_steps '1:[0-9]+' 'step' 'wake idle=hlt,pause,spin interval=1us..10ms/log900'
case_run script_unknown_name refused unknown_name '[0-9]+:[0-9]+' "'smok'" --script smok
case_run script_file refused file 3:7 "'idel'.*'idle'" --script "$work/wrong.lab"
case_run script_file_iso refused file_iso '[0-9]+:[0-9]+' "'idel'.*'idle'" --script "$work/wrong.lab" --boot iso-bios
wait
cases_report
case_run script_same_words_before_boot same_words
cases_end
