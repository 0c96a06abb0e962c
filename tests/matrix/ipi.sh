#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# `ipi`: every pair of CPUs in its row, no interrupt lost, the relation of each pair as the topology has it, and in exact virtual time
# the same figures twice.
# LONG: 38 s
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"
modes='ipi mode=fixed,nmi,broadcast target=halted,spinning'

# The records of a log without numbers, checks and second copies.
records()
{
    sed -nE 's/^# IL [0-9a-f]+ (.*) \*[0-9a-f]{8}\r?$/\1/p' "$1"
}

# all_kept LOG STEPS SAMPLES: that many steps of ipi, each with that many samples kept and none spoilt.
all_kept()
{
    local key

    [ "$(records "$1" | grep -E '"k":"kept"' | sort -u | grep -cE "\"v\":$3,")" -eq "$2" ] ||
        { echo "not $2 steps with $3 samples kept"; records "$1" | grep '"k":"kept"'; return 1; }
    for key in early nudged extra lost; do
        [ "$(records "$1" | grep -E "\"k\":\"$key\"" | sort -u | grep -cE '"v":0,')" -eq "$2" ] ||
            { echo "not $2 steps with no sample $key"; return 1; }
    done
}

# matrix_rows LOG CPUS STEPS SAMPLES METRICS: one row for each step, ordered pair and metric, whose figures agree with each other and
# whose relation is that of the topology records. METRICS counts those of all steps together.
matrix_rows()
{
    records "$1" | sort -u | awk -v cpus="$2" -v samples="$4" -v metrics="$5" '
        function number(name,    at) {
            at = index($0, "\"" name "\":")
            return substr($0, at + length(name) + 3) + 0
        }
        function wrong(what) { print what ": " $0; bad = 1 }
        /"t":"cpu","cpu":/ { package[number("cpu")] = number("pkg"); core[number("cpu")] = number("core"); next }
        /"pair":\[/ {
            line[++rows] = $0
        }
        END {
            for (r = 1; r <= rows; r++) {
                $0 = line[r]
                match($0, /"pair":\[[0-9]+,[0-9]+\]/)
                split(substr($0, RSTART + 8, RLENGTH - 9), pair, ",")
                split($0, word, "\"m\":\""); metric = word[2]; sub(/".*/, "", metric)
                key = number("step") " " pair[1] " " pair[2] " " metric
                if (seen[key]++) wrong("second row")
                if (pair[1] == pair[2] || pair[1] >= cpus || pair[2] >= cpus) wrong("no such pair")
                relation = core[pair[1]] == core[pair[2]] ? "sibling" : "package"
                if (package[pair[1]] != package[pair[2]]) relation = "remote"
                if (index($0, "\"rel\":\"" relation "\"") == 0) wrong("expected " relation)
                if (number("n") != samples) wrong("n is not " samples)
                if (!(number("min") <= number("p50") && number("p50") <= number("p99") && number("p99") <= number("max")))
                    wrong("not in order")
                p50[key] = number("p50")
            }
            for (key in p50) {
                $0 = key
                if ($4 == "wake" && p50[key] <= p50[$1 " " $2 " " $3 " deliver"]) wrong("runs on before it was interrupted")
                if ($4 == "round" && p50[key] <= p50[$1 " " $2 " " $3 " send"]) wrong("answers before it was sent")
                if ($4 == "last" && p50[key] < p50[$1 " " $2 " " $3 " deliver"]) wrong("the last is before the target")
            }
            if (rows != metrics * cpus * (cpus - 1)) { print rows " rows, expected " metrics * cpus * (cpus - 1); bad = 1 }
            exit bad
        }'
}

# Six steps have the four metrics of all, and the two of broadcast one more.
matrix_metrics=26

# matrix_on_bochs MODEL CPUS
matrix_on_bochs()
{
    local log=$work/$1_$2.log samples=8

    expect_status 0 run/bochs --quiet --cpu "$1" --smp "$2" --script "$modes matrix=yes samples=$samples budget=10s" --log "$log" \
        --timeout 400 && expect_status 0 "$build/idlelab" check "$log" &&
        all_kept "$log" 6 $(($2 * ($2 - 1) * samples)) && matrix_rows "$log" "$2" 6 "$samples" "$matrix_metrics"
}

# ways_on_bochs MODEL MODE: by physical and by logical destination, to targets in PAUSE, after a long sleep, and in MWAIT; each row says
# by which APIC mode and by which way it was.
ways_on_bochs()
{
    local log=$work/ways_$1.log

    local script='ipi via=icr,logical target=pause,slept,mwait from=1 to=2 samples=8'

    script="$script; ipi via=logical mode=nmi target=halted from=2 to=1 samples=8; ipi via=pv target=halted"
    expect_status 0 run/bochs --quiet --cpu "$1" --smp 3 --script "$script" --log "$log" --timeout 200 &&
        expect_status 0 "$build/idlelab" check "$log" && all_kept "$log" 7 8 || return 1
    expect_text "$log" "\"pair\":\[1,2\],\"rel\":\"[a-z]*\",\"apic\":\"$2\",\"via\":\"icr\",\"m\":\"wake\",\"u\":\"tsc\",\"n\":8," &&
        expect_text "$log" "\"pair\":\[2,1\],\"rel\":\"[a-z]*\",\"apic\":\"$2\",\"via\":\"logical\",\"m\":\"wake\",\"u\":\"tsc\",\"n\":8," &&
        expect_text "$log" '^ok [0-9]+ ipi_[a-z0-9_]* # SKIP no KVM that offers its hypercall'
}

# Nothing but the run's number may differ.
repeats()
{
    local script="$modes samples=20; ipi from=1 to=0 samples=20" n

    for n in 1 2; do
        expect_status 0 run/bochs --quiet --cpu sapphire_rapids --smp 2 --script "$script" --log "$work/same$n.log" --timeout 200 ||
            return 1
        records "$work/same$n.log" | grep -E '"t":"(stats|hist)"' >"$work/same$n.records"
    done
    [ -s "$work/same1.records" ] && cmp "$work/same1.records" "$work/same2.records"
}

# On a busy host an emulated CPU may stand still for long: samples are then nudged, never lost.
matrix_on_tcg()
{
    local log=$work/tcg.log

    expect_status 0 run/qemu --quiet --accel tcg --smp 4 --script 'ipi mode=fixed,nmi,broadcast target=halted matrix=yes samples=8
        ipi from=3 to=0 samples=20' --log "$log" --timeout 200 && expect_status 0 "$build/idlelab" check "$log" || return 1
    if grep -qvE '"v":0,' < <(records "$log" | grep -E '"k":"lost"'); then
        echo "interrupts are lost"
        return 1
    fi
    expect_text "$log" '"pair":\[3,0\]'
}

# The watchdog that ticks by NMI 18 times a second lies under the measured NMIs.
nmi_beside_watchdog()
{
    expect_status 0 run/qemu --quiet --accel tcg --smp 2 --append watchdog=pit --script 'ipi mode=nmi from=1 to=0 samples=200' \
        --log "$work/pit.log" --timeout 100 && expect_text "$work/pit.log" '"watchdog","v":"pit"'
}

# refused SCRIPT MESSAGE
refused()
{
    expect_status 2 run/qemu --quiet --accel tcg --script "$2" --log "$work/$1.log" --timeout 60 2>"$work/$1.err" &&
        expect_text "$work/$1.err" "$3"
}

# skipped NAME CPUS SCRIPT REASON
skipped()
{
    expect_status 0 run/qemu --quiet --accel tcg --smp "$2" --script "$3" --log "$work/$1.log" --timeout 60 &&
        expect_text "$work/$1.log" "^ok [0-9]+ ipi_.* # SKIP $4"
}

case_run ipi_matrix_sapphire_rapids_x2apic matrix_on_bochs sapphire_rapids 4
case_run ipi_matrix_ryzen_xapic matrix_on_bochs ryzen 2
case_run ipi_ways_sapphire_rapids ways_on_bochs sapphire_rapids x2apic
case_run ipi_ways_ryzen ways_on_bochs ryzen xapic
case_run ipi_repeats_exactly repeats
case_run ipi_matrix_tcg matrix_on_tcg
case_run ipi_nmi_beside_watchdog nmi_beside_watchdog
case_run ipi_matrix_refuses_from refused from 'ipi matrix=yes from=1' 'matrix=yes takes all pairs'
case_run ipi_cpus_needs_matrix refused cpus 'ipi cpus=2' 'cpus= needs matrix=yes'
case_run ipi_broadcast_has_no_destination refused logical 'ipi mode=broadcast via=logical' 'a broadcast has no logical destination'
case_run ipi_slept_has_its_own_gap refused slept 'ipi target=slept gap=20us' 'found .gap., expected a key that counts in this statement'
case_run ipi_needs_two_cpus skipped one 1 'ipi target=halted' 'needs 2 CPUs'
case_run ipi_needs_the_placement skipped place 2 'ipi target=halted to=remote' 'no CPU stands in that relation'
cases_end
