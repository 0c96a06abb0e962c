#!/bin/bash
# SPDX-License-Identifier: MIT
# `idlelab fleet`: a campaign becomes jobs, the same ones each time, and an error in it has its place; what came of a job ends in the right row.
# LONG: 22
# NEEDS: image host tool-tests sanitized
# shellcheck source=tests/tool/tap.sh
. "$(dirname "$0")/tap.sh"
echo "TAP version 13"

# ---- plan ----
printf '# what it is\r\nwake idle=hlt samples=100 # and why\n\ncost insn=pause; noise time=1s\n' >"$work/wake.lab"
printf 'words: @SCRIPT_TEXT@\nname: "@JOB@" a@b @ @x@ @X_BOARD@\n' >"$work/job.template"
cat >"$work/nightly.fleet" <<'END'
campaign name=nightly engine=local boots=2 timeout=90s accel=tcg x_board=none
group    name=icx smp=2
group    name=pool device=x86
machine  name=node[08-10],spare group=icx x_board=blue
machine  name=alone smp=1
script   name=smoke boots=1 timeout=1h
script   name=wake file=wake.lab only=icx template=job.template
END
# shellcheck disable=SC2317 # exits() calls it
fleet_plan() { "$tool" fleet plan -o "$work/f" "$@" "$work/nightly.fleet"; }
exits 0 "fleet plan" fleet_plan
says "counts its jobs" '^14 jobs in .*/f/1: 14 new, 0 as they were$'
[ "$(sed -n '1p;9p;10p;11p;14p' "$work/f/1/order" | paste -sd' ')" = 'node08.smoke.01 alone.smoke.01 pool.smoke.01 node08.wake.02 spare.wake.02' ]
ok $? "the first boot of all machines comes first"
diff - "$work/f/1/node09.wake.02/job" <<'END' >&2
job=node09.wake.02
campaign=nightly
round=1
engine=local
machine=node09
group=icx
script=wake
script_file=script.lab
script_text=wake idle=hlt samples=100; cost insn=pause; noise time=1s
boot=2
timeout=90
timeout_minutes=2
accel=tcg
x_board=blue
smp=2
template=job.template
END
ok $? "a job has the campaign's, the group's, the machine's and the script's keys, the last one counts"
cmp -s "$work/wake.lab" "$work/f/1/node09.wake.02/script.lab"
ok $? "and its script"
printf 'words: wake idle=hlt samples=100; cost insn=pause; noise time=1s\nname: "node09.wake.02" a@b @ @x@ blue\n' | cmp -s - "$work/f/1/node09.wake.02/job.yaml"
ok $? "and its template, filled"
grep -qx 'machine=' "$work/f/1/pool.smoke.01/job" && grep -qx 'group=pool' "$work/f/1/pool.smoke.01/job" && grep -qx 'timeout=3600' "$work/f/1/pool.smoke.01/job"
ok $? "a group without machines is a target"
touch -d '2020-01-01' "$work/f/1/node09.wake.02/job"
mkdir "$work/f/1/node09.wake.02/try-1"
sed -i 's/timeout=1h/timeout=2h/' "$work/nightly.fleet"
exits 0 "fleet plan again, with one script changed" fleet_plan
says "writes what changed" '14 jobs .*: 6 new, 8 as they were$'
[ "$(stat -c %Y "$work/f/1/node09.wake.02/job")" -eq "$(date -d 2020-01-01 +%s)" ] && [ -d "$work/f/1/node09.wake.02/try-1" ]
ok $? "and leaves the others, and results"
exits 0 "fleet plan of another round" fleet_plan --round 2026-w48
[ "$(grep -l 'round=2026-w48' "$work"/f/2026-w48/*/job | wc -l)" -eq 14 ]
ok $? "has jobs of its own"
exits 2 "fleet plan --round with a slash" fleet_plan --round ../1
sed -i 's/@JOB@/@JOBS@/' "$work/job.template"
exits 2 "fleet plan with a template that is wrong" fleet_plan
says "has the place" 'job.template:2:8: found .@JOBS@., expected a key of the job'

