#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# A disk of 64 KiB that is full: what could not be done is said in one line with exit code 2, or 3 where a log is lost behind its beginning;
# nothing half written stays, and what was there is as it was.
# NEEDS: image host iso tool-tests
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

# kept FILE CODE PATTERN COMMAND...: the same with that file on the disk, which is as it was behind it.
kept()
{
    local file=$full/${1##*/} old=$1 code=$2 pattern=$3

    shift 3
    rm -rf "${full:?}"/*
    cp "$old" "$file"
    head -c 65536 /dev/zero >"$full/filler" 2>/dev/null
    expect_status "$code" "$@" >"$work/out" 2>"$work/err" </dev/null && expect_text "$work/err" "$pattern" &&
        [ "$(wc -l <"$work/err")" -eq 1 ] && cmp "$old" "$file" && [ "$(find "$full" -type f | wc -l)" -eq 2 ]
}

# Standard output on a full disk.
to_full() { "$@" >/dev/full; }

# What a launcher makes for itself lies in TMPDIR.
launchers()
{
    export TMPDIR=$full
    echo survey >"$work/one.lab"
    refused 2 'No space' run/qemu --accel tcg --log "$work/pvh.log" --script "$work/one.lab" && [ ! -e "$work/pvh.log" ] &&
        refused 2 'No space' run/qemu --accel tcg --boot iso-bios --log "$work/iso.log" --script survey && [ ! -e "$work/iso.log" ] &&
        TMPDIR='' refused 2 'on-full.log: No space' run/qemu --accel tcg --log "$full/on-full.log" --script survey
}

# Where no byte of a log has room nothing is started; the folder and the emulator's own log are elsewhere.
nothing_starts()
{
    refused 2 '^canned: .*/none.log: No space' "$build/launch" --name canned --log "$full/none.log" --emulator-log "$work/none.emulator.log" -- \
        touch "$work/started" && [ ! -e "$work/started" ]
}

# A log that is lost behind its beginning is no success, and the launcher says so behind the result.
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
        refused 2 'could not be written' "$tool" trace import tests/golden/trace/one -o "$full/rows" --hz 250 &&
        refused 2 'standard output could not be written' to_full "$tool" export --junit "$work/tool.log" &&
        refused 2 'standard output could not be written' to_full "$tool" report -o - "$work/tool.log"
}

# What is there already is replaced whole or not at all.
old_files()
{
    local tool=$build/idlelab golden=tests/golden/governors

    "$build/tool/mklog" steps=2 samples=50 >"$work/small.log"
    "$tool" report -o "$work/page.html" "$work/small.log" 2>/dev/null && head -c 20000 "$work/page.html" >"$work/old.html"
    kept "$work/old.html" 2 'No space' "$tool" report -o "$full/old.html" "$work/small.log" || return
    echo 'an old one' >"$work/old.tar.gz"
    kept "$work/old.tar.gz" 2 'No space' "$tool" bundle --force -o "$full/old.tar.gz" "$work/small.log" || return
    echo 'old metrics' >"$work/metrics"
    kept "$work/metrics" 2 'No space' "$tool" replay --metrics "$full/metrics" --governor menu --table "$golden/tables/skl.csv" --trace "$golden/traces/mixed.csv"
}

# Of pictures a whole log is made or none.
scans()
{
    mkdir -p "$work/bin"
    cat >"$work/bin/zbarimg" <<'END'
#!/bin/sh
for image; do :; done
cat "$image"
END
    chmod +x "$work/bin/zbarimg"
    printf 'IDLELAB-CODE 1/1 0123456789abcdef\nok 1 a\n\n' >"$work/image"
    PATH=$work/bin:$PATH refused 2 'No space' "$build/idlelab" scan -o "$full/scan.log" "$work/image"
}

# collect_leaving KIB: the archive of two of three jobs and all but so much of the disk taken, the third is collected: an error in one line and
# the archive as it was, or all of it; and when there is room again, a second call brings all. Prints the first exit code.
collect_leaving()
{
    local tool=$build/idlelab taken code=0

    rm -f "${disk:?}"/*
    cp "$work/base.db" "$disk/a.db"
    taken=$(stat -c %s "$disk/a.db")
    head -c $((1048576 - taken - $1 * 1024)) /dev/zero >"$disk/filler" || return
    "$tool" fleet collect --file "$disk/a.db" "$work/jobs" >"$work/out" 2>"$work/err" || code=$?
    case $code in
    0) [ ! -s "$work/err" ] || return ;;
    2) [ "$(wc -l <"$work/err")" -eq 1 ] && expect_text "$work/err" 'database or disk is full$' || return ;;
    *) return 1 ;;
    esac
    rm "$disk/filler"
    "$tool" fleet collect --file "$disk/a.db" "$work/jobs" >"$work/out" 2>"$work/err" || { cat "$work/err" && return 1; }
    [ "$("$tool" db --file "$disk/a.db" list | grep -c " PASS ")" -eq 3 ] || return
    echo "$code"
}

collects()
{
    local tool=$build/idlelab disk=$work/disk kib code last=2

    mkdir "$disk" && mount -t tmpfs -o size=1m none "$disk" || return
    printf 'campaign name=c engine=local boots=1\nmachine name=m[000-002]\nscript name=smoke\n' >"$work/c.fleet"
    "$tool" fleet plan -o "$work/jobs" "$work/c.fleet" && "$build/tool/mkfleet" "$work/jobs/1" machines=3 boots=1 || return
    refused 2 'disk is full' "$tool" fleet collect --file "$full/a.db" "$work/jobs" || return
    mv "$work/jobs/1/m001.smoke.01/try-1" "$work/try"
    expect_status 3 "$tool" fleet collect --file "$work/base.db" "$work/jobs" || return
    mv "$work/try" "$work/jobs/1/m001.smoke.01/try-1"
    for ((kib = 0; kib <= 160; kib += 8)); do
        code=$(collect_leaving "$kib") || { echo "with $kib KiB left:" && cat "$work/err" && return 1; }
        [ "$code" -le "$last" ] || { echo "with $kib KiB left it fails, with less it did not" && return 1; }
        last=$code
    done
    [ "$last" -eq 0 ] || { echo "never enough room" && return 1; }
    refused 2 'No space' "$tool" fleet report --file "$disk/a.db" -o "$full/page.html" "$work/jobs" &&
        refused 2 'standard output could not be written' to_full "$tool" fleet report --file "$disk/a.db" "$work/jobs"
}

# Where a job's folder takes no try nothing is tried for ever.
dispatches()
{
    mkdir "$work/read_only"
    printf 'campaign name=d engine=local boots=1\nmachine name=m\nscript name=smoke\n' >"$work/d.fleet"
    "$build/idlelab" fleet plan -o "$work/dispatch" "$work/d.fleet" && mount --bind "$work/dispatch" "$work/read_only" &&
        mount -o remount,bind,ro "$work/read_only" || return
    refused 2 '^run/fleet: mkdir: .*/try-1.: Read-only file system$' timeout 60 run/fleet --file "$work/dispatch.db" "$work/read_only"
}

case_run launchers launchers
case_run nothing_starts nothing_starts
case_run lost_log lost
case_run tools tools
case_run old_files old_files
case_run scans scans
case_run collects collects
case_run dispatches dispatches
cases_end
