#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# What run/nested refuses before anything boots, each with exit code 2 and its reason.
# NEEDS: image host
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"
nested=${NESTED_ROOT:-${XDG_CACHE_HOME:-$HOME/.cache}/idlelab/nested}

echo 'one | sched=credit | 1 | smoke | |' >"$work/xen.rows"
echo 'one | halt_poll_ns=much | 1 | smoke |' >"$work/much.rows"

# bad_row NAME PATTERN ROW [HOST [VMM]]: a row that is refused before anything boots.
bad_row()
{
    echo "$3" >"$work/$1.rows"
    refuses "$1" "$2" --host "${4:-kvm_amd}" --vmm "${5:-own}" --rows "$work/$1.rows" --out "$work/$1"
}

# refuses NAME PATTERN ARGUMENT...
refuses()
{
    local name=$1 pattern=$2
    local -a place=(--log "$work/$1.log")

    shift 2
    [[ " $* " != *' --rows '* ]] || place=()
    expect_status 2 timeout 100 run/nested "${place[@]}" "$@" 2>"$work/$name.err" && expect_text "$work/$name.err" "$pattern" &&
        [ ! -e "$work/$name.log" ]
}

# The same, of what takes the kernel's modules to know.
refuses_parameter()
{
    if [ ! -r "$nested/versions" ]; then
        echo 'the kernel is not there: run/setup nested'
        return "$skip_status"
    fi
    refuses "$@"
}

# A value that is empty is none, of each program whose values name files.
refuses_empty()
{
    local words

    while read -r -a words; do
        expect_status 2 "${words[@]}" '' 2>"$work/empty.err" && expect_text "$work/empty.err" "${words[-1]} needs a value" || return
    done <<'EOF'
run/nested --host kvm_amd --script smoke --log
run/nested --host kvm_amd --module
run/nested --host kvm_amd --rows
run/nested --host kvm_amd --modules
run/nested --host kvm_amd --kernel
run/qemu --log
run/bochs --log
run/gdb --log
run/kvm-sweep smoke --out
run/kvm-sweep smoke --settings
run/kvm-sweep smoke --nested
run/compare --out
run/fleet --file
run/netboot --serve
EOF
}

keeps_others_files()
{
    echo 'a letter' >"$work/letter.log"
    expect_status 2 run/nested --host kvm_amd --script smoke --log "$work/letter.log" 2>"$work/letter.err" &&
        expect_text "$work/letter.err" 'is no log of idlelab' && expect_text "$work/letter.log" '^a letter$'
}

# send_one LOG ARGUMENT...: run/nested with an emulator that only sends what a host would, the log `ours`.
send_one()
{
    local log=$1

    shift
    mkdir -p "$work/one"
    echo 'IDLELAB-BEGIN run=0123456789abcdef fmt=1' >"$work/one/serial.log"
    echo 0 >"$work/one/serial.code"
    echo 'kvm.x=1' >"$work/one/serial.parameters"
    echo 'a line' >"$work/one/dmesg"
    tar -czf "$work/one.tar" -C "$work/one" .
    # shellcheck disable=SC2016 # the emulator's
    printf '#!/bin/bash\nfor word; do case $word in file:*) touch "%s"; cp "%s" "${word#file:}" ;; esac; done\n' "$work/booted" "$work/one.tar" >"$work/sender"
    chmod +x "$work/sender"
    QEMU=$work/sender run/nested --host kvm_amd --vmm own --script smoke --log "$log" "$@"
}

