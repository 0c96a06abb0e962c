#!/bin/bash
# SPDX-License-Identifier: MIT
# `idlelab fleet`: a campaign becomes jobs, the same ones each time, and an error in it has its place.
# NEEDS: host tool-tests sanitized
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
exits 2 "fleet plan of no file" "$tool" fleet plan "$work/not-there"
says "says why" 'not-there: No such file'
exits 2 "fleet without a verb" "$tool" fleet
echo "1..$number"
exit "$failed"
