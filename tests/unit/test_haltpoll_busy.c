/* SPDX-License-Identifier: MIT */
/*
 * What the experiment haltpoll says of a host that has other work, and of one whose steal only looks like that.
 */
// UNIT_EXTRA: experiments/haltpoll/sweep.c experiments/haltpoll/curve.c experiments/haltpoll/history.c experiments/haltpoll/levels.c experiments/haltpoll/verdict.c experiments/haltpoll/words.c experiments/haltpoll/report.c experiments/kit/row.c tests/unit/synthetic_halt_host.c tests/unit/haltpoll_play.c
// UNIT_EXTRA: experiments/kit/timer_blur.c arch/x86/time/apic_timer_ratio.c
#include "tests/unit/haltpoll_play.h"
#include "tests/unit/tap.h"

/* A step for another reason on a host that has other work in every tenth short halt. */
static struct play_halt halt_on_busy(void *owner, uint64_t length_ns)
{
    static unsigned halts;

    (void)owner;
    return (struct play_halt){length_ns, length_ns < 150000 ? 9000 : 18000, ++halts % 10 ? 0 : 20000};
}

static struct play_halt halt_without_a_step(void *owner, uint64_t length_ns)
{
    struct play_halt halt = halt_on_busy(owner, length_ns);

    halt.latency_ns = 18000;
    return halt;
}

/* One that polls, and has other work as well. */
static struct play_halt halt_polled_on_busy(void *owner, uint64_t length_ns)
{
    struct synthetic_halt halt = synthetic_halt(&play.host, length_ns);

    return (struct play_halt){halt.silent_ns, halt.latency_ns, halt_on_busy(owner, length_ns).steal_ns};
}

/* As kvm_intel at halt_poll_ns=0: halts of milliseconds, which timers end, have steal; of 100 short ones one. */
static struct play_halt halt_on_idle(void *owner, uint64_t length_ns)
{
    static unsigned halts;
    bool stolen = length_ns > HALTPOLL_SHORT_NS || ++halts % 100 == 0;

    (void)owner;
    return (struct play_halt){length_ns, 30500, stolen ? 16000 : 0};
}

static void check_busy(void)
{
    haltpoll_play_take(0, 2, 10000, 2);
    play.other = halt_on_busy;
    haltpoll_play_run(TEST_CONTROL);
    haltpoll_play_show("another step, a busy host");
    TAP_OK(haltpoll_play_begins("poll_control", "poll control cannot be judged, the host is busy"),
           "no absence where it could not have shown");
    TAP_STR(haltpoll_play_confidence("poll_control"), "low", "and nothing is sure of it");
    TAP_OK(haltpoll_play_begins("halt_poll", "don't know"), "nor is polling said to be absent");
    play.other = halt_without_a_step;
    haltpoll_play_run(TEST_CONTROL);
    haltpoll_play_show("no step, a busy host");
    TAP_OK(haltpoll_play_begins("halt_poll", "don't know whether the host polls: it is busy"),
           "nor where no step shows");
    haltpoll_play_take(200000, 2, 10000, 2);
    play.other = halt_polled_on_busy;
    haltpoll_play_run(TEST_CONTROL);
    haltpoll_play_show("polling, a busy host");
    TAP_OK(haltpoll_play_begins("halt_poll", "the host polls up to"), "what is there is seen");
    TAP_STR(haltpoll_play_confidence("halt_poll"), "low", "but a busy host may poll for longer");
    TAP_STR(haltpoll_play_confidence("poll_control"), "low", "and its poll control is judged as weakly");
    play.other = halt_on_idle;
    haltpoll_play_run(TEST_LADDER);
    haltpoll_play_show("steal in long halts, and in few short ones");
    TAP_OK(haltpoll_play_begins("halt_poll", "no halt polling seen"),
           "steal of long halts is no other work, nor that of one short halt in 100");
    TAP_OK(haltpoll_play_begins("halt_poll", "no halt polling seen, from 61.0 us"),
           "a limit as short as a wake would not show");
    play.other = NULL;
}

int main(void)
{
    check_busy();
    TAP_INT(play.cut_rows, 0, "every row fits its record");
    return tap_done();
}