# The log goes to the very name, which needs no .log; what is not of an earlier run stays, whether the run is refused or not, and what is goes.
log_names()
{
    local at=$work/names kind

    [ -r "$nested/versions" ] || { echo 'the kernel is not there: run/setup nested'; return "$skip_status"; }
    mkdir "$at"
    echo 'a letter' | tee "$at/notes.log" "$at/plain.parameters" "$at/mail.console.log" "$at/list.dmesg.log" >"$at/book.emulator.log"
    expect_status 0 send_one "$at/notes" 2>"$work/names.err" && cmp "$at/notes" "$work/one/serial.log" && expect_text "$at/notes.log" '^a letter$' &&
        expect_text "$work/names.err" "serial log: $at/notes\$" && expect_text "$at/notes.parameters" 'kvm.x=1' || return
    rm -f "$work/booted"
    for kind in plain.parameters mail.console.log list.dmesg.log book.emulator.log; do
        expect_status 2 send_one "$at/${kind%%.*}.log" 2>"$work/names.err" && expect_text "$work/names.err" "--log: $at/$kind is no log of idlelab" &&
            expect_text "$at/$kind" '^a letter$' && [ ! -e "$at/${kind%%.*}.log" ] || return
    done
    [ ! -e "$work/booted" ] || { echo 'it booted'; return 1; }
    echo 'of another boot' >"$at/notes.xl-dmesg.log"
    expect_status 0 send_one "$at/notes" 2>"$work/names.err" && [ ! -e "$at/notes.xl-dmesg.log" ] && expect_status 0 send_one "$at/plain.log" --force
}

# The same of rows: each of their files is looked at.
row_names()
{
    [ -r "$nested/versions" ] || { echo 'the kernel is not there: run/setup nested'; return "$skip_status"; }
    mkdir "$work/theirs"
    echo 'a letter' >"$work/theirs/two.log"
    printf 'one | | | smoke\ntwo | | | smoke\n' >"$work/theirs.rows"
    QEMU=/bin/true expect_status 2 run/nested --host kvm_amd --vmm own --rows "$work/theirs.rows" --out "$work/theirs" 2>"$work/theirs.err" &&
        expect_text "$work/theirs.err" "--out: $work/theirs/two.log is no log of idlelab" && expect_text "$work/theirs/two.log" '^a letter$' &&
        [ "$(ls "$work/theirs")" = two.log ]
}

# no_place LOG PATTERN: refused before the boot, in one line and not in bash's words.
no_place()
{
    [ -r "$nested/versions" ] || { echo 'the kernel is not there: run/setup nested'; return "$skip_status"; }
    QEMU=/bin/true expect_status 2 run/nested --host kvm_amd --script smoke --log "$1" 2>"$work/place.$3.err" || return
    expect_text "$work/place.$3.err" "^run/nested: --log: $2" && [ "$(wc -l <"$work/place.$3.err")" -eq 1 ]
}

no_device()
{
    no_place /dev/full '/dev/full is no plain file' device && [ -z "$(ls -d /dev/full.* 2>/dev/null)" ]
}

# A file that no kernel begins like is none, whatever host it is for; neither is a folder.
no_kernel()
{
    local host

    head -c 20000 /dev/zero >"$work/no_kernel"
    for host in kvm_amd kvm_intel xen; do
        refuses "no_kernel_$host" "--kernel: .*/no_kernel is no Linux bzImage, expected HdrS at its offset 0x202" --host "$host" --kernel "$work/no_kernel" &&
            refuses "folder_kernel_$host" "--kernel: /tmp cannot be read as a file, expected a Linux bzImage" --host "$host" --kernel /tmp || return
    done
}

# An emulator that is not there is known before anything is written.
no_emulator()
{
    [ -r "$nested/versions" ] || { echo 'the kernel is not there: run/setup nested'; return "$skip_status"; }
    QEMU=/nowhere/qemu refuses no_emulator '/nowhere/qemu is not there: ' --host kvm_amd --vmm own --script smoke && [ ! -e "$work/no_emulator.console.log" ]
}

# QEMU 7 starts one processor of a host; QEMU 10 takes its place, and where that is not there nothing is written.
old_emulator()
{
    [ -r "$nested/versions" ] || { echo 'the kernel is not there: run/setup nested'; return "$skip_status"; }
    printf '#!/bin/sh\necho QEMU emulator version 7.2.22\n' >"$work/qemu7"
    chmod +x "$work/qemu7"
    QEMU=$work/qemu7 BOCHS_ROOT=$work/nothing refuses old_emulator 'QEMU emulator version 7.2.22 starts one processor of a host' --host kvm_amd --cpus 2 --script smoke
}

