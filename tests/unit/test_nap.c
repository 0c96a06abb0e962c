/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/wake/nap_native.c arch/x86/wake/nap.c
/*
 * One nap of nap_native.c, with made-up methods, sources and a waker that act at once: the stamps, the cause, each
 * reason to reject it, and what an opening starts that the closing must end.
 */
#include "arch/x86/wake/nap.h"

#include "arch/x86/hv/steal.h"
#include "arch/x86/idle/errata.h"
#include "arch/x86/machine.h"
#include "arch/x86/time/delay.h"
#include "arch/x86/wake/beside.h"
#include "tests/unit/tap.h"

enum { BOUND_TSC = 100, AHEAD_TSC = 1000, WINDOW_TSC = 5000 };

static struct machine machine;
static struct percpu sleeper, other;

/* What happens during the next nap, and what was started and not ended. */
static struct {
    bool no_wake; /* the watched word does not change */
    bool limited, no_wait;
    unsigned nmis;
    int64_t event_tsc; /* the remote event, from the window's end on */
    uint64_t steal_ns, added_ns;
    bool steal, sleepers, spinners, waker, stuck;
    const struct percpu *but;
    uint64_t begin_tsc;
    bool requested;
    unsigned begun, ended;
} play;

static void wait(struct idle_call *call)
{
    play.begin_tsc = call->before_tsc = tsc_now() + 10 * AHEAD_TSC;
    call->after_tsc = call->before_tsc + (play.no_wait ? 0 : WINDOW_TSC);
    call->limited = play.limited;
    sleeper.wake_tsc = play.begin_tsc + WINDOW_TSC;
    if (!play.no_wake)
        *(uint64_t *)(uintptr_t)call->watch += 1;
    sleeper.nmi_count += play.nmis;
    play.steal_ns += play.added_ns;
}

static uint64_t arm(const struct machine *of, uint64_t ticks_tsc)
{
    (void)of;
    return tsc_now() + ticks_tsc;
}

static void begin(const struct machine *of)
{
    (void)of;
    play.begun++;
}

static void end(const struct machine *of)
{
    (void)of;
    play.ended++;
}

static const struct idle_method method = {
    .name = "hlt", .ends = IDLE_ENDS_INTERRUPT, .wait = wait, .wait_masked = wait};
static const struct wake_source timer = {
    .name = "timer", .trace = WAKE_TRACE_IRQ, .needs = IDLE_ENDS_INTERRUPT, .arm = arm, .begin = begin, .end = end};
static const struct wake_source ipi = {
    .name = "ipi", .remote = true, .trace = WAKE_TRACE_IRQ, .needs = IDLE_ENDS_INTERRUPT};
static const struct wake_source nmi = {.name = "nmi", .remote = true, .trace = WAKE_TRACE_NMI};
static const struct wake_source deadline = {.name = "deadline", .trace = WAKE_TRACE_NONE};
static const struct wake_source store = {
    .name = "store", .remote = true, .trace = WAKE_TRACE_LINE, .needs = IDLE_ENDS_STORE};

const struct idle_method *idle_find(const char *name)
{
    (void)name;
    return &method;
}

const struct wake_source *wake_find(const char *name)
{
    return strcmp(name, "timer") == 0 ? &timer : strcmp(name, "store") == 0 ? &store : &ipi;
}

const char *idle_refuse(const struct idle_method *of, uint32_t argument, const struct cpu_snapshot *snapshot)
{
    (void)of, (void)argument, (void)snapshot;
    return "CPUID does not list it";
}

const uint64_t *wake_watch(const struct percpu *cpu, enum wake_trace trace)
{
    return trace == WAKE_TRACE_NMI ? &cpu->nmi_count : trace == WAKE_TRACE_LINE ? &cpu->wake_line : &cpu->wake_count;
}

uint64_t wake_stamp(const struct percpu *cpu, enum wake_trace trace)
{
    (void)cpu, (void)trace;
    return play.begin_tsc + WINDOW_TSC;
}

bool apic_requested(const struct apic *apic, uint8_t vector)
{
    (void)apic, (void)vector;
    return play.requested;
}

bool errata_flush_before_monitor(const struct cpu_snapshot *snapshot)
{
    (void)snapshot;
    return false;
}

bool nap_takes_siblings(const struct machine *of, const struct percpu *cpu, const struct nap_state *state,
                        enum nap_others others)
{
    (void)of, (void)cpu, (void)state;
    return others == NAP_OTHERS_HLT;
}

/* So that a late interrupt is not waited for: there is no interrupt flag here. */
uint64_t delay_tsc(const struct machine *of, uint64_t us)
{
    (void)of, (void)us;
    return 0;
}

bool steal_enable(const struct hv_info *hv, struct steal_area *area)
{
    (void)hv, (void)area;
    return play.steal = true;
}

void steal_disable(const struct hv_info *hv)
{
    (void)hv;
    play.steal = false;
}

