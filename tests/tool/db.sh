#!/bin/bash
# SPDX-License-Identifier: MIT
# `idlelab db`: runs are kept once, figures followed platform by platform; other programs' databases and corrupt ones are left as they are.
# NEEDS: host tool-tests sanitized
# shellcheck source=tests/tool/tap.sh
. "$(dirname "$0")/tap.sh"
mklog=$build/tool/mklog

skip() {
    number=$((number + 1))
    echo "ok $number - $1 # SKIP $2"
}

echo "TAP version 13"
"$mklog" samples=2000 steps=4 raw=2000 seed=5 >"$work/a.log"
"$mklog" samples=2000 steps=4 seed=6 scale=150 >"$work/b.log"
exits 0 "db import" "$tool" db --file "$work/x.db" import "$work/a.log" "$work/b.log"
exits 0 "db import again" "$tool" db --file "$work/x.db" import "$work/a.log"
says "an import is idempotent" "was there already"
head -n 300 "$work/a.log" >"$work/part.log"
exits 3 "db import of a log that is cut" "$tool" db --file "$work/y.db" import "$work/part.log"
exits 3 "and again" "$tool" db --file "$work/y.db" import "$work/part.log"
says "it is there already" 'was there already'
exits 0 "db import of the whole one later" "$tool" db --file "$work/y.db" import "$work/a.log"
says "it takes the place of the cut one" "replaces what was incomplete"
exits 3 "db import of the cut one once more" "$tool" db --file "$work/y.db" import "$work/part.log"
says "it takes no place" 'was there already'
exits 0 "db list" "$tool" db --file "$work/x.db" list
ok $(($(grep -c PASS "$work/out") != 2)) "two runs are listed"
exits 0 "db trend" "$tool" db --file "$work/x.db" trend wake_hlt_timer_100us p50
awk '/ us  \|/ { value[++n] = $3 } END { exit !(n == 2 && value[2] > 1.4 * value[1] && value[2] < 1.6 * value[1]) }' "$work/out"
ok $? "the figures stand in the order of import, the second half as much again"
"$mklog" samples=500 steps=4 seed=7 scale=900 hv=KVM >"$work/kvm.log"
"$tool" db --file "$work/p.db" import "$work/a.log" "$work/kvm.log" "$work/b.log" >"$work/out"
cp "$work/x.db" "$work/other.db"
sqlite3 "$work/other.db" "UPDATE quantile SET metric='gap' WHERE metric='wake_latency'; UPDATE metric SET name='gap' WHERE name='wake_latency'"
exits 0 "db trend without a metric" "$tool" db --file "$work/other.db" trend wake_hlt_timer_100us p50
says "takes the step's main one" ' us  \|'
xz -dc tests/tool/logs/tcg_default.log.xz >"$work/tcg.log"
"$tool" db --file "$work/cost.db" import "$work/tcg.log" >"$work/out"
exits 0 "db trend of a cost" "$tool" db --file "$work/cost.db" trend cost_pause p50
says "it is a time, too, and no thousandths of ticks" ' ns  \|'
cp "$work/out" "$work/p50"
exits 0 "db trend of a cost without a quantile" "$tool" db --file "$work/cost.db" trend cost_pause
ok "$(cmp -s "$work/out" "$work/p50"; echo $?)" "follows the median"
exits 2 "db trend of a cost's p99, a difference that is no instruction's" "$tool" db --file "$work/cost.db" trend cost_pause p99
says "lists p50 alone" 'it has: pause p50$'
"$tool" db --file "$work/cost.db" show '' >"$work/out" 2>"$work/err"
says "db show has p50 of a cost, and no p99" '^cost_pause +pass +pause +[0-9]+ +([0-9]+ +)?[0-9]+ +mtsc'
exits 2 "db trend of a metric that is not there" "$tool" db --file "$work/x.db" trend wake_hlt_timer_100us p50 nonsense
says "lists those that are" 'it has: .*p50'
exits 2 "db trend of no step" "$tool" db --file "$work/x.db" trend nonsense
says "lists the steps" 'the steps are: .*cost_pause'
exits 0 "db trend over two platforms" "$tool" db --file "$work/p.db" trend wake_hlt_timer_100us p50
[ "$(grep -c '^axis from' "$work/out")" -eq 2 ] && grep -q '^CPU .*hypervisor KVM' "$work/out"
ok $? "each platform has its axis and is named"
awk '/hypervisor none/ { near = 1 } /^axis/ { if (near) exit $6 != "us" || $5 > 3; }' "$work/out"
ok $? "and none has a figure of the other"
if command -v sqlite3 >/dev/null; then
    [ "$(sqlite3 "$work/x.db" 'PRAGMA integrity_check; PRAGMA user_version; SELECT count(*) FROM step')" = $'ok\n2\n14' ]
    ok $? "sqlite3 finds the file whole, version 2, 14 steps"
else
    skip "sqlite3 reads the archive" "needs sqlite3"
