#!/bin/bash
# SPDX-License-Identifier: MIT
# run/compare takes its settings by turns and ends as the comparison does, with a launcher that only notes what it is told;
# run/qemu --boots makes so many logs.
# NEEDS: image host tool-tests
set -uo pipefail
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export WORK=$work build
[ -n "${TESTS_BUILT:-}" ] || make -s BUILD="$build" image host tool-tests >&2

cat >"$work/launcher" <<'END'
#!/bin/bash
# The log of a machine that is as slow as SCALE says, or no machine.
echo "${WORD:-} $*" >>"$WORK/seen"
scale=100
while [ $# -gt 0 ]; do
    case $1 in
    --scale) scale=$2 ;;
    --lose) exit 3 ;;
    --refuse) exit 2 ;;
    --log) log=$2 ;;
    esac
    shift
done
number=$(wc -l <"$WORK/seen")
"$build/tool/mklog" samples=500 steps=3 seed="$number" scale=$((scale + number % 3)) >"$log"
echo 'no log of the lab' >"${log%.log}.emulator.log"
END
chmod +x "$work/launcher"

# turns WANTED ARGUMENT...: run/compare with that launcher; says what is wrong.
turns()
{
    local wanted=$1 got=0

    shift
    rm -rf "$work/out" "$work/seen"
    IDLELAB_LAUNCHER=$work/launcher run/compare --quiet --out "$work/out" "$@" >"$work/said" 2>"$work/err" || got=$?
    [ "$got" -eq "$wanted" ] || {
        echo "exit code $got, expected $wanted"
        cat "$work/said" "$work/err"
    }
}

result turns_same_thing "$(turns 0 --boots 4 --fail-if 'p50 > 5%' '--scale 100' '--scale 100')"
result turns_slower "$(turns 1 --boots 4 --fail-if 'p50 > 5%' '--scale 100' '--scale 130' -- --smp 2)"
result turns_order "$([ "$(grep -oE 'scale 1[03]0' "$work/seen" | cut -c 8 | tr '03\n' 'AB ')" = 'A B B A A B B A ' ] || cat "$work/seen")"
result turns_words_for_both "$([ "$(grep -c -- '--smp 2 --log' "$work/seen")" -eq 8 ] || cat "$work/seen")"
result turns_environment "$(turns 4 --boots 1 --fail-if 'p50 > 5%' "WORD='a b' --scale 100" '--scale 100'; grep -q '^a b ' "$work/seen" || cat "$work/seen")"
result turns_lost "$(turns 3 --boots 4 '--scale 100' --lose)"
result turns_refused "$(turns 2 --boots 4 '--scale 100' --refuse)"
result turns_one_setting "$(turns 2 --boots 4 '--scale 100')"

boots()
{
    mkdir -p "$work/boots"
    run/qemu --accel tcg --quiet --boots 2 --script 'noise time=10ms cpus=self' --log "$work/boots/serial.log" --timeout 100 ||
        echo "exit code $?"
    ls "$work/boots"
    cat "$work"/boots/serial-0?.log | grep -c '^IDLELAB-END.*PASS'
}
result boots_are_two "$(boots >"$work/said"; [ "$(grep -v emulator "$work/said" | paste -sd ' ')" = 'serial-01.log serial-02.log 2' ] || cat "$work/said")"
results_end