# A sweep that run/nested refuses has no results, though logs of an earlier one lie there.
old_sweep()
{
    [ -r "$nested/versions" ] || { echo 'the kernel is not there: run/setup nested'; return "$skip_status"; }
    mkdir "$work/old_sweep"
    cp tests/boot/fixtures/pass.log "$work/old_sweep/poll_0.log"
    expect_status 2 run/kvm-sweep --nested kvm_amd --settings poll_0 --out "$work/old_sweep" --smp 17 smoke 2>"$work/old_sweep.err" &&
        expect_text "$work/old_sweep.err" 'run/nested refused it, see above' && expect_text "$work/old_sweep/skipped" 'it left no log$' &&
        expect_status 2 run/kvm-sweep --nested kvm_amd --timeout 1m --out "$work/no_sweep" smoke 2>"$work/old_sweep.err" &&
        expect_text "$work/old_sweep.err" "--timeout: found '1m', expected seconds"
}

# Debian's kernel refuses a module with a signature that does not fit: of a changed module, too, it goes.
changed_module()
{
    local signed=$work/signed unsigned=$work/unsigned

    [ -r "$nested/versions" ] || { echo 'the kernel is not there: run/setup nested'; return "$skip_status"; }
    make_keeper signed
    mkdir "$signed" "$unsigned"
    echo 'a module' | tee "$signed/kvm.ko" >"$unsigned/kvm.ko"
    printf 'signature\0\0\0\0\0\0\0\0\0\0\0\011~Module signature appended~\n' >>"$signed/kvm.ko"
    QEMU=$work/signed.keeper expect_status 3 run/nested --host kvm_amd --vmm own --modules "$signed" --script smoke --log "$work/signed.log" 2>"$work/signed.err" &&
        expect_text "$work/signed.err" "there is no serial log; the host's console: $work/signed.console.log" || return 1
    "$nested/busybox" cpio -i --to-stdout --quiet '*modules/kvm.ko' <"$work/signed.initramfs" 2>/dev/null | cmp - "$unsigned/kvm.ko" || return 1
    # Another kernel may insist on it.
    cp "$nested/vmlinuz" "$work/own_kernel"
    QEMU=$work/signed.keeper expect_status 3 run/nested --host kvm_amd --vmm own --kernel "$work/own_kernel" --modules "$signed" --script smoke \
        --log "$work/signed.log" 2>"$work/signed.err" && "$nested/busybox" cpio -i --to-stdout --quiet '*modules/kvm.ko' <"$work/signed.initramfs" 2>/dev/null |
        cmp - "$signed/kvm.ko"
}

# What a sweep writes beside its logs takes the place of an earlier sweep's, and of nobody else's files.
others_sweep()
{
    local name folder=$work/others_sweep

    mkdir "$folder"
    for name in sweep.txt columns skipped sweep.err report.html; do
        echo 'a letter' >"$folder/$name"
        expect_status 2 run/kvm-sweep --nested kvm_amd --settings poll_0 --out "$folder" smoke 2>"$work/others_sweep.err" &&
            expect_text "$work/others_sweep.err" "^run/kvm-sweep: --out: $folder/$name is of no sweep, and stays as it is" &&
            expect_text "$folder/$name" '^a letter$' && [ "$(ls "$folder")" = "$name" ] || return
        rm "$folder/$name"
    done
}

# A row that names no number of processors has those of --smp. The emulator keeps what it gets.
smp_of_rows()
{
    local found

    [ -r "$nested/versions" ] || { echo 'the kernel is not there: run/setup nested'; return "$skip_status"; }
    make_keeper smp
    printf 'one | | | smoke\ntwo | | 3 | smoke\n' >"$work/smp.rows"
    QEMU=$work/smp.keeper expect_status 3 run/nested --host kvm_amd --vmm own --smp 2 --rows "$work/smp.rows" --out "$work/smp" 2>"$work/smp.err" || return 1
    found=$(kept_rows smp | grep -o "'--vcpus' '[0-9]*'" | paste -sd ,)
    [ "$found" = "'--vcpus' '2','--vcpus' '3'" ] || { echo "found $found"; return 1; }
}

