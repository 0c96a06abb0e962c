#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# NX that the processor lacks, and NX that firmware has hidden by IA32_MISC_ENABLE[34].
# NEEDS: image host
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/cases.sh"

absent()
{
    expect_status 0 run/qemu --quiet --accel tcg --smp 2 --cpu qemu64,-nx --script 'noise time=10ms' --log "$work/absent.log" --timeout 100 &&
        expect_status 0 "$build/idlelab" check "$work/absent.log" &&
        expect_text "$work/absent.log" '"id":"nx_off"' && expect_text "$work/absent.log" '"cpu":1,"apic"'
}

present()
{
    expect_status 0 run/qemu --quiet --accel tcg --smp 1 --script 'noise time=10ms' --log "$work/present.log" --timeout 100 || return 1
    if grep -q '"id":"nx_off"' "$work/present.log"; then
        echo 'NX is called off where it is on'
        return 1
    fi
}

# debugs NAME CPUS MODEL COMMANDS: gdb's commands in the file COMMANDS, on a machine that has not begun. Their output is NAME.txt.
debugs()
{
    local qemu_pid i

    if ! command -v gdb >/dev/null; then
        echo 'gdb is not installed'
        return "$skip_status"
    fi
    "${QEMU:-qemu-system-x86_64}" -nodefaults -no-reboot -machine q35 -accel tcg -cpu "$3" -smp "$2" -m 256M -display none -serial null \
        -kernel "$build/idlelab.elf" -append 'script="noise time=10ms"' -S -gdb "unix:$work/$1.socket,server=on,wait=off" >&2 &
    qemu_pid=$!
    for ((i = 0; i < 200; i++)); do
        [ ! -S "$work/$1.socket" ] || break
        sleep 0.1
    done
    timeout 60 gdb -q -batch "$build/link/multiboot1.elf" -ex 'set confirm off' -ex "target remote $work/$1.socket" \
        -x "$work/step.gdb" -x "$4" >"$work/$1.txt" 2>&1
    kill "$qemu_pid" 2>/dev/null
    wait "$qemu_pid"
}

# A step may end where it began, when another CPU stops the machine.
cat >"$work/step.gdb" <<'EOF'
define step_one
  set $at = $rip
  while $rip == $at
    stepi
  end
end
EOF
# What a firmware would do that hides NX: a WRMSR here and now, its code in a page that is free.
cat >"$work/hide.gdb" <<'EOF'
set $was_rax = $rax
set $was_rip = $rip
set {short}0x7000 = 0x300f
set $rip = 0x7000
set $rcx = 0x1a0
set $rax = 1
set $rdx = 4
step_one
set $rax = $was_rax
set $rip = $was_rip
EOF
cat >"$work/boot.gdb" <<EOF
tbreak *boot_start
continue
source $work/hide.gdb
tbreak boot_main
continue
EOF
# Between INIT and the first STARTUP the copy of the trampoline is found by its first bytes; the CPUID between its 32-bit entry and
# EFER then says that there is no NX.
cat >"$work/ap.gdb" <<EOF
tbreak smp_start
continue
tbreak send_all
continue
tbreak send_all
continue
set \$page = 0x9f000
while *(int *)\$page != *(int *)&ap_trampoline
  set \$page = \$page - 0x1000
end
tbreak *(\$page + (long)&ap_entry32 - (long)&ap_trampoline)
continue
source $work/hide.gdb
while *(unsigned short *)\$rip != 0xa20f
  stepi
end
step_one
set \$rdx = \$rdx & ~0x100000
tbreak ap_main
continue
EOF
cat >"$work/read.gdb" <<'EOF'
set {short}$rip = 0x320f
set $rcx = 0x1a0
step_one
printf "misc_enable %x:%x\n", $rdx, $rax
kill
EOF
cat "$work/read.gdb" >>"$work/boot.gdb"
cat "$work/read.gdb" >>"$work/ap.gdb"

# QEMU hides no NX by this bit, so the processor has none at all; what counts is that the bit is cleared.
hidden()
{
    debugs "$1" 1 "qemu64,-nx,vendor=$1" "$work/boot.gdb" || [ -f "$work/$1.txt" ] || return "$skip_status"
    expect_text "$work/$1.txt" "^misc_enable $2:1\$"
}

hidden_on_another_cpu()
{
    debugs ap 2 max "$work/ap.gdb" || [ -f "$work/ap.txt" ] || return "$skip_status"
    expect_text "$work/ap.txt" '^misc_enable 0:1$'
}

case_run nx_absent absent
case_run nx_present present
case_run nx_hidden_on_intel hidden GenuineIntel 0
case_run nx_hidden_on_another_cpu hidden_on_another_cpu
case_run nx_left_alone_on_amd hidden AuthenticAMD 4
cases_end
