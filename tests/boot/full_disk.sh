#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# A disk of 64 KiB that is full: what could not be done is said with exit code 2, or 3 where a log is lost, and nothing half written stays.
# NEEDS: image host iso
set -uo pipefail
export CASES_AT_ONCE=1 # there is one disk
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/cases.sh"
full=$work/full

# The disk is seen by this test alone, and goes with it.
if [ -z "${FULL_DISK:-}" ]; then
    map=()
    [ "$(id -u)" -eq 0 ] || map=(--map-root-user)
    if ! unshare --mount "${map[@]}" mount -t tmpfs none "$work" 2>"$work/err"; then
        echo "1..0 # SKIP no mount namespace: $(tail -n 1 "$work/err")"
        exit
    fi
    FULL_DISK=yes exec unshare --mount "${map[@]}" "$0"
fi
mkdir "$full"
mount -t tmpfs -o size=64k none "$full" || exit 1

# refused CODE PATTERN COMMAND...: on the full disk; that code, one line that matches, and the disk as it was.
refused()
{
    local code=$1 pattern=$2 left

    shift 2
    rm -rf "${full:?}"/*
    head -c 65536 /dev/zero >"$full/filler" 2>/dev/null
    expect_status "$code" "$@" >"$work/out" 2>"$work/err" </dev/null || { cat "$work/err" && return 1; }
    expect_text "$work/err" "$pattern" || return
    left=$(grep -vc '^run/qemu: QEMU TCG' "$work/err")
    [ "$left" -eq 1 ] || { cat "$work/err" && return 1; }
    left=$(find "$full" -type f ! -name filler)
    [ -z "$left" ] || { echo "left there: $left" && return 1; }
}

# What a launcher makes for itself lies in TMPDIR.
launchers()
{
    export TMPDIR=$full
    echo survey >"$work/one.lab"
    refused 2 'No space' run/qemu --accel tcg --log "$work/pvh.log" --script "$work/one.lab" && [ ! -e "$work/pvh.log" ] &&
        refused 2 'No space' run/qemu --accel tcg --boot iso-bios --log "$work/iso.log" --script survey && [ ! -e "$work/iso.log" ]
}

# A log that is lost is no success, and the launcher says so behind the result.
lost()
{
    xz -dc tests/tool/logs/bochs_full.log.xz >"$work/big.log"
    rm -rf "${full:?}"/*
    expect_status 3 "$build/launch" --log "$full/lost.log" --emulator-log "$work/lost.emulator.log" -- cat "$work/big.log" 2>"$work/err" &&
        expect_text "$work/err" 'lost.log could not be written: the log on disk is not whole$'
}

tools()
{
    local tool=$build/idlelab

    xz -dc tests/tool/logs/bochs_full.log.xz >"$work/tool.log"
    printf 'campaign name=first engine=local boots=2\nmachine name=here\nscript name=smoke\n' >"$work/first.fleet"
    refused 2 'No space' "$tool" report -o "$full/page.html" "$work/tool.log" &&
        refused 2 'disk is full' "$tool" db --file "$full/a.db" import "$work/tool.log" &&
        refused 2 'No space' "$tool" bundle -o "$full/b.tar.gz" "$work/tool.log" &&
        refused 2 'No space' "$tool" fleet plan -o "$full/jobs" "$work/first.fleet" &&
        refused 2 'could not be written' "$tool" trace import tests/golden/trace/one -o "$full/rows" --hz 250
}

case_run launchers launchers
case_run lost_log lost
case_run tools tools
cases_end