bool steal_ns(const struct hv_info *hv, const volatile struct steal_area *area, uint64_t *ns)
{
    (void)hv, (void)area;
    *ns = play.steal_ns;
    return true;
}

uint64_t steal_between(const struct hv_info *hv, uint64_t before_ns, uint64_t after_ns)
{
    (void)hv;
    return after_ns - before_ns;
}

void sleepers_start(struct sleepers *sleepers, struct machine *of, const struct percpu *but1, const struct percpu *but2)
{
    (void)sleepers, (void)of, (void)but1;
    play.sleepers = true;
    play.but = but2;
}

bool sleepers_stop(struct sleepers *sleepers)
{
    (void)sleepers;
    play.sleepers = false;
    return !play.stuck;
}

void spinners_start(struct spinners *spinners, struct machine *of, const struct percpu *but1, const struct percpu *but2)
{
    (void)spinners, (void)of, (void)but1;
    play.spinners = true;
    play.but = but2;
}

bool spinners_stop(struct spinners *spinners)
{
    (void)spinners;
    play.spinners = false;
    return !play.stuck;
}

void waker_init(struct waker *waker, struct machine *of, const struct wake_source *source, struct percpu *cpu,
                struct percpu *target)
{
    (void)waker, (void)of, (void)source, (void)cpu, (void)target;
}

bool waker_start(struct waker *waker)
{
    (void)waker;
    return play.waker = true;
}

bool waker_stop(struct waker *waker)
{
    (void)waker;
    play.waker = false;
    return !play.stuck;
}

uint64_t waker_event(const struct waker *waker)
{
    (void)waker;
    return play.begin_tsc + WINDOW_TSC + (uint64_t)play.event_tsc;
}

static struct nap nap;
static struct sample sample;

static uint32_t take(const struct wake_source *source, bool masked, uint64_t ticks_tsc)
{
    nap.machine = &machine;
    nap.cpu = &sleeper;
    nap.from = &other;
    nap_choose(&nap, &method, 0, masked, source);
    memset(&sample, 0, sizeof(sample));
    return nap_take(&nap, ticks_tsc, &sample);
}

static void test_reasons(void)
{
    const uint64_t inside_tsc = 10 * AHEAD_TSC + 1000000;

    memset(&play, 0, sizeof(play));
    TAP_INT(take(&timer, false, inside_tsc), 0, "a timer's wake");
    TAP_OK(sample.cause == WAKE_INTERRUPT && sample.isr_tsc == sample.after_tsc, "its cause, and the stub's stamp");
    take(&timer, true, inside_tsc);
    TAP_INT(sample.isr_tsc, 0, "no stub ran where interrupts were masked");
    play.nmis = 1;
    TAP_INT(take(&timer, false, inside_tsc), REASON(REJECT_NMI), "an NMI came between");
    TAP_INT(take(&nmi, false, 0) & REASON(REJECT_NMI), REASON(REJECT_NMI), "beside the NMI that was the wake");
    play.nmis = 0;
    play.event_tsc = -1;
    TAP_INT(take(&nmi, false, 0), 0, "the one that was the wake is none");
    TAP_INT(take(&timer, false, 0), REASON(REJECT_EARLY), "the event came before the wait");
    play.event_tsc = -WINDOW_TSC;
    TAP_INT(take(&ipi, false, 0), REASON(REJECT_EARLY), "or with it");
    play.event_tsc = -WINDOW_TSC + 1;
    TAP_INT(take(&ipi, false, 0), 0, "a tick later it did not");
    sleeper.tsc_offset_bound = BOUND_TSC;
    other.tsc_offset_bound = BOUND_TSC / 2;
    play.event_tsc = BOUND_TSC + BOUND_TSC / 2;
    TAP_INT(take(&ipi, false, 0), 0, "felt before it was sent, within what the offsets may be off");
    play.event_tsc++;
    TAP_INT(take(&ipi, false, 0), REASON(REJECT_SKEW), "and beyond it");
    play.no_wake = true;
    TAP_INT(take(&deadline, false, inside_tsc), REASON(REJECT_SPURIOUS), "ended before its limit");
    nap.call.limited = 0;
    TAP_INT(take(&deadline, false, AHEAD_TSC + WINDOW_TSC) & REASON(REJECT_SPURIOUS), 0, "ended by its limit");
}

static void test_steal(void)
{
    struct steal_area area;

    memset(&play, 0, sizeof(play));
    play.steal_ns = 1000;
    play.added_ns = 30;
    nap.steal = &area;
    take(&timer, false, 1000000);
    TAP_INT(sample.steal_ns, 30, "what was stolen during the nap");
    nap.steal = NULL;
    take(&timer, false, 1000000);
    TAP_INT(sample.steal_ns, 0, "the host does not tell");
}

static void no_window(void *owner)
{
    (void)owner;
    wait(&nap.call);
    nap.waits += nap.call.after_tsc != nap.call.before_tsc;
}

