#!/bin/bash
# SPDX-License-Identifier: MIT
# idlelab report of folders that `idlelab trace import` wrote: one CPU, 300 CPUs of ten states, two folders, markup in each text; in headless
# Chromium by tests/tool/idle_page.mjs. Before that, what is refused, and that the figures are those of the rows. Screenshots stay in the
# build folder, idle-*.png.
# NEEDS: host tool-tests sanitized
# shellcheck source=tests/tool/tap.sh
. "$(dirname "$0")/tap.sh"
echo 'TAP version 13'
"$tool" trace import tests/golden/trace/one -o "$work/one" >/dev/null || exit 1

# figure WORDS PATTERN: the number behind the pattern in the page's text.
figure() {
    sed -n "s/.*$2.*/\1/p" "$work/one.html" | head -n 1 >"$work/figure"
    grep -qx -- "$3" "$work/figure"
    ok $? "$1: $(cat "$work/figure"), wanted $3"
}
exits 0 "one folder" "$tool" report -o "$work/one.html" "$work/one"
figure 'passes' 'of \([0-9]*\) passes the replay' "$(grep -cv -e ^period -e ',R,' "$work/one/cpu0.linux.csv")"
figure 'agreement' 'In \([0-9.]*\) % of' "$(awk -F, 'NR > 1 && $5 != "R" { n++; same += $3 == $7 } END { printf "%.2f", 100 * same / n }' "$work/one/cpu0.linux.csv")"
# As `advise` counts Linux's own passes.
read -r deep shallow < <("$tool" advise "$work/one" | awk '/^Linux, as recorded/ { print $(NF - 1), $NF }')
figure 'too deep' 'too deep in \([0-9.]*\) %' "$deep"
figure 'too shallow' 'too shallow in \([0-9.]*\) %' "$shallow"
figure 'asleep' 'Idle \([0-9.]*\) % of the time' "$(awk -F, 'NR == 2 { from = $2 } NR > 1 { slept += $6; end = $2 + $6 } END { printf "%.1f", 100 * slept / (end - from) }' "$work/one/cpu0.linux.csv")"

# many FOLDER CPUS: copies of the CPU's rows; CPU 7 sleeps ten times as long.
many() {
    mkdir "$work/$1"
    grep -v ^cpu "$work/one/import.txt" >"$work/$1/import.txt"
    awk -F, -v OFS=, -v CONVFMT=%.0f 'NR > 1 { $6 = ($6 * 10) "" } { print }' "$work/one/cpu0.linux.csv" >"$work/longer.csv"
    for ((c = 0; c < $2; c++)); do
        for kind in open table; do ln -s "$work/one/cpu0.$kind.csv" "$work/$1/cpu$c.$kind.csv"; done
        ln -s "$work/$([ $c = 7 ] && echo longer.csv || echo one/cpu0.linux.csv)" "$work/$1/cpu$c.linux.csv"
        echo "cpu$c=passes:722 rows:600" >>"$work/$1/import.txt"
    done
}
many many 300
exits 0 "300 CPUs" "$tool" report -o "$work/many.html" "$work/many"
# Ten states on twenty CPUs: the largest page.
many states 20
{ head -n 6 "$work/one/cpu0.table.csv"; for s in 5 6 7 8 9; do echo "$s,X$s,$((200 + s))000,$((800 + 10 * s))000,-,0"; done; } >"$work/ten.csv"
for file in "$work"/states/cpu*.table.csv; do ln -sf "$work/ten.csv" "$file"; done
awk -F, -v OFS=, 'NR > 1 { $3 = $1 % 10 } { print }' "$work/one/cpu0.linux.csv" >"$work/all.csv"
for file in "$work"/states/cpu*.linux.csv; do ln -sf "$work/all.csv" "$file"; done
exits 0 "ten states" "$tool" report -o "$work/states.html" "$work/states"
cp -r "$work/one" "$work/two"
sed -i 's/,800000,-/,900000,-/' "$work/two/cpu0.table.csv"
exits 0 "two folders, with other states" "$tool" report -o "$work/two.html" "$work/one" "$work/two"
cp -r "$work/one" "$work/<img src=x onerror=alert(1)>"
sed -i 's/^\(kernel\|driver\|governor\)=.*/\1=<b>"x<\/b><\/script>/; s/^lost=.*/lost=77/' "$work/<img src=x onerror=alert(1)>/import.txt"
sed -i 's/^1,[^,]*,/1,<b>C1"<\/b>,/' "$work/<img src=x onerror=alert(1)>/cpu0.table.csv"
exits 0 "markup" "$tool" report -o "$work/hostile.html" "$work/<img src=x onerror=alert(1)>"

cp -r "$work/one" "$work/short"
sed -i '$d' "$work/short/cpu0.linux.csv"
exits 2 "a pass is missing" "$tool" report -o "$work/x.html" "$work/short"
says "and says so" 'cpu0.linux.csv: it has not a pass for each row'
cp -r "$work/one" "$work/bad"
sed -i '5s/,/x/2' "$work/bad/cpu0.open.csv"
exits 2 "a row is damaged" "$tool" report -o "$work/x.html" "$work/bad"
says "and says where" 'cpu0.open.csv:5:'
rm "$work/bad/cpu0.table.csv"
exits 2 "a table is missing" "$tool" report -o "$work/x.html" "$work/bad"
sed -i '/^cpu/d' "$work/bad/import.txt"
exits 2 "no CPU" "$tool" report -o "$work/x.html" "$work/bad"
exits 2 "a log beside a folder" "$tool" report -o "$work/x.html" "$work/one" tests/golden/logs/damaged.log
exits 2 "groups of folders" "$tool" report -o "$work/x.html" --group A="$work/one"
exits 2 "a folder of no import" "$tool" report -o "$work/x.html" tests/golden/trace/one
[ ! -e "$work/x.html" ]
ok $? "nothing was written"

chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || chromium=
if [ -z "$chromium" ] || ! command -v node >/dev/null; then
    echo "ok $((++number)) - page # SKIP needs chromium and node"
    echo "1..$number"
    exit "$failed"
fi
timeout 300 node tests/tool/idle_page.mjs "$chromium" "$work" "$build" $((number + 1))
exit $((failed | $?))
