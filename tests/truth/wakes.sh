# SPDX-License-Identifier: MIT
# What the tests against clocks from outside share: reading a log's raw samples in ticks. Sourced by bash, after tests/boot/cases.sh.
# shellcheck shell=bash disable=SC2154 # build is set by cases.sh

# tsc_hz LOG
tsc_hz()
{
    sed -nE 's/.*"t":"cal","k":"tsc_hz","v":([0-9]+).*/\1/p' "$1" | head -n 1
}

# wakes LOG STEP-NAME: one line a sample: t_event, t_isr - t_event, t_after - t_event, in ticks of the TSC. The host tool prints
# microseconds with four digits: less than half a tick below 5 GHz.
wakes()
{
    "$build/idlelab" export --csv "$1" | awk -F, -v step="$2" -v hz="$(tsc_hz "$1")" '
        function ticks(us) { return int(us * hz / 1e6 + 0.5) }
        NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
        $column["Step"] == step {
            printf "%s %d %d\n", $column["EventTSC"], ticks($column["IntrLatency"]), ticks($column["ReturnLatency"])
        }'
}

# spread LOG STEP METRIC: the exact minimum and maximum that the log gives for a metric, in ticks.
spread()
{
    sed -nE "s/.*\"step\":$2,\"m\":\"$3\",\"u\":\"tsc\",\"n\":[1-9][0-9]*,\"min\":(-?[0-9]+),\"max\":(-?[0-9]+),.*/\1 \2/p" "$1" |
        head -n 1
}
