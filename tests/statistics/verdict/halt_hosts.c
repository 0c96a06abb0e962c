/* SPDX-License-Identifier: MIT */
#include "tests/statistics/verdict/halt_hosts.h"

#include <math.h>
#include <stdlib.h>

#include "tests/statistics/rate.h"

#define TICK_NS   4000000
#define WINDOW_NS 10000000 /* in which a load is counted */
#define RAMP_NS   1000000.0
#define RUN_SLICE 3000000

static const char *const words[HALT_KINDS] = {
    [HALT_POLLS] = "KVM polls",
    [HALT_POLLS_DEEP] = "KVM polls, deep idle states behind",
    [HALT_POLLS_BUSY] = "KVM polls, another task ends its polls",
    [HALT_POLLS_NEIGHBOURS] = "KVM polls, neighbours in bursts",
    [HALT_POLLS_SMI] = "KVM polls, firmware interrupts",
    [HALT_POLLS_STEAL] = "KVM polls, bursts of steal",
    [HALT_POLLS_SLACK] = "KVM polls, timer slack",
    [HALT_POLLS_RAMP] = "KVM polls, the clock ramps",
    [HALT_POLLS_NESTED] = "KVM polls in another hypervisor",
    [HALT_POLLS_DRIFTS] = "KVM polls, wakes drift",
    [HALT_POLLS_FIXED] = "a fixed poll",
    [HALT_SLEEPS] = "sleeps at once",
    [HALT_MENU] = "idle states by menu",
    [HALT_TEO] = "idle states by teo",
    [HALT_LADDER] = "idle states by ladder",
    [HALT_MENU_TIMER] = "menu, timer known",
    [HALT_FOLLOWS] = "idle states by the last sleeps (FreeBSD)",
    [HALT_DEMOTES] = "the processor demotes",
    [HALT_CLOCK] = "the clock follows the load",
    [HALT_CLOCK_RAMP] = "the clock ramps",
    [HALT_SLACK] = "timer slack, gathered",
    [HALT_SLACK_PART] = "timer slack by length",
    [HALT_NEIGHBOURS] = "neighbours in bursts",
    [HALT_PERIODIC] = "a neighbour with a period",
    [HALT_FILLS] = "another task fills idle time",
    [HALT_FLUSHES] = "caches lost by idling",
    [HALT_SMI] = "firmware interrupts",
    [HALT_STEAL] = "bursts of steal",
    [HALT_NESTED] = "a hypervisor in another",
    [HALT_DRIFTS] = "wakes drift",
};

/* What comes beside KVM's polling. */
static const enum halt_kind beside[HALT_KINDS] = {
    [HALT_POLLS_NEIGHBOURS] = HALT_NEIGHBOURS, [HALT_POLLS_SMI] = HALT_SMI,         [HALT_POLLS_STEAL] = HALT_STEAL,
    [HALT_POLLS_SLACK] = HALT_SLACK,           [HALT_POLLS_RAMP] = HALT_CLOCK_RAMP, [HALT_POLLS_NESTED] = HALT_NESTED,
    [HALT_POLLS_DRIFTS] = HALT_DRIFTS,
};

static struct halt_host *asked; /* whose governor is asked: it has no owner's pointer */

static struct idle_distance query(const struct idle_loop *loop)
{
    int64_t tick_ns = TICK_NS - (int64_t)(asked->now_ns % TICK_NS);

    (void)loop;
    return (struct idle_distance){asked->ahead_ns, asked->ahead_ns < tick_ns ? asked->ahead_ns : tick_ns};
}

static int64_t clock_ns(const struct idle_loop *loop)
{
    (void)loop;
    return (int64_t)asked->now_ns;
}

static const struct idle_answers answers = {query, clock_ns, NULL};

/* C1, C1E and C6 of servers from Skylake to Sapphire Rapids (drivers/idle/intel_idle.c), in us, and one more. */
static void choose_states(struct halt_host *host)
{
    static const int64_t latency_us[][HALT_STATES] = {{2, 10, 133}, {1, 4, 170}, {1, 2, 290}, {1, 10, 50}},
                         target_us[][HALT_STATES] = {{2, 20, 600}, {1, 4, 600}, {1, 10, 800}, {2, 20, 170}};
    uint64_t model = prng_below(&host->prng, 4);

    host->table = (struct idle_table){.count = HALT_STATES};
    for (unsigned i = 0; i < HALT_STATES; i++) {
        host->table.exit_latency_ns[i] = latency_us[model][i] * 1000;
        host->table.target_residency_ns[i] = target_us[model][i] * 1000;
    }
}