# A host that does not boot is lost, and says where its console is; nothing of it is left behind.
dead_kernel()
{
    [ -r "$nested/versions" ] || { echo 'the kernel is not there: run/setup nested'; return "$skip_status"; }
    # A kernel's header says where the rest begins, which is behind the file's end.
    head -c 20000 /dev/zero >"$work/zeros"
    printf '\377' | dd of="$work/zeros" bs=1 seek=$((0x1f1)) conv=notrunc status=none
    printf HdrS | dd of="$work/zeros" bs=1 seek=$((0x202)) conv=notrunc status=none
    mkdir "$work/tmp"
    echo '@ 1.60 the host is up' >"$work/dead.console.log"
    echo 'of another boot' >"$work/dead.dmesg.log"
    TMPDIR=$work/tmp expect_status 3 timeout 100 run/nested --host kvm_amd --kernel "$work/zeros" --script smoke --log "$work/dead.log" 2>"$work/dead.err" &&
        expect_text "$work/dead.err" 'the host did not end as it should .*its console: .*dead.console.log' && [ -z "$(ls "$work/tmp")" ] && [ ! -e "$work/dead.dmesg.log" ]
}

# Bochs that ends before it begins says why.
bad_model()
{
    [ -r "$nested/versions" ] || { echo 'the kernel is not there: run/setup nested'; return "$skip_status"; }
    expect_status 3 timeout 100 run/nested --host kvm_intel --cpu no_such --script smoke --log "$work/model.log" 2>"$work/model.err" &&
        expect_text "$work/model.err" "the emulator says: .*wrong value for parameter 'model'"
}

# make_keeper NAME: an emulator that only keeps its first file system, for one case: they run beside each other.
make_keeper()
{
    # shellcheck disable=SC2016 # the emulator's
    printf '#!/bin/bash\nfor word; do case $word in */initramfs) cp "$word" "%s" ;; esac; done\n' "$work/$1.initramfs" >"$work/$1.keeper"
    chmod +x "$work/$1.keeper"
}

# kept_rows NAME: the rows in what it kept.
kept_rows()
{
    zcat -f "$work/$1.initramfs" | "$nested/busybox" cpio -i --to-stdout --quiet '*job/*.row' 2>/dev/null
}

# What the command line says of a module goes to each row, before the row's own words. The emulator keeps what it gets.
module_of_rows()
{
    local found

    [ -r "$nested/versions" ] || { echo 'the kernel is not there: run/setup nested'; return "$skip_status"; }
    make_keeper both
    printf 'one | halt_poll_ns=7 | | smoke\ntwo | | | smoke\n' >"$work/both.rows"
    QEMU=$work/both.keeper expect_status 3 run/nested --host kvm_amd --vmm own --module halt_poll_ns=5 --rows "$work/both.rows" --out "$work/both" 2>"$work/both.err" || return 1
    found=$(kept_rows both | grep kvm_words | paste -sd ,)
    [ "$found" = 'kvm_words=halt_poll_ns=5\ halt_poll_ns=7\ ,kvm_words=halt_poll_ns=5\ ' ] || { echo "found $found"; return 1; }
}

# small_disk ARGUMENT...: run/nested with an emulator that only sends what a host would, a log of 40 KB, to a disk that has 16.
small_disk()
{
    mkdir -p "$work/disk" "$work/sent" "$work/bin"
    head -c 40000 /dev/urandom >"$work/sent/serial.log"
    echo 0 >"$work/sent/serial.code"
    echo 'a line' >"$work/sent/dmesg"
    tar -czf "$work/sent.tar" -C "$work/sent" .
    # shellcheck disable=SC2016 # the emulator's
    printf '#!/bin/bash\nfor word; do case $word in file:*) cp "%s" "${word#file:}" ;; esac; done\n' "$work/sent.tar" >"$work/bin/emulator"
    chmod +x "$work/bin/emulator"
    # shellcheck disable=SC2016 # the inner shell's
    QEMU=$work/bin/emulator unshare --mount --map-root-user bash -c 'mount -t tmpfs -o size=16k none "$0" && run/nested "$@"' "$work/disk" \
        --host kvm_amd --vmm own --script smoke --log "$work/disk/one.log"
}