wrong() { # wrong CAMPAIGN PATTERN
    printf %b "$1" >"$work/wrong.fleet"
    "$tool" fleet plan -o "$work/none" "$work/wrong.fleet" >"$work/out.txt" 2>"$work/err"
    [ $? -eq 2 ] && grep -qE -- "wrong.fleet:$2" "$work/err" && [ ! -e "$work/none" ]
    ok $? "$2"
}
good='campaign name=a engine=local\nmachine name=b\nscript name=smoke\n'
wrong 'campain name=a\n' "1:1: found 'campain', expected one of campaign, .*did you mean 'campaign'"
wrong 'campaign name=a engine=lavva\n' "1:24: found 'lavva', expected one of labgrid, lava, local; did you mean 'lava'"
wrong 'campaign name=a boots=0\n' "1:23: found '0', expected a number from 1 to 64"
wrong 'campaign name=a boots=1000000000000\n' "1:23: found '1000000000000', expected a number"
wrong 'campaign name=a timeout=90\n' "1:25: found '90', expected a time with its unit"
wrong 'campaign name=a timeout=99999h\n' "1:25: found '99999h', expected a time"
wrong 'campaign name=../a\n' "1:15: found '../a', expected a name"
wrong 'campaign name=a name=b\n' "1:17: found 'name', expected each key once"
wrong 'campaign name=a colour=red\n' "1:17: found 'colour', expected one of name, engine"
wrong "${good}machine name=b\n" "4:1: found 'b', expected each machine once"
wrong "${good}machine name=n[3-1]\n" "4:14: found 'n\[3-1\]', expected names with commas"
wrong "${good}machine name=n[1-2,3]\n" "4:14: "
wrong "${good}machine name=a,,c\n" "4:14: "
wrong "${good}machine name=c,\n" "4:14: "
wrong "${good}machine name=n[1-999999999]\n" "4:14: found .*, expected fewer of these"
wrong "${good}machine name=c group=g\n" "4:22: found 'g', expected a group that a statement above"
wrong "${good}script name=smoke\n" "4:13: found 'smoke', expected a name that no other statement has"
wrong "${good}group name=g\nscript name=x only=g,h\n" "5:22: found 'h', expected groups that statements above"
wrong "${good}retry lost=10\n" "4:12: found '10', expected a number from 0 to 9"
wrong "${good}retry loss=1\n" "4:7: found 'loss', expected one of infrastructure, lost, failed"
wrong 'campaign name=a engine=local\nmachine name=b\n' "2:1: found 'machine', expected a statement script"
wrong 'campaign name=a engine=local\nscript name=b\n' "2:1: .*expected a statement machine or group"
wrong 'machine name=b\nscript name=smoke\n' "2:1: .*expected a statement campaign"
wrong '# nothing\n' "1:1: found nothing, expected at least one statement"
# Scripts are judged by the image's own parser, where there is one.
image=(--image "$build/link/pvh.elf")
# shellcheck disable=SC2317 # exits() calls it
checked() { "$tool" fleet plan "${image[@]}" -o "$work/checked" "$work/checked.fleet"; }
printf 'campaign name=a engine=local\nmachine name=b\nscript name=smoek\n' >"$work/checked.fleet"
exits 2 "fleet plan of a script that the image does not have" checked
says "names the nearest" "checked.fleet: script smoek:1:1: found 'smoek', expected an experiment, .*did you mean 'smoke'"
printf 'wake idle=hlt\nwake idel=hlt\n' >"$work/typo.lab"
sed -i 's/smoek/t file=typo.lab/' "$work/checked.fleet"
exits 2 "fleet plan of a script with a typo" checked
says "has its place" "typo.lab:2:6: found 'idel', expected .*did you mean 'idle'"
[ ! -e "$work/checked" ]
ok $? "and writes nothing"
sed -i 's/idel/idle/' "$work/typo.lab"
echo 'script name=smoke' >>"$work/checked.fleet"
exits 0 "fleet plan of scripts that are right" checked
mkdir "$work/alone"
cp "$tool" "$work/alone/idlelab"
exits 0 "fleet plan where no image is beside the program" "$work/alone/idlelab" fleet plan -o "$work/checked" "$work/checked.fleet"
says "says that nobody judged" 'link/pvh.elf cannot be read: no script is checked$'
image=(--image "$work/none.elf")
exits 2 "fleet plan with an image that is not there" checked
# ---- collect and status ----
mklog=$build/tool/mklog
printf 'campaign name=c engine=local timeout=5s\nretry infrastructure=1 lost=1 failed=0\nmachine name=m[01-11]\nscript name=smoke\n' >"$work/c.fleet"
"$tool" fleet plan -o "$work/c" "$work/c.fleet" >"$work/out"
j=$work/c/1
try() { # try MACHINE N [exit CODE [REASON]]: a folder of a try, with its log from standard input
    local folder="$j/m$1.smoke.01/try-$2"
    mkdir -p "$folder"
    touch "$folder/begin"
    cat >"$folder/serial.log"
    [ $# -lt 4 ] || printf 'exit=%s\n' "$4" >"$folder/end"
    [ $# -lt 5 ] || printf 'reason=%s\n' "$5" >>"$folder/end"
}
row() { # row MACHINE STATE REASON TRIES NEXT: in the table of status
    "$tool" fleet status "$work/c" >"$work/out" 2>&1
    awk -v job="m$1.smoke.01" -v want="$2|$3${4:+|$4}${5:+|$5}" '$1 == job { found = $0; sub(/^[^ ]+ +/, "", found); gsub(/  +/, "|", found); sub(/ +$/, "", found) }
        END { exit found != want }' "$work/out"
    ok $? "m$1: $2, $3"
}
collect() { "$tool" fleet collect "$work/c"; }
exits 2 "fleet status before the first collect" "$tool" fleet status "$work/c"
exits 3 "fleet collect of nothing" collect
says "all is to be run" '^c 1: 0 logs new; 11 planned; 11 to be run$'
"$mklog" samples=50 steps=1 seed=1 | try 01 1 exit 0
"$mklog" samples=50 steps=1 seed=2 result=fail | try 02 1 exit 0
"$mklog" samples=50 steps=1 seed=3 >"$work/3.log"
head -n 60 "$work/3.log" | try 03 1 exit 0
grep -v '^# IL 0020 ' "$work/3.log" | try 04 1 exit 0
sed '0,/^# IL 0020 ./s//# IL 0020 [/' "$work/3.log" | try 05 1 exit 0
printf 'SeaBIOS (version 1.16.2)\r\nNo bootable device.\r\n' | try 06 1 exit 0
: | try 07 1 exit 75 'place is acquired by somebody else'
head -n 60 "$work/3.log" | try 08 1
"$mklog" samples=50 steps=1 seed=1 | try 09 1 exit 0
head -n 60 "$work/3.log" | try 10 1
touch -d '1 hour ago' "$j/m10.smoke.01/try-1/begin"
exits 3 "fleet collect" collect
says "counts what is new and what came of the jobs" '^c 1: 3 logs new; 1 planned, 1 running, 2 done, 1 failed, 2 lost, 4 infrastructure; 7 to be run$'
"$tool" fleet status "$work/c" >"$work/out"
! grep -q '^m01' "$work/out"
ok $? "m01: done, and nothing more to say"
row 02 failed steps 1 'no more'
row 03 lost no_end 1 again
row 04 lost damaged 1 again
row 05 'done' mended 1
row 06 infrastructure no_boot 1 again
row 07 infrastructure 'place is acquired by somebody else' 1 again
row 08 running 1
row 09 infrastructure 'twice: m01.smoke.01' 1 again
row 10 infrastructure dispatcher_gone 1 again
[ "$("$tool" fleet status --todo "$work/c" | paste -sd' ')" = "$(printf 'm%s.smoke.01\n' 11 03 04 06 07 09 10 | paste -sd' ')" ]
ok $? "what has not been tried comes first, then what is to be tried again"
exits 3 "fleet collect again" collect
says "adds nothing" '^c 1: 0 logs new; '
cp "$work/c/fleet.db" "$work/before.db"
rm "$work/c/fleet.db"
collect >"$work/out"
[ "$(sqlite3 "$work/c/fleet.db" 'SELECT job, state, reason, run_id FROM job')" = "$(sqlite3 "$work/before.db" 'SELECT job, state, reason, run_id FROM job')" ]
ok $? "a lost archive is made again from the folders"
# The second try: one comes through, the others use their last one up.
"$mklog" samples=50 steps=1 seed=5 | try 03 2 exit 0
head -n 60 "$work/3.log" | try 04 2 exit 0
printf 'exit=0\n' >"$j/m08.smoke.01/end"
mv "$j/m08.smoke.01/end" "$j/m08.smoke.01/try-1/end"
: | try 06 2 exit 0
"$mklog" samples=50 steps=1 seed=9 | try 09 2 exit 75 'power stayed on'
"$mklog" samples=50 steps=1 seed=9 | try 09 3 exit 0
touch -d '1 hour ago' "$j/m10.smoke.01/try-1/begin"
exits 3 "fleet collect once more" collect
"$tool" fleet status "$work/c" >"$work/out"
! grep -qE '^m(03|09)' "$work/out"
ok $? "m03, m09: done at last; a whole log counts whatever the lab says"
row 04 lost no_end 2 'given up'
row 06 infrastructure no_boot 2 'given up'
row 08 lost no_end 1 again
[ "$(sqlite3 "$work/c/fleet.db" "SELECT count(*) FROM run; SELECT count(*) FROM attempt WHERE state = 'twice'" | paste -sd' ')" = '5 2' ]
ok $? "five runs, and two results that came twice"
exits 0 "idlelab db reads it" "$tool" db --file "$work/c/fleet.db" list
exits 2 "fleet collect of no campaign" "$tool" fleet collect "$work"
says "says what is missing" 'no round is planned there'

# ---- a job that cannot be read is no job that passed ----
printf 'campaign name=u engine=local\nmachine name=m[000-003]\nscript name=smoke\n' >"$work/u.fleet"
"$tool" fleet plan -o "$work/u" "$work/u.fleet" >"$work/out" && "$build/tool/mkfleet" "$work/u/1" machines=4 boots=1
cp -r "$work/u" "$work/unread"
exits 0 "fleet collect of four jobs" "$tool" fleet collect "$work/u"
: >"$work/unread/1/m001.smoke.01/job"
sed -i '/^timeout/d' "$work/unread/1/m002.smoke.01/job"
rm -r "$work/unread/1/m003.smoke.01"
exits 3 "fleet collect where three cannot be read" "$tool" fleet collect "$work/unread"
says "counts them" '^u 1: 1 logs new; 1 done; 0 to be run; 3 could not be read$'
: >"$work/unread/1/order"
exits 2 "fleet collect of no job" "$tool" fleet collect "$work/unread"
says "says so" '/unread/1/order: no job is in it$'

# ---- a whole log of another script is no result ----
printf '# of one line\n;; wake   idle=hlt by=timer\n' >"$work/same.lab"
printf 'campaign name=o engine=local\nretry infrastructure=0\nmachine name=m\nscript name=smoke\nscript name=full\nscript name=same file=same.lab\nscript name=t file=typo.lab\n' >"$work/o.fleet"
"$tool" fleet plan -o "$work/o" "$work/o.fleet" >"$work/out"
seed=40
for script in smoke full same t; do
    mkdir "$work/o/1/m.$script.01/try-1"
    "$mklog" samples=50 steps=1 seed=$((seed += 1)) >"$work/o/1/m.$script.01/try-1/serial.log"
    echo exit=0 >"$work/o/1/m.$script.01/try-1/end"
done
exits 3 "fleet collect of logs of another script" "$tool" fleet collect "$work/o"
says "takes those that are the job's" '^o 1: 2 logs new; 2 done, 2 infrastructure; 0 to be run$'
"$tool" fleet status "$work/o" >"$work/out"
says "names both scripts" "^m\.full\.01 +infrastructure +script: found 'smoke', expected 'full' +1 +given up"
says "a text by its beginning" "^m\.t\.01 +infrastructure +script: found 'wake idle=hlt by=timer # IL 00', expected 't' "

# ---- in a log of photographs a missing record is no problem: a damaged line without its second copy is ----
photo='# IH 0000 {"t":"partial","by":"photo","codes":1,"of":2} *d1f69b53'
printf 'campaign name=p engine=local\nretry lost=0\nmachine name=m[1-2]\nscript name=smoke\n' >"$work/p.fleet"
"$tool" fleet plan -o "$work/p" "$work/p.fleet" >"$work/out"
mkdir "$work"/p/1/m{1,2}.smoke.01/try-1
"$mklog" samples=50 steps=1 seed=50 | sed "/^IDLELAB-BEGIN/a $photo" | sed '/^# IL 0020 /d' >"$work/p/1/m1.smoke.01/try-1/serial.log"
"$mklog" samples=50 steps=1 seed=51 | sed "/^IDLELAB-BEGIN/a $photo" | sed 's/^# IL 0020 ./# IL 0020 [/' >"$work/p/1/m2.smoke.01/try-1/serial.log"
for try in "$work"/p/1/*/try-1; do echo exit=0 >"$try/end"; done
exits 3 "fleet collect of photographs" "$tool" fleet collect "$work/p"
says "takes the one that only misses a record" '^p 1: 1 logs new; 1 done, 1 lost; 0 to be run$'
"$tool" fleet status "$work/p" >"$work/out"
says "not the damaged one" '^m2\.smoke\.01 +lost +damaged +1 +given up'

# ---- run/fleet: an engine that is killed in mid-job, one that fails, one that works ----
printf 'campaign name=r engine=lava timeout=60s\nmachine name=m[1-4]\nscript name=smoke\n' >"$work/r.fleet"
"$tool" fleet plan -o "$work/r" "$work/r.fleet" >"$work/out"
cat >"$work/engine" <<END
#!/bin/bash
[ \$(basename "\$2") != try-1 ] || case \$1 in
*m1*) head -n 60 "$work/3.log" >"\$2/serial.log"; touch "$work/begun"; exec sleep 60 ;;
*m2*) echo 'no place'; exit 75 ;;
esac
m=\${1##*/m}
"$mklog" samples=50 steps=1 seed=\$((\${m%%.*} + 20)) >"\$2/serial.log"
END
chmod +x "$work/engine"
export IDLELAB_TOOL=$tool IDLELAB_ENGINE=$work/engine
setsid run/fleet --jobs 4 "$work/r" >"$work/out" 2>&1 &
pid=$!
for ((n = 0; n < 100; n++)); do
    [ ! -e "$work/begun" ] || [ ! -e "$work/r/1/m4.smoke.01/try-1/end" ] || [ ! -e "$work/r/1/m2.smoke.01/try-1/end" ] || break
    sleep 0.1
done
kill -9 -- -$pid
wait $pid 2>/dev/null
"$tool" fleet collect "$work/r" >"$work/out"
says "its dispatcher killed, a job runs as far as anybody knows" '1 running, 2 done, 1 infrastructure; 1 to be run'
touch -d '1 hour ago' "$work/r/1/m1.smoke.01/try-1/begin"
exits 0 "run/fleet again" run/fleet --jobs 2 "$work/r"
says "runs what is missing" '^r 1: 2 logs new; 4 done; 0 to be run'
grep -qx 'reason=no place' "$work/r/1/m2.smoke.01/try-1/end"
ok $? "an engine's last words are the reason"
unset IDLELAB_ENGINE
# A LAVA server that is gone behind the submission.
mkdir -p "$work/bin" "$work/lava/try-1"
printf '#!/bin/bash\n[[ $* != *submit* ]] || exec echo 17\necho Connection refused >&2\nexit 1\n' >"$work/bin/lavacli"
chmod +x "$work/bin/lavacli"
echo server=lab >"$work/lava/job"
echo job >"$work/lava/job.yaml"
exits 4 "a job of a server that is gone ends" env IDLELAB_PATIENCE=1 PATH="$work/bin:$PATH" timeout 60 run/labs/lava/job "$work/lava" "$work/lava/try-1"
says "with the reason" '^job 17: no answer for 1 s: Connection refused$'
exits 0 "run/fleet with nothing left" run/fleet "$work/r"
exits 2 "run/fleet without a folder" run/fleet
# ---- report: three groups of 25 machines, of which five are odd; a round later one group is slower ----
{
    printf 'campaign name=big engine=local boots=3\n'
    for g in a b c; do echo "group name=$g"; done
    for ((m = 0; m < 75; m++)); do printf 'machine name=m%03d group=%s\n' $m "$(cut -c$((m % 3 + 1)) <<<abc)"; done
    printf 'script name=smoke\n'
} >"$work/big.fleet"
fill() { "$build/tool/mkfleet" "$work/big/$1" machines=75 boots=3 odd=3:microcode odd=4:c1e odd=5:limit odd=6:bias odd=7:socket "${@:2}"; }
exits 0 "a campaign of 75 machines" "$tool" fleet plan -o "$work/big" "$work/big.fleet"
exits 2 "fleet report before the first collect" "$tool" fleet report "$work/big"
fill 1 seed=3 || exit 1
exits 0 "its logs" "$tool" fleet collect "$work/big"
exits 0 "fleet report" "$tool" fleet report "$work/big"
says "names five odd machines" '^5 odd$'
says "one by its microcode" '^m003 +a .* microcode is 0x2b000560, the others have 0x2b000590$'
says "one by its C1E" '^m004 +b .* C1E is on, the others have off$'
says "one by its C-state limit" '^m005 +c .* C-state limit is 2, the others have 8$'
says "one by its energy bias" '^m006 +a .* energy bias is 15, the others have 6$'
says "one by its socket" '^m007 +b .* socket 1 alone$'
"$tool" fleet plan -o "$work/big" --round 2 "$work/big.fleet" >"$work/out"
fill 2 seed=1003 change=120 || exit 1
"$tool" fleet collect "$work/big" >"$work/out"
exits 0 "fleet report of a second round" "$tool" fleet report "$work/big"
says "names the group that changed" '^  group a: \+1[0-9.]+ %'
! grep -qE '^  (group [bc]|machine)' "$work/out"
ok $? "and nothing else"
exits 0 "fleet report of the first round" "$tool" fleet report --round 1 "$work/big"
exits 2 "fleet report against no round" "$tool" fleet report --against 7 "$work/big"
says "names that round" 'found --against 7, expected one of the last'
exits 0 "fleet report against a round" "$tool" fleet report --round 2 --against 1 "$work/big"
says "holds it against that" '^Since round 1$'
exits 0 "fleet report of what is off by half" "$tool" fleet report --least 50 "$work/big"
says "says so" ' off by 50 % or more'
exits 0 "fleet report -o" "$tool" fleet report -o "$work/big.html" "$work/big"
cp "$work/big.html" "$work/again.html"
"$tool" fleet report -o "$work/big.html" "$work/big" && cmp -s "$work/big.html" "$work/again.html"
ok $? "the same archive gives the same page"
exits 2 "fleet report in the place of a log" "$tool" fleet report -o "$work/3.log" "$work/big"
exits 0 "with --force" "$tool" fleet report --force -o "$work/3.log" "$work/big"
# Each option of the help exists.
"$tool" fleet --help >"$work/help"
while read -r option; do
    "$tool" fleet report "$option=1" "$work/nowhere" 2>"$work/err"
    ! grep -q 'unrecognized option' "$work/err"
    ok $? "there is $option"
done < <(grep -oE '^  --[a-z]+' "$work/help")
# Names are text in the page.
sqlite3 "$work/big/fleet.db" "UPDATE job SET machine = '<b>x&\"</b>' WHERE machine = 'm007'; UPDATE fact SET value = '<script>' WHERE label = 'firmware'"
exits 0 "markup in names" "$tool" fleet report -o "$work/markup.html" "$work/big"
! grep -q '<b>x&\|<script>' "$work/markup.html"
ok $? "stays text"
exits 2 "fleet plan of no file" "$tool" fleet plan "$work/not-there"
says "says why" 'not-there: No such file'
exits 2 "fleet without a verb" "$tool" fleet

# A group of several models, or of which a part has another microcode, is no "0 odd" without a word.
printf 'campaign name=mix engine=local boots=3\ngroup name=g\nmachine name=m[000-029] group=g\nscript name=smoke\n' >"$work/mix.fleet"
"$tool" fleet plan -o "$work/mix" "$work/mix.fleet" >"$work/out"
exits 2 "fleet status before the first collect" "$tool" fleet status "$work/mix"
says "says what makes the archive" 'fleet.db is not there yet: .idlelab fleet collect. makes it'
"$build/tool/mkfleet" "$work/mix/1" seed=5 machines=30 boots=3 && "$tool" fleet collect "$work/mix" >"$work/out"
exits 0 "fleet report of three models in one group" "$tool" fleet report "$work/mix"
says "says that none is named, and what they differ in" '^! group g: 20 of 30 machines are off by 5 % .* no name is sure; of [0-9]+ of them: CPU is '
says "and marks them" '^m00[0-9] .* not named$'
says "of 30 steps p50 and p99 count" '^m00[0-9] .* of 60  not named$'
cp -r "$work/mix" "$work/costs"
sqlite3 "$work/costs/fleet.db" "UPDATE metric SET unit = 'mtsc' WHERE step <= 10"
exits 0 "fleet report of ten steps with differences, as \`cost\` has them" "$tool" fleet report "$work/costs"
says "of these p50 alone counts" '^m00[0-9] .* of 50  not named$'
sed -i '/^group/d; s/ group=g//; s/=mix/=part/' "$work/mix.fleet"
"$tool" fleet plan -o "$work/part" "$work/mix.fleet" >"$work/out"
"$build/tool/mkfleet" "$work/part/1" seed=6 machines=30 boots=3 odd=3:microcode odd=6:microcode odd=9:microcode && "$tool" fleet collect "$work/part" >"$work/out"
exits 0 "fleet report of a group of which a third has an old microcode" "$tool" fleet report "$work/part"
says "says so" '^! group Example.* 3 of 10 machines are off .*; of 3 of them: microcode is 0x2b000560, the others have 0x2b000590$'
sqlite3 "$work/part/fleet.db" "DELETE FROM job WHERE machine > 'm005'"
exits 0 "fleet report of groups of two" "$tool" fleet report "$work/part"
says "says that they are not judged" '^! 6 of 6 machines are not judged: '
exits 0 "fleet report -o of the mixed group" "$tool" fleet report -o "$work/mix.html" "$work/mix"
grep -q '<p class="warning">group g: 20 of 30 machines' "$work/mix.html"
ok $? "the page says it, too"

chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || chromium=
if [ -z "$chromium" ] || ! command -v node >/dev/null; then
    echo "ok $((++number)) - page # SKIP needs chromium and node"
    echo "1..$number"
    exit "$failed"
fi
timeout 300 node tests/tool/fleet_page.mjs "$chromium" "$work" "$build" $((number + 1)) big:75:5 markup:75:5
exit $((failed | $?))