static void start_governor(struct halt_host *host, const char *name)
{
    struct idle_loop loop = {
        .table = &host->table, .answers = &answers, .tick_period_ns = TICK_NS, .limit_ns = IDLE_LIMIT_NONE_NS};

    if (governor_start(&host->governor, governor_find(name, &(const char *){NULL}), NULL, &loop))
        abort();
}

static void draw_times(struct halt_host *host)
{
    struct prng *prng = &host->prng;

    host->base_ns = prng_log_range(prng, 3000, 20000);
    host->spread_ns = host->base_ns / prng_range(prng, 6, 20);
    host->fixed_ns = prng_log_range(prng, 20000, 800000);
    host->extra_ns = host->base_ns * prng_range(prng, 50, 400) / 100;
    host->lowest = 0.25 + 0.4 * (double)prng_below(prng, 100) / 100;
    host->up = 0.02 + 0.3 * (double)prng_below(prng, 100) / 100;
    host->host_ns = prng_log_range(prng, 5000, 40000);
    host->clock = 1;
    host->on_ns = prng_log_range(prng, 200000, 60000000);
    host->off_ns = prng_log_range(prng, 200000, 60000000);
    host->phase_ns = prng_below(prng, host->on_ns + host->off_ns);
    host->drift_at_ns = prng_log_range(prng, 500000000, UINT64_C(4000000000));
}

void halt_host_draw(struct halt_host *host, enum halt_kind kind, uint64_t seed)
{
    static const char *const governors[HALT_KINDS] = {[HALT_MENU] = "menu",
                                                      [HALT_TEO] = "teo",
                                                      [HALT_LADDER] = "ladder",
                                                      [HALT_MENU_TIMER] = "menu",
                                                      [HALT_POLLS_DEEP] = "menu"};

    *host = (struct halt_host){.kind = kind};
    prng_seed(&host->prng, rate_seed(seed * HALT_KINDS + kind));
    do
        synthetic_halt_host_draw(&host->kvm, prng_next(&host->prng));
    while (!host->kvm.halt_poll_ns);
    draw_times(host);
    choose_states(host);
    if (kind == HALT_POLLS_SMI) /* thermal and USB emulation: at most some hundred a second */
        host->on_ns += TICK_NS;
    if (governors[kind])
        start_governor(host, governors[kind]);
    if (kind == HALT_POLLS_BUSY)
        host->kvm.crowd_ppm = (uint32_t)prng_range(&host->prng, 300000, 1000000);
}

/* The exit latency of the state that the governor enters, last of all; the tick may wake it meanwhile. */
static uint64_t govern(struct halt_host *host, uint64_t length_ns)
{
    bool knows = host->kind == HALT_MENU_TIMER || host->kind == HALT_POLLS_DEEP;
    uint64_t left_ns = length_ns;
    struct governor_choice choice;

    asked = host;
    for (;;) {
        uint64_t tick_ns = TICK_NS - host->now_ns % TICK_NS;

        host->ahead_ns = knows ? (int64_t)left_ns : 40000000;
        governor_choose(&host->governor, &choice);
        if (choice.tick_stopped || tick_ns >= left_ns)
            break;
        host->now_ns += tick_ns;
        left_ns -= tick_ns;
        governor_slept(&host->governor, choice.state, tick_ns, true);
    }
    host->now_ns += left_ns;
    governor_slept(&host->governor, choice.state, left_ns + (uint64_t)host->table.exit_latency_ns[choice.state] / 2,
                   false);
    return (uint64_t)host->table.exit_latency_ns[choice.state];
}

/* A processor that demotes asks for no more than its last idle times were worth. */
static uint64_t demote(struct halt_host *host, uint64_t length_ns)
{
    bool deep = host->mean_ns > (double)host->table.target_residency_ns[2] / 2 &&
                length_ns > (uint64_t)host->table.exit_latency_ns[2];

    host->mean_ns += ((double)length_ns - host->mean_ns) / 8;
    return deep ? (uint64_t)host->table.exit_latency_ns[2] : (uint64_t)host->table.exit_latency_ns[0];
}