# What only the host can know: a value that the module refuses, and a vendor's module that is nowhere. Each row says why, and what the kernel
# said since the row began, though --quiet is asked for.
refused_in_there()
{
    [ -r "$nested/versions" ] || { echo 'the kernel is not there: run/setup nested'; return "$skip_status"; }
    mkdir "$work/modules"
    cp "$nested"/modules/{irqbypass,kvm}.ko "$work/modules"
    printf 'one | nx_huge_pages=maybe | | smoke\ntwo | | | smoke\n' >"$work/late.rows"
    expect_status 2 run/nested --quiet --host kvm_amd --vmm own --modules "$work/modules" --rows "$work/late.rows" --out "$work/late" 2>"$work/late.err"
    cat "$work/late.err"
    expect_text "$work/late.err" 'the module kvm could not be loaded with nx_huge_pages=maybe: .*' &&
        expect_text "$work/late.err" "its kernel says: .*kvm: .maybe. invalid for parameter .nx_huge_pages." &&
        expect_text "$work/late.err" 'there is no /dev/kvm, nor kvm-amd.ko among the modules' &&
        expect_text "$work/late/one.emulator.log" 'could not be loaded with nx_huge_pages=maybe' &&
        expect_text "$work/late/two.emulator.log" 'there is no /dev/kvm'
}

# A row whose boot fails is known as that, takes with it what was kept of an earlier run, and says so.
failed_row()
{
    local kept=$work/kept

    [ -r "$nested/versions" ] || { echo 'the kernel is not there: run/setup nested'; return "$skip_status"; }
    echo 'kvm_amd | poll | halt_poll_ns=0 | | smoke | | poll |' >"$work/failed.table"
    printf 'kvm_amd\tother\tpoll\tright\nkvm_amd\tpoll\tgrow\tright\nkvm_amd\tpoll\tpoll\tright\n' >"$kept"
    QEMU=/bin/true CASES='' expect_status 1 tests/nested/run "$work/failed" "$work/failed.table" kvm_amd >"$work/failed.tap" || return
    NESTED_RESULTS=$kept expect_status 0 tests/nested/keep "$work/failed" 2>"$work/keep.err" || return
    expect_text "$work/keep.err" 'kvm_amd_poll failed, and its 2 kept answers go: .' &&
        printf 'kvm_amd\tother\tpoll\tright\nkvm_amd\tpoll\t-\tfailed\n' | diff - "$kept"
}

# A row with APICv boots apart from the others, whose guests would have its model.
apart()
{
    local at=$work/apart

    [ -r "$nested/versions" ] || { echo 'the kernel is not there: run/setup nested'; return "$skip_status"; }
    printf 'kvm_amd | %s | | smoke | | poll |\n' 'one | halt_poll_ns=0' 'two | enable_apicv=1' 'three | halt_poll_ns=1' >"$work/apart.table"
    QEMU=/bin/true CASES='' expect_status 1 tests/nested/run "$at" "$work/apart.table" kvm_amd >"$work/apart.tap"
    [ "$(cut -d '|' -f 1 "$at/kvm_amd.part.00" | paste -sd ,)" = one,three ] && [ "$(cut -d '|' -f 1 "$at/kvm_amd.part.apicv.00")" = two ] &&
        expect_text "$work/apart.tap" '^not ok 3 kvm_amd_two'
}

# What cannot be written is no failed step.
full_disk()
{
    [ -r "$nested/versions" ] || { echo 'the kernel is not there: run/setup nested'; return "$skip_status"; }
    unshare --mount --map-root-user mount -t tmpfs none /mnt 2>/dev/null || { echo 'no mount without root'; return "$skip_status"; }
    expect_status 3 small_disk 2>"$work/disk.err" && expect_text "$work/disk.err" 'No space left on device'
}

