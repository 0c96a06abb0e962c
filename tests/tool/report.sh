#!/bin/bash
# SPDX-License-Identifier: MIT
# Reports in headless Chromium, by tests/tool/report_page.mjs: of real logs (TCG, KVM, and Bochs, where samples are equal to the tick) with
# the scripts smoke, default, kvm, cstates and full, of one, three and eight logs, of groups, of an empty and a damaged one. Before that, what
# the command does with files. The screenshots stay in the build folder, report-*.png.
# LONG: 30
# NEEDS: host tool-tests sanitized
# shellcheck source=tests/tool/tap.sh
. "$(dirname "$0")/tap.sh"
# quietly OUT LOG...: a log may be of a run that failed, or damaged.
quietly() {
    "$tool" report -o "$work/$1.html" "${@:2}" 2>"$work/$1.err"
    [ -s "$work/$1.html" ] || { cat "$work/$1.err" && exit 1; }
}
mklog=$build/tool/mklog

files() {
    echo 'by hand' >"$work/mine.html"
    exits 2 "a file that is no report" "$tool" report -o "$work/mine.html" "$work/metal.log"
    says "and says so" 'mine.html: not written: it is no report of idlelab; --force replaces it'
    grep -q '^by hand$' "$work/mine.html"
    ok $? "the file is as it was"
    exits 0 "it is replaced when told" "$tool" report --force -o "$work/mine.html" "$work/metal.log"
    exits 0 "a report replaces a report" "$tool" report -o "$work/mine.html" "$work/metal.log"
    exits 2 "a folder that is not there" "$tool" report -o "$work/none/mine.html" "$work/metal.log"
    exits 2 "a full disk" "$tool" report -o /dev/full "$work/metal.log"
    exits 2 "a folder in the file's place" "$tool" report -o "$work" "$work/metal.log"
    [ -c /dev/full ] && [ -z "$(find "$work" -newer "$work/metal.log" -name 'mine.html?*' -o -name '*.part')" ]
    ok $? "nothing half written is left"
    exits 2 "a group without a log" "$tool" report --group A "$work/metal.log"
    exits 2 "a log before the first group" "$tool" report -o "$work/x.html" "$work/metal.log" --group A="$work/metal.log"
}

"$mklog" raw=900 samples=20000 steps=12 rows=1 >"$work/metal.log"
echo 'TAP version 13'
files
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || chromium=
if [ -z "$chromium" ] || ! command -v node >/dev/null || [ ! -s "$build/gen/uplot/uplot.js" ]; then
    echo "ok $((++number)) - report page # SKIP needs chromium, node, and a tool that was built with uPlot"
    echo "1..$number"
    exit "$failed"
fi
"$mklog" raw=900 samples=20000 steps=12 seed=2 scale=120 hv="QEMU TCG" >"$work/emulated.log"
"$build/tool/mkmachine" skylake_x 'cstate sweep=yes' breakeven >"$work/machine.log"
quietly three "$work/metal.log" "$work/emulated.log" "$work/machine.log"
for boot in 1 2 3 4 5 6 7 8; do
    "$mklog" seed=$boot samples=2000 steps=6 scale=$((100 + (boot > 4 ? 20 : 0))) run="$(printf '%016x' $boot)" >"$work/boot$boot.log"
done
quietly eight "$work"/boot?.log
quietly groups --group old="$work/boot1.log" "$work"/boot[234].log --group new="$work/boot5.log" "$work"/boot[678].log
: >"$work/empty.log"
quietly empty "$work/empty.log"
quietly damaged tests/golden/logs/damaged.log
"$mklog" samples=3 steps=4 >"$work/few.log"
quietly few "$work/few.log"
python3 - "$work/few.log" >"$work/typed.log" <<'END'
import re, sys, zlib
for line in open(sys.argv[1]):
    if line.startswith("# IL ") and '"k":"script"' in line:
        text = re.sub(r'"v":"[^"]*"', '"v":"script"', line[5:].rpartition(" *")[0])
        line = f"# IL {text} *{zlib.crc32(text.encode()):08x}\n"
    sys.stdout.write(line)
END
quietly typed "$work/typed.log"
grep -q '<h1>.*, script from the command line</h1>' "$work/typed.html"
ok $? "a script that was typed has no name"
# Markup in each text of a log; steps have their names by the plan.
/usr/bin/python3 - "$work/metal.log" >"$work/hostile.log" <<'END'
import re, sys, zlib
evil = r"\"'><img src=x onerror=document.title='owned'></script><b>&lt;"
for line in open(sys.argv[1]):
    if line.startswith("# IL "):
        text = line[5:].rpartition(" *")[0]
        if not re.search(r'"t":"(sum|raw|hist)"', text):
            for key in "name", "text", "v", "id", "exp", "state", "row", "series", "conf":
                longer = text.replace(f'"{key}":"', f'"{key}":"{evil}')
                text = longer if len(longer) <= 205 else text # with the sequence and a blank
        line = f"# IL {text} *{zlib.crc32(text.encode()):08x}\n"
    sys.stdout.write(line)
END
quietly hostile "$work/hostile.log"
"$mklog" host=1 samples=500 steps=4 >"$work/host.log"
quietly host "$work/host.log"
for log in tcg_default kvm_smoke bochs_default bochs_kvm bochs_cstates bochs_full; do
    xz -dc "tests/tool/logs/$log.log.xz" >"$work/$log.log"
    quietly $log "$work/$log.log"
done
quietly two "$work/tcg_default.log" "$work/few.log"
timeout 300 node tests/tool/report_page.mjs "$chromium" "$work" "$build" $((number + 1))
exit $((failed | $?))
