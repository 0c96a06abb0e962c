#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# run/labs/lava/local: a LAVA server, its worker and PostgreSQL on loopback, by the lines of docs/labs.md; what the server has of the job, the page
# in a browser, a campaign's job, and a dispatcher that is killed in the middle of one. Minutes: make test-labs (LABS=all).
# NEEDS: image host iso tool-tests
# ALONE: a server with its time limits
set -uo pipefail
if [ "${LABS:-}" != all ]; then
    printf '%s\n' 'ok 1 local # SKIP make test-labs runs it' 1..1
    exit 0
fi
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"
export LAVA_LOCAL=/var/lib/idlelab-lava-test LAVA_PORT=8280
local=run/labs/lava/local
cases_at_once=1

# The lines of the page's first job on LAVA; without `all` without those that install and build.
page_lines()
{
    awk '/^## LAVA/ { on = 1; next } /^## / { on = 0 } on && /^```/ { code = !code; if (!code) exit; next } on && code' docs/labs.md |
        if [ "${1:-}" = all ]; then cat; else grep -vxE 'run/setup labs|make image host'; fi
}

# All but the last one, which takes it down.
first_job()
{
    [ "$(page_lines all | wc -l)" -le 20 ] && [ "$(page_lines | tail -n 1)" = "$local stop" ] || return
    [ ! -e "$LAVA_LOCAL" ] || "$local" stop
    page_lines | sed -e '$d' -e "s,results/,$work/,g" -e "s,build/idlelab,$build/idlelab," >"$work/lines"
    timeout 600 bash -ex "$work/lines" && expect_text "$work/lava.log" '^IDLELAB-END run=[0-9a-f]+ result=PASS'
}

# Each step is a test case; its figure has the unit that the log has.
has_results()
{
    "$local" cli results --yaml 1 >"$work/results.yaml" || return
    [ "$(grep -c 'suite: idlelab' "$work/results.yaml")" = "$(grep -cE '^(not )?ok ' "$work/lava.log")" ] || return
    /usr/bin/python3 - "$work/results.yaml" "$work/lava.log" <<'END'
import re, sys, yaml
found = {case["name"]: case for case in yaml.safe_load(open(sys.argv[1])) if case["suite"] == "idlelab"}
for line in open(sys.argv[2]):
    words = re.match(r"ok \d+ (\w+) # \w+ (-?\d+) (\w+) ~", line)
    if words:
        case = found[words[1]]
        assert float(case["measurement"]) == float(words[2]) and case["unit"] == words[3] and case["result"] == "pass", (line, case)
assert found["survey"]["unit"] == "count", found
END
}

# The page of the results, as a browser shows it.
has_page()
{
    timeout 90 chromium --headless --no-sandbox --disable-gpu --window-size=1300,1500 --virtual-time-budget=8000 \
        --screenshot="$work/page.png" "http://127.0.0.1:$LAVA_PORT/results/1/idlelab" >"$work/chromium" 2>&1
    timeout 90 chromium --headless --no-sandbox --disable-gpu --virtual-time-budget=8000 --dump-dom \
        "http://127.0.0.1:$LAVA_PORT/results/1/idlelab" >"$work/page.html" 2>>"$work/chromium"
    [ "$(stat -c %s "$work/page.png")" -gt 20000 ] && expect_text "$work/page.html" 'cost_pause' && expect_text "$work/page.html" 'mtsc'
}

# By `fleet plan` and run/fleet: a skipped and a failed step, and the archive says `failed`, not that the lab did.
by_campaign()
{
    echo 'wake idle=umwait:c01 by=timer interval=1ms; selftest plant=fault' >"$work/two.lab"
    cat >"$work/c.fleet" <<END
campaign name=c engine=lava device=idlelab-qemu timeout=5m template=$root/run/labs/lava/jobs/qemu.yaml x_images=file://$build server=local
retry    infrastructure=0 lost=0 failed=0
group    name=qemu
script   name=two file=two.lab
END
    "$build/idlelab" fleet plan -o "$work/c.jobs" "$work/c.fleet" && XDG_CONFIG_HOME=$LAVA_LOCAL expect_status 1 timeout 300 run/fleet "$work/c.jobs" &&
        "$build/idlelab" fleet status "$work/c.jobs" >"$work/status" && expect_text "$work/status" '^failed +1 ' && expect_text "$work/status" 'two.01 +failed +steps'
}

# A dispatcher that is killed in the middle of a job: the job is Incomplete, its log no whole one, and the next job runs.
dispatcher_killed()
{
    local job left=100

    job=$("$local" submit 'noise time=100s') || return
    until "$local" log "$job" 2>/dev/null | grep '^IDLELAB-BEGIN' >/dev/null || [ $((left -= 1)) -eq 0 ]; do sleep 1; done
    # shellcheck disable=SC2046 # numbers
    kill -KILL "$(cat "$LAVA_LOCAL/worker.pid")" $(for link in /proc/[0-9]*/fd/1; do
        [[ $(readlink "$link") != "$LAVA_LOCAL/worker/"* ]] || echo "$link" | cut -d / -f 3
    done) || return
    "$local" worker
    expect_status 3 timeout 120 "$local" wait "$job" || return
    "$local" cli jobs show "$job" >"$work/killed" && expect_text "$work/killed" '^Health +: Incomplete'
    "$local" cli results "$job" >"$work/killed.results" && ! grep 'lava.job \[pass\]' "$work/killed.results" || return
    job=$("$local" submit 'cost insn=pause n=50') && expect_status 0 timeout 180 "$local" wait "$job"
}

# Nothing is left: no process, no folder, no port.
stopped()
{
    timeout 120 "$local" stop && [ ! -e "$LAVA_LOCAL" ] && ! pgrep -af "$LAVA_LOCAL" && ! (: <>"/dev/tcp/127.0.0.1/$LAVA_PORT") 2>/dev/null
}

case_first local_first_job first_job
for name in has_results has_page by_campaign dispatcher_killed stopped; do
    case_first "local_$name" "$name"
done
cases_end