fi
exits 2 "db of what is none" "$tool" db --file "$work/a.log" list
says "SQLite says why" "file is not a database"
for verb in list 'show 0' 'trend a'; do
    # shellcheck disable=SC2086 # two words
    exits 2 "db $verb of no file" "$tool" db --file "$work/none.db" $verb
    [ ! -e "$work/none.db" ]
    ok $? "makes none"
done
exits 2 "db import into a folder that is none" "$tool" db --file "$work/none/x.db" import "$work/a.log"
says "the system says why" "x.db: unable to open database file: No such file"
: >"$work/empty.db"
exits 2 "db list of an empty file" "$tool" db --file "$work/empty.db" list
[ ! -s "$work/empty.db" ]
ok $? "leaves it empty"
if command -v sqlite3 >/dev/null; then
    # Others' databases: by their tables, by their number; with a version as ours, with our table beside others.
    for sql in 'CREATE TABLE mail (a)' 'PRAGMA application_id = 5' 'PRAGMA user_version = 1' \
        'CREATE TABLE run (a); PRAGMA user_version = 1' 'CREATE VIEW run AS SELECT 1; PRAGMA user_version = 1'; do
        rm -f "$work/theirs.db"
        sqlite3 "$work/theirs.db" "$sql; VACUUM"
        cp "$work/theirs.db" "$work/kept.db"
        for verb in list "import $work/a.log"; do
            # shellcheck disable=SC2086 # two words
            exits 2 "db $verb with '$sql'" "$tool" db --file "$work/theirs.db" $verb
            says "is not written to" "another program's database"
            cmp -s "$work/theirs.db" "$work/kept.db"
            ok $? "and is left as it is"
        done
    done
    [ "$(sqlite3 "$work/x.db" 'PRAGMA application_id')" -eq $((0x49444c62)) ]
    ok $? "an archive is marked as ours"
    sqlite3 "$work/x.db" 'PRAGMA application_id = 0'
    exits 0 "db import into an archive from before there was a mark" "$tool" db --file "$work/x.db" import "$work/kvm.log"
    sqlite3 "$work/x.db" 'DROP TABLE setting; DROP TABLE job; DROP TABLE attempt; PRAGMA user_version = 1'
    cp "$work/x.db" "$work/kept.db"
    exits 0 "db list of an archive of version 1" "$tool" db --file "$work/x.db" list
    cmp -s "$work/x.db" "$work/kept.db"
    ok $? "leaves it as it is"
    exits 0 "db import into it" "$tool" db --file "$work/x.db" import "$work/a.log"
    [ "$(sqlite3 "$work/x.db" 'PRAGMA user_version; SELECT count(*) FROM run; SELECT count(*) FROM job')" = $'2\n3\n0' ]
    ok $? "brings it up to date"
    sqlite3 "$work/x.db" 'PRAGMA user_version = 9; PRAGMA application_id = 0x49444c62'
    exits 2 "db of a newer version" "$tool" db --file "$work/x.db" list
    says "is named" "newer idlelab, expected version 2, found 9"
fi
# Pages behind the first one filled with noise.
cp "$work/p.db" "$work/torn.db"
head -c 40000 /dev/urandom | dd of="$work/torn.db" bs=4096 seek=1 conv=notrunc status=none
cp "$work/torn.db" "$work/kept.db"
for verb in list "import $work/b.log" 'trend wake_hlt_timer_100us p50'; do
    # shellcheck disable=SC2086 # two words
    exits 2 "db ${verb%% *} of a corrupt file" "$tool" db --file "$work/torn.db" $verb
    says "is named" "malformed|corrupt"
done
cmp -s "$work/torn.db" "$work/kept.db"
ok $? "and nothing is written to it"
# One page without its head: a run would go into other pages.
"$mklog" samples=50 steps=4 seed=8 >"$work/small.log"
pages=$(($(stat -c %s "$work/p.db") / 4096)) written='' read=''
for ((page = 2; page <= pages; page += 1 + pages / 12)); do
    cp "$work/p.db" "$work/torn.db"
    head -c 8 /dev/zero | dd of="$work/torn.db" bs=1 seek=$((4096 * (page - 1))) conv=notrunc status=none
    cp "$work/torn.db" "$work/kept.db"
    "$tool" db --file "$work/torn.db" import "$work/small.log" >"$work/out" 2>&1
    [ $? -eq 2 ] && cmp -s "$work/torn.db" "$work/kept.db" || written+=" $page"
    "$tool" db --file "$work/torn.db" list >"$work/out" 2>"$work/err"
    [ $? -eq 2 ] && [ "$(wc -l <"$work/err")" -eq 1 ] && [ ! -s "$work/out" ] || read+=" $page"
done
[ -z "$written" ]
ok $? "nor where any page of $pages is torn: written${written:- to none}"
[ -z "$read" ]
ok $? "nor is a part of it read: read${read:- of none}"
echo "1..$number"
exit "$failed"