/* The share of the highest clock: falling through an idle time, or by the load of the last 10 ms. */
static double clock_of(struct halt_host *host, uint64_t length_ns)
{
    if (host->kind != HALT_CLOCK)
        return fmax(host->lowest, 1 - (double)length_ns / RAMP_NS);
    host->busy_ns += host->host_ns;
    if (host->now_ns + length_ns >= host->until_ns) {
        uint64_t window_ns = host->now_ns + length_ns - host->until_ns + WINDOW_NS;

        host->clock = (double)host->busy_ns > host->up * (double)window_ns ? 1 : host->lowest;
        host->until_ns = host->now_ns + length_ns + WINDOW_NS;
        host->busy_ns = 0;
    }
    return host->clock;
}

/* FreeBSD's acpi_cpu_idle(): the deepest state whose latency is a third of the mean of the last sleeps. */
static uint64_t follow(struct halt_host *host, uint64_t length_ns)
{
    uint64_t chosen = 0;

    for (unsigned i = 1; i < HALT_STATES; i++)
        if (3.0 * (double)host->table.exit_latency_ns[i] <= host->mean_ns)
            chosen = i;
    host->mean_ns = (3 * host->mean_ns + (double)length_ns) / 4;
    return (uint64_t)host->table.exit_latency_ns[chosen];
}

/* True while it is on, by exponential times. */
static bool is_bursting(struct halt_host *host)
{
    while (host->until_ns <= host->now_ns) {
        uint64_t mean_ns = host->on ? host->off_ns : host->on_ns;

        host->on = !host->on;
        host->until_ns += 1 + (uint64_t)(-log(draw_uniform(&host->prng)) * (double)mean_ns);
    }
    return host->on;
}

static uint64_t smi(struct halt_host *host, uint64_t length_ns)
{
    uint64_t period_ns = host->on_ns + host->off_ns, at_ns = (host->now_ns + host->phase_ns) % period_ns;

    /* One that begins within the halt and lasts beyond its end. */
    return at_ns < length_ns && at_ns < 300000 ? 300000 - at_ns : 0;
}

/* Hosts with timer slack in the VMM: when the wake comes late. */
static uint64_t slack(struct halt_host *host, uint64_t length_ns)
{
    uint64_t slack_ns = 50000, next_ns;

    if (host->kind == HALT_SLACK_PART) {
        slack_ns = length_ns / (host->extra_ns % 2 ? 20 : 1000);
        slack_ns = slack_ns < 1000000 ? slack_ns : 1000000;
    }
    /* Gathered with any other timer of the host that ends within the slack. */
    next_ns = (uint64_t)(-log(draw_uniform(&host->prng)) * (double)(host->off_ns / 20));
    return next_ns < slack_ns ? next_ns : slack_ns;
}

/* What a wake costs beside its base. */
static uint64_t more_of(struct halt_host *host, enum halt_kind kind, uint64_t length_ns)
{
    uint64_t mean_ns = (uint64_t)host->mean_ns;

    switch (kind) {
    case HALT_MENU:
    case HALT_TEO:
    case HALT_LADDER:
    case HALT_MENU_TIMER:
        return govern(host, length_ns) * prng_range(&host->prng, 50, 70) / 100;
    case HALT_FOLLOWS:
        return follow(host, length_ns) * prng_range(&host->prng, 50, 70) / 100;
    case HALT_DEMOTES:
        return demote(host, length_ns) * prng_range(&host->prng, 50, 70) / 100;
    case HALT_CLOCK:
    case HALT_CLOCK_RAMP:
        return (uint64_t)((double)host->base_ns / clock_of(host, length_ns)) - host->base_ns;
    case HALT_SLACK:
    case HALT_SLACK_PART:
        return slack(host, length_ns);
    case HALT_NEIGHBOURS:
        return is_bursting(host) ? host->extra_ns : 0;
    case HALT_PERIODIC:
        return (host->now_ns + host->phase_ns) % (host->on_ns + host->off_ns) < host->on_ns ? host->extra_ns : 0;
    case HALT_FILLS: /* the balancer looks for work where idle times are long on average */
        host->mean_ns += ((double)length_ns - host->mean_ns) / 8;
        return length_ns > host->fixed_ns && mean_ns > host->fixed_ns ? host->extra_ns : 0;
    case HALT_FLUSHES:
        return length_ns > host->fixed_ns ? host->extra_ns : 0;
    case HALT_SMI:
        return smi(host, length_ns);
    case HALT_NESTED:
        return 10 * host->base_ns + (uint64_t)(20000 * exp(draw_normal(&host->prng)));
    case HALT_DRIFTS:
        return host->now_ns > host->drift_at_ns ? host->extra_ns : 0;
    default:
        return 0;
    }
}

