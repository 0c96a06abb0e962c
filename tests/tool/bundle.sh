#!/bin/bash
# SPDX-License-Identifier: MIT
# `idlelab bundle`: what names a machine is left out, and shown before; the logs stay whole; the same logs give the same bytes. The table of
# docs/machines.md is that of the bundles.
# NEEDS: host tool-tests sanitized
# shellcheck source=tests/tool/tap.sh
. "$(dirname "$0")/tap.sh"
echo "TAP version 13"
mklog=$build/tool/mklog
# The MAC address of the command line lies across two records.
long='script="wake idle=hlt by=timer interval=100us samples=20k; wake idle=hlt by=ipi interval=uniform:1us..4ms samples=20k" BOOTIF=01-52-54-00-ab-cd-ef exit=debugexit'
for ((pad = 0; pad < 60; pad++)); do
    "$mklog" samples=50 steps=3 seed=3 "loader=iPXE net0 52:54:00:12:34:56 serial=ABC123 on node17.example" "cmdline=$(printf '%*s' $pad '' | tr ' ' 'a')$long" >"$work/a.log"
    grep -q '52-54-00-ab-cd-ef' "$work/a.log" || break
done
! grep -q '52-54-00-ab-cd-ef' "$work/a.log"
ok $? "a text is cut within an address"
"$mklog" samples=50 steps=3 seed=4 host=1 >"$work/b.log"
bundle() { "$tool" bundle --hide node17.example "$@" "$work/a.log" "$work/b.log"; }

exits 0 "bundle --list" bundle --list -o "$work/x.tar.gz"
says "shows a serial number" 'serial number ABC123, 2 times'
says "shows a MAC address" 'MAC address 52:54:00:12:34:56, 2 times'
says "shows the one across two records" 'MAC address 01-52-54-00-ab-cd-ef'
says "shows a host name" 'host name node17.example, 2 times'
says "counts the firmware's lines" 'left out: [1-9][0-9]* lines that are not'
[ ! -e "$work/x.tar.gz" ]
ok $? "and writes nothing"
exits 0 "bundle" bundle -o "$work/x.tar.gz"
says "shows it, too" 'serial number ABC123'
mkdir "$work/x"
tar xzf "$work/x.tar.gz" -C "$work/x"
[ "$(cd "$work/x" && find . -type f | sort | paste -sd' ')" = './idlelab-bundle/log-01.txt ./idlelab-bundle/log-02.txt ./idlelab-bundle/machine.json ./idlelab-bundle/report.html' ]
ok $? "it has logs, report and facts"
! grep -rqE 'ABC123|52:54|52-54|ab-cd|cd-ef|node17|SeaBIOS|tmp/' "$work/x"
ok $? "and nothing of what was left out, nor a path"
exits 0 "the first log is whole" "$tool" check "$work/x/idlelab-bundle/log-01.txt"
exits 0 "and the second" "$tool" check "$work/x/idlelab-bundle/log-02.txt"
"$tool" show --step wake_hlt_timer_100us "$work/a.log" >"$work/before"
"$tool" show --step wake_hlt_timer_100us "$work/x/idlelab-bundle/log-01.txt" | diff "$work/before" - >&2
ok $? "with the same figures"
bundle -o "$work/y.tar.gz" >"$work/out" && cmp "$work/x.tar.gz" "$work/y.tar.gz"
ok $? "the same logs give the same bytes"
tar tvzf "$work/x.tar.gz" | awk '$2 != "0/0" || $4 != "1970-01-01" { wrong = 1 } END { exit wrong }'
ok $? "without an owner and a time"
exits 2 "a file that is there stays" bundle -o "$work/x.tar.gz"
exits 0 "--keep" bundle --force --keep mac -o "$work/x.tar.gz"
tar xzOf "$work/x.tar.gz" idlelab-bundle/log-01.txt >"$work/out"
says "leaves that in" '52:54:00:12:34:56 serial=xxxxxx on xxxxxxxxxxxxxx'
exits 2 "--keep of another word" bundle --keep colour
exits 2 "bundle of no log" "$tool" bundle
exits 2 "bundle of what has no run" "$tool" bundle -o "$work/z.tar.gz" "$work/x/idlelab-bundle/machine.json"
head -n 60 "$work/a.log" >"$work/cut.log"
# How people's command lines name machines: in one record each, so that what is left around them is seen.
while IFS='|' read -r text private left; do
    "$mklog" samples=20 steps=1 seed=3 "cmdline=$text" "loader=a" >"$work/c.log"
    "$tool" bundle --force -o "$work/c.tar.gz" "$work/c.log" >"$work/shown"
    tar xzOf "$work/c.tar.gz" | strings >"$work/out"
    grep -qF -- "$private" "$work/shown" && ! grep -qF -- "$private" "$work/out" && grep -qF -- "$left" "$work/out"
    ok $? "left out: $private of $text"
done <<'EOF'
/home/jane.doe/lab/build/idlelab.elf exit=halt|jane.doe|/lab/build/idlelab.elf exit=halt
ip=10.0.0.5::10.0.0.1:255.255.255.0:secretbox:eth0 exit=halt|secretbox|:eth0 exit=halt
systemd.hostname=secretbox exit=halt|secretbox|exit=halt
root=PARTUUID=deadbeef-02 exit=halt|deadbeef-02|exit=halt
net0/mac=525400abcdef exit=halt|525400abcdef|exit=halt
hwaddr=5254.00ab.cdef exit=halt|5254.00ab.cdef|exit=halt
SerialNumber=XYZ77 exit=halt|XYZ77|exit=halt
Serial Number: XYZ77 exit=halt|XYZ77|exit=halt
board-serial="QQ 88" exit=halt|QQ 88|exit=halt
SN: ZZZ99 exit=halt|ZZZ99|exit=halt
root=/dev/disk/by-id/nvme-Disk_S4EWNX0N1234-part2 exit=halt|S4EWNX0N1234|exit=halt
EOF
"$mklog" samples=20 steps=1 seed=3 "loader=on box9.lab.example.org and env" >"$work/c.log"
"$tool" bundle --force --hide box9 --hide env -o "$work/c.tar.gz" "$work/c.log" >"$work/out"
says "--hide takes the domain, too" 'host name box9.lab.example.org'
tar xzOf "$work/c.tar.gz" idlelab-bundle/log-01.txt >"$work/c.txt"
exits 0 "a host whose name is a record's leaves the log whole" "$tool" check "$work/c.txt"
[ "$(grep -c '"t":"env"' "$work/c.txt")" = "$(grep -c '"t":"env"' "$work/c.log")" ]
ok $? "with its records"
exits 3 "a cut log is bundled as it is" "$tool" bundle -o "$work/z.tar.gz" "$work/cut.log"
exits 0 "bundle --table" "$tool" bundle --table "$work/x.tar.gz"
# shellcheck disable=SC2016 # backticks of Markdown
says "has the processor, the verdicts and figures" '^\| Example\(R\) Processor 1234 CPU @ 2.40GHz \| bare \| PASS: [0-9]+ passed, 0 failed, 1 skipped \| .* us, p99 .* \| `x.tar.gz` \|$'
exits 3 "bundle --table of what is none" "$tool" bundle --table "$work/a.log"
exits 0 "bundle --table of none" "$tool" bundle --table
says "says so" '^No bundle has been sent yet.$'
BUILD=$build/sanitized tests/docs/machines 2>"$work/err" | diff docs/machines.md - >&2
ok $? "docs/machines.md is what make docs writes"
echo "1..$number"
exit "$failed"