/* One nap by nap_take()'s short way, and one with a window of the caller's, which takes the other: the same. */
static void take_twice(uint64_t ticks_tsc, const char *what)
{
    struct sample usual, any;
    uint64_t waits;
    uint32_t reasons;

    memset(&nap, 0, sizeof(nap));
    nap.machine = &machine;
    nap.cpu = &sleeper;
    nap_choose(&nap, &method, 0, false, &timer);
    nap_open(&nap);
    memset(&sample, 0, sizeof(sample));
    reasons = nap_take(&nap, ticks_tsc, &sample);
    TAP_OK(nap.usual && !nap.taken, what);
    usual = sample;
    usual.isr_tsc -= usual.before_tsc;
    usual.after_tsc -= usual.before_tsc;
    waits = nap.waits;
    nap.window = no_window;
    memset(&sample, 0, sizeof(sample));
    TAP_INT(nap_take(&nap, ticks_tsc, &sample), reasons, what);
    any = sample;
    any.isr_tsc -= any.before_tsc;
    any.after_tsc -= any.before_tsc;
    TAP_OK(nap.taken == 1 && nap.waits == 2 * waits, what);
    usual.before_tsc = any.before_tsc = usual.event_tsc = any.event_tsc = 0;
    TAP_OK(memcmp(&usual, &any, sizeof(any)) == 0, what);
    nap_close(&nap);
}

static void test_usual(void)
{
    const uint64_t inside_tsc = 10 * AHEAD_TSC + 1000000;

    memset(&play, 0, sizeof(play));
    take_twice(inside_tsc, "both ways: a timer's wake");
    take_twice(0, "both ways: an early one");
    play.nmis = 1;
    take_twice(inside_tsc, "both ways: an NMI came between");
    play.nmis = 0;
    play.limited = true;
    take_twice(inside_tsc, "both ways: the limit of IA32_UMWAIT_CONTROL");
    play.limited = false;
    play.no_wait = true;
    take_twice(inside_tsc, "both ways: the wake came before the wait");
    play.no_wait = false;
    nap.lose = 2;
    nap_open(&nap);
    TAP_OK(!nap.usual, "what is to be lost is counted");
    nap_close(&nap);
    nap.lose = 0;
    nap.delay_tsc = 1;
    nap_open(&nap);
    TAP_OK(!nap.usual, "a planted delay");
    nap_close(&nap);
    nap_choose(&nap, &method, 0, true, &timer);
    nap.delay_tsc = 0;
    nap_open(&nap);
    TAP_OK(!nap.usual, "interrupts masked");
    nap_close(&nap);
}

/* True where all that an opening started has been ended. */
static bool nothing_left(void)
{
    return !play.steal && !play.sleepers && !play.spinners && !play.waker && play.begun == play.ended;
}

static void test_open(void)
{
    const struct nap_state state = {NAP_HLT, 0};
    struct steal_area area;

    memset(&play, 0, sizeof(play));
    memset(&nap, 0, sizeof(nap));
    nap.machine = &machine;
    nap.cpu = &sleeper;
    nap.from = &other;
    nap.steal = &area;
    nap_open_state(&nap, &state, NAP_TIMER, NAP_OTHERS_SAME);
    TAP_OK(play.steal && play.sleepers && !play.but && !play.spinners && !play.waker && play.begun == 1,
           "by a timer, all others asleep");
    TAP_OK(nap_close(&nap) && nothing_left(), "all is ended, and the host no longer writes to the area");
    nap_open_state(&nap, &state, NAP_IPI, NAP_OTHERS_AWAKE);
    TAP_OK(play.waker && play.spinners && play.but == &other && !play.sleepers, "by a waker, the others awake");
    play.stuck = true;
    TAP_OK(!nap_close(&nap) && nothing_left(), "what does not park is said, and the rest is ended");
    play.stuck = false;
    nap_open_state(&nap, &state, NAP_TIMER, NAP_OTHERS_SAME);
    play.stuck = true;
    TAP_OK(!nap_close(&nap) && nothing_left(), "a sleeper that does not park");
    play.stuck = false;
    nap_open_state(&nap, &state, NAP_TIMER, NAP_OTHERS_AWAKE);
    play.stuck = true;
    TAP_OK(!nap_close(&nap) && nothing_left(), "a spinner that does not park");
    play.stuck = false;
    nap_open_state(&nap, &state, NAP_STORE, NAP_OTHERS_HLT);
    TAP_OK(play.sleepers && nap.sleepers.beside == &sleeper, "the threads of its core sleep as it does");
    nap_close(&nap);
    TAP_OK(nap_refuse(&nap, &state, NAP_STORE, true), "a store does not end HLT");
    TAP_OK(nap_refuse(&nap, &state, NAP_TIMER, false) && !nap_refuse(&nap, &state, NAP_TIMER, true), "force");
    nap.no_from = "one CPU";
    TAP_OK(nap_refuse(&nap, &state, NAP_IPI, true) && !nap_refuse(&nap, &state, NAP_TIMER, true), "no sender");
}

int main(void)
{
    test_reasons();
    test_steal();
    test_usual();
    test_open();
    return tap_done();
}
