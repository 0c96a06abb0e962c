#!/bin/bash
# SPDX-License-Identifier: MIT
# The report in headless Chromium: tests/tool/report_page.mjs on a page of two runs, one of them emulated, and of a
# model machine.
# The screenshot stays in the build folder.
# NEEDS: host tool-tests
# shellcheck source=tests/tool/tap.sh
. "$(dirname "$0")/tap.sh"
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || chromium=
if [ -z "$chromium" ] || ! command -v node >/dev/null; then
    printf 'TAP version 13\n1..1\nok 1 - report page # SKIP needs chromium and node\n'
    exit 0
fi
if [ ! -s "$build/gen/uplot/uplot.js" ]; then
    printf 'TAP version 13\n1..1\nok 1 - report page # SKIP the tool was built without uPlot\n'
    exit 0
fi
"$build/tool/mklog" raw=900 samples=20000 steps=12 rows=1 >"$work/metal.log"
"$build/tool/mklog" raw=900 samples=20000 steps=12 seed=2 scale=120 hv="QEMU TCG" >"$work/emulated.log"
"$build/tool/mkmachine" skylake_x 'cstate sweep=yes' breakeven >"$work/machine.log"
"$tool" report -o "$work/report.html" "$work/metal.log" "$work/emulated.log" "$work/machine.log" || exit 1
timeout 120 node tests/tool/report_page.mjs "$chromium" "$work/report.html" "$build/report.png"