# One that is ended takes the emulator with it.
killed()
{
    local pid n=0 status=0

    [ -r "$nested/versions" ] || { echo 'the kernel is not there: run/setup nested'; return "$skip_status"; }
    mkdir "$work/tmp.killed"
    TMPDIR=$work/tmp.killed run/nested --host kvm_amd --script smoke --log "$work/killed.log" 2>"$work/killed.err" &
    pid=$!
    until [ -s "$work/killed.console.log" ] || [ $((n += 1)) -gt 300 ]; do
        sleep 0.2
    done
    sleep 1
    kill -TERM "$pid"
    wait "$pid" || status=$?
    cat "$work/killed.err"
    [ "$status" -eq 3 ] && [ -z "$(ls "$work/tmp.killed")" ] && ! pgrep -f "$work/tmp.killed" && expect_text "$work/killed.err" 'stopped by a signal'
}

case_run nested_no_host refuses no_host "--host: found '', expected kvm_amd, kvm_intel or xen" --script smoke
case_run nested_other_host refuses other_host "found 'vmware', expected kvm_amd, kvm_intel or xen" --host vmware
case_run nested_no_value refuses no_value '^run/nested: --module needs a value$' --host kvm_amd --module
case_run empty_values refuses_empty
case_run nested_bad_seed refuses bad_seed "found 'x', expected a number" --host kvm_amd --seed x
case_run nested_bad_script refuses bad_script 'bad script: .*' --host kvm_amd --script 'wake idle=hallt'
case_run nested_no_modules refuses no_modules 'there is no folder /nowhere' --host kvm_amd --modules /nowhere
case_run nested_xen_vmm refuses xen_vmm "--vmm: found 'own', expected hvm or pvh" --host xen --vmm own
case_run nested_kvm_hvm refuses kvm_hvm "--vmm: found 'hvm', expected qemu or own" --host kvm_amd --vmm hvm
case_run nested_xen_word refuses xen_word "found 'sched credit', expected a word of Xen's command line" --host xen --module 'sched credit'
case_run nested_xen_row refuses xen_row "row one: Xen has one command line, for all rows: --module" --host xen --rows "$work/xen.rows" --out "$work/xen"
case_run nested_bad_module refuses_parameter bad_module "found 'halt_poll_ns', expected NAME=VALUE" --host kvm_amd --module halt_poll_ns
case_run nested_module_pattern refuses_parameter module_pattern "--module: found '[*]', expected NAME=VALUE" --host kvm_amd --module '*'
case_run nested_no_parameter refuses_parameter no_parameter 'neither kvm nor kvm_amd has a parameter ple_gap' --host kvm_amd --module ple_gap=64
BOCHS_PATCHED_ROOT=/nowhere case_run nested_no_apicv refuses no_apicv "in Debian's Bochs no guest with APICv begins" --host kvm_intel --module enable_apicv=1
case_run nested_rows_folder refuses rows_folder '^run/nested: --rows: /tmp cannot be read$' --host kvm_amd --rows /tmp --out "$work/rows_folder"
case_run nested_row_name bad_row row_name "found 'two words', expected a name" 'two words | | 1 | smoke |'
case_run nested_row_smp bad_row row_smp "row one: found 'x', expected a number of processors" 'one | | x | smoke |'
case_run nested_row_many bad_row row_many "row one, words for build/vmm: vmm: --vcpus: found '17', expected a number from 1 to 16" 'one | | 17 | smoke |'
case_run nested_row_words bad_row row_words "row one, words for build/vmm: .*'--list-mwaits'" 'one | | 1 | smoke | --list-mwaits'
exits_expected='expected words of mwait, hlt, pause and cstate with commas'
case_run nested_row_exits bad_row row_exits "row one, words for build/vmm: vmm: --disable-exits: found 'halt', $exits_expected" \
    'one | | 1 | smoke | --disable-exits mwait,halt,pause'
