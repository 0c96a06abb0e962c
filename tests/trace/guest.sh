#!/bin/sh
# SPDX-License-Identifier: MIT
# PID 1 of the recorded guest (tests/trace/live): a load, run/record-idle beside it, the folder onto the second disk.
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t tracefs tracefs /sys/kernel/tracing
mkdir -p /run /out
for module in /modules/*.ko; do insmod "$module"; done
word()
{
    sed -n "s/.*\b$1=\([^ ]*\).*/\1/p" /proc/cmdline
}
n=0
while [ ! -b /dev/vdb ] && [ $n -lt 50 ]; do sleep 0.1; n=$((n + 1)); done
/bin/load &
sleep 1
# shellcheck disable=SC2046 # words of the command line
record-idle --seconds "$(word lab.seconds)" $(word lab.options | tr , ' ') /out/trace 2>&1
echo "record-idle: $?"
record-idle --restore 2>&1
echo "restored: $?, $(find /sys/kernel/tracing/instances/* 2>/dev/null | wc -l) instances, $(wc -l </sys/kernel/tracing/kprobe_events) probes"
# A killed recording leaves its instance; the next start takes it away.
record-idle --seconds 60 --probes /out/killed 2>&1 &
sleep 2
kill -9 $!
sleep 1
echo "killed: $(ls /sys/kernel/tracing/instances)"
record-idle --restore 2>&1
echo "restored: $?, $(find /sys/kernel/tracing/instances/* 2>/dev/null | wc -l) instances, $(wc -l </sys/kernel/tracing/kprobe_events) probes"
tar -cf - -C /out/trace . | gzip -1 >/dev/vdb
sync
echo 'guest: done'
poweroff -f