/* KVM's polling; behind it, where it slept, perhaps a deep state. */
static struct play_halt take_kvm(struct halt_host *host, uint64_t length_ns)
{
    uint64_t limit_ns = host->kvm.halt_poll_ns, done = host->kvm.successful, states_ns, steal_ns = 0;
    struct synthetic_halt halt;

    if (host->polling_off)
        host->kvm.halt_poll_ns = host->kvm.budget_ns = 0;
    halt = synthetic_halt(&host->kvm, length_ns);
    host->kvm.halt_poll_ns = limit_ns;
    if (host->kind == HALT_POLLS_DEEP) {
        bool polled = host->kvm.successful != done;

        states_ns = polled ? 0 : govern(host, length_ns) / 2;
        halt.latency_ns += (int64_t)states_ns;
        if (polled)
            host->now_ns += length_ns;
    }
    /* A CPU that polls keeps its clock and its caches, a firmware takes it all the same. */
    if (beside[host->kind]) {
        bool polled = host->kvm.successful != done;

        if (!polled || host->kind == HALT_POLLS_SMI)
            halt.latency_ns += (int64_t)more_of(host, beside[host->kind], length_ns);
        if (host->kind == HALT_POLLS_STEAL && is_bursting(host))
            steal_ns = 1 + prng_below(&host->prng, RUN_SLICE);
        halt.latency_ns += (int64_t)steal_ns;
        host->now_ns += length_ns + (uint64_t)halt.latency_ns + host->host_ns;
    }
    /* The other task has to leave the CPU first. */
    if (host->kind == HALT_POLLS_BUSY && host->kvm.successful == done)
        steal_ns = 1 + prng_below(&host->prng, 20000);
    return (struct play_halt){halt.silent_ns, halt.latency_ns, play.tells_no_steal ? 0 : steal_ns};
}

struct play_halt halt_host_take(void *owner, uint64_t length_ns)
{
    struct halt_host *host = owner;
    uint64_t before_ns = host->now_ns, more_ns, steal_ns = 0;

    if (halt_kind_polls(host->kind))
        return take_kvm(host, length_ns);
    if (host->kind == HALT_POLLS_FIXED && !host->polling_off && length_ns <= host->fixed_ns)
        more_ns = 0;
    else if (host->kind == HALT_POLLS_FIXED)
        more_ns = host->extra_ns;
    else
        more_ns = more_of(host, host->kind, length_ns);
    if (host->kind == HALT_STEAL && is_bursting(host))
        steal_ns = 1 + prng_below(&host->prng, RUN_SLICE);
    host->now_ns = before_ns + length_ns + host->base_ns + more_ns + steal_ns + host->host_ns;
    return (struct play_halt){
        length_ns, (int64_t)(host->base_ns + prng_below(&host->prng, host->spread_ns + 1) + more_ns + steal_ns),
        steal_ns};
}

void halt_host_set_polling(void *owner, bool on)
{
    ((struct halt_host *)owner)->polling_off = !on;
}

bool halt_kind_polls(enum halt_kind kind)
{
    return kind < HALT_POLLS_FIXED;
}

bool halt_kind_learns(enum halt_kind kind)
{
    switch (kind) {
    case HALT_MENU:
    case HALT_TEO:
    case HALT_LADDER:
    case HALT_MENU_TIMER:
    case HALT_FOLLOWS:
    case HALT_DEMOTES:
    case HALT_CLOCK:
    case HALT_FILLS:
        return true;
    default:
        return halt_kind_polls(kind);
    }
}

const char *halt_kind_words(enum halt_kind kind)
{
    return words[kind];
}