case_run nested_row_exits_none bad_row row_exits_none "found '', $exits_expected" 'one | | 1 | smoke | --disable-exits mwait,'
case_run nested_row_exits_begin bad_row row_exits_begin "found 'mwai', $exits_expected" 'one | | 1 | smoke | --disable-exits mwai'
case_run nested_row_other_word bad_row row_other_word "row one, words for build/vmm: vmm: found 'mwait', expected an option" 'one | | 1 | smoke | --list-mwait mwait'
case_run nested_own_cpu refuses own_cpu "--cpu: the guest of --vmm own has the host's processor" --host kvm_amd --vmm own --cpu max
case_run nested_own_boot refuses own_boot '--boot: the guest of --vmm own has one way to start' --host kvm_amd --vmm own --boot pvh
case_run nested_rows_script refuses rows_script 'script and words for the VMM stand in the rows' --host kvm_amd --rows "$work/xen.rows" --out "$work/none" --script smoke
case_run nested_rows_log refuses rows_log "--log: of several guests --out says where the logs go" --host kvm_amd --rows "$work/xen.rows" --out "$work/none" \
    --log "$work/rows_log.log"
case_run nested_out_alone refuses out_alone "--out: of one guest --log says where the log goes" --host kvm_amd --out "$work/none" --script smoke
case_run nested_no_number refuses_parameter no_number "found 'halt_poll_ns=1e5', expected a number from 0 to 4294967295" --host kvm_amd --module halt_poll_ns=1e5
case_run nested_no_uint refuses_parameter no_uint "found 'halt_poll_ns=-1', expected a number from 0" --host kvm_amd --module kvm.halt_poll_ns=-1
case_run nested_no_ushort refuses_parameter no_ushort "found 'pause_filter_count=65536', expected a number from 0 to 65535" --host kvm_amd --module pause_filter_count=65536
case_run nested_no_octal refuses_parameter no_octal "found 'lapic_timer_advance_ns=08', expected a number" --host kvm_amd --module lapic_timer_advance_ns=08
case_run nested_no_bool refuses_parameter no_bool "found 'ept=2', expected Y or N" --host kvm_intel --module ept=2
case_run nested_no_number_in_row refuses_parameter no_number_in_row "row one: --module: found 'halt_poll_ns=much', expected a number" \
    --host kvm_amd --vmm own --rows "$work/much.rows" --out "$work/much"
case_run nested_no_kvm refuses_parameter no_kvm "has no kvm.ko, and Debian's kernel has KVM only as a module" --host kvm_amd --modules "$root/docs"
case_run nested_refused_in_there refused_in_there
case_run nested_failed_row failed_row
case_run nested_apart apart
case_run nested_bad_model bad_model
case_run nested_module_of_rows module_of_rows
case_run nested_full_disk full_disk
case_run nested_dead_kernel dead_kernel
case_run nested_killed killed
case_run nested_log_names log_names
case_run nested_row_names row_names
case_run nested_no_place no_place /proc/idlelab_no.log '/proc/idlelab_no.log cannot be written: No such file or directory' proc
case_run nested_no_folder no_place /nowhere/a/x.log 'there is no folder /nowhere/a' folder
case_run nested_log_folder no_place "$work" '.* is no plain file' log_folder
case_run nested_no_device no_device
case_run nested_no_kernel no_kernel
case_run nested_no_emulator no_emulator
case_run nested_old_emulator old_emulator
case_run nested_old_sweep old_sweep
case_run nested_others_sweep others_sweep
case_run nested_smp_of_rows smp_of_rows
case_run nested_changed_module changed_module
case_run nested_no_cpus refuses no_cpus "--cpus: found '0', expected a number of processors from 1 to 16" --host kvm_amd --cpus 0
case_run nested_amd_cpus refuses amd_cpus "--cpus: found '17', expected a number of processors from 1 to 16" --host kvm_amd --cpus 17
case_run nested_xen_cpus refuses xen_cpus "--cpus: found '99', expected a number of processors from 1 to 16" --host xen --cpus 99
case_run nested_intel_cpus refuses intel_cpus "--cpus: found '15', expected a number of processors from 1 to 14" --host kvm_intel --cpus 15
case_run nested_amd_smp refuses amd_smp "--smp: found '17', expected a number of processors from 1 to 16" --host kvm_amd --smp 17
case_run nested_row_smp_xen bad_row row_smp_xen "row one: found '17', expected a number of processors from 1 to 16" 'one | | 17 | smoke |' xen pvh
case_run nested_keeps_others_files keeps_others_files
cases_end
