#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# A wake that never comes, planted by lose=: the waker takes that request and does not fire, or the sleeper's own timer is not armed. The
# step ends as lost_wake with the samples up to there, and the next one runs.
# LONG: 58 s
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"
# shellcheck source=tests/matrix/wake_log.sh
. "$(dirname "$0")/wake_log.sh"
lose='samples=20 warmup=2 raw=yes lose=7'
after='wake idle=hlt by=ipi others=awake interval=1ms samples=20 warmup=2 raw=yes'

# found NAME COUNT: so many steps lost their seventh wake, and the last step is whole.
found()
{
    local log=$work/$1.log

    if [ "$(grep -a '"end":"lost_wake","n":6,' "$log" | sort -u | wc -l)" -ne "$2" ] ||
        [ "$(grep -caE '^not ok [0-9]+ wake_.* # lost_wake 1 count' "$log")" -ne "$2" ]; then
        echo "not $2 steps that lost their seventh wake:"
        grep -aE '^(not )?ok |"end"' "$log"
        return 1
    fi
    accounted "$log" 2 && expect_ok "$log" wake_hlt_ipi_awake_1ms p99 && expect_text "$log" '^IDLELAB-END .* result=FAIL'
}

# lost_on_bochs NAME MODEL COUNT SCRIPT
lost_on_bochs()
{
    on_bochs 1 "$1" "$2" 2 "$4; $after" && found "$1" "$3"
}

# Where another CPU sleeps and CPU 0 waits for it, too.
lost_on_tcg()
{
    on_tcg 1 tcg 3 "wake idle=hlt by=timer,ipi,nmi interval=1ms $lose; wake idle=pause by=store interval=1ms $lose; \
wake idle=hlt by=ipi cpu=1 from=2 interval=1ms $lose; $after" && found tcg 5
}

# A step that loses nothing is not taken for one that does.
none_lost()
{
    on_tcg 0 none 2 "wake idle=hlt by=ipi interval=1ms samples=5 warmup=0 raw=yes lose=7; $after" &&
        expect_ok "$work/none.log" wake_hlt_ipi_1ms p99
}

case_run wake_lost_mwait lost_on_bochs mwait sapphire_rapids 4 "wake idle=mwait by=store,ipi,nmi,timer interval=20us $lose"
case_run wake_lost_tcg lost_on_tcg
case_run wake_lost_umwait lost_on_bochs umwait sapphire_rapids 2 "wake idle=umwait:c01 by=store,timer irq=masked interval=20us $lose"
case_run wake_lost_mwaitx lost_on_bochs mwaitx ryzen 2 "wake idle=mwaitx by=store,ipi irq=masked interval=20us $lose"
case_run wake_none_lost none_lost
cases_end
