/* SPDX-License-Identifier: MIT */
/*
 * teo, as in Linux 5.15 to 6.1 (read: 6.1): it always asks for the timers, and starts from the state that fits them; a
 * majority of early wake-ups, of all or of the last nine periods, makes it shallower.
 */
#include "lib/governor/governor.h"
#include "lib/governor/teo_walk.h"

enum { RECENT = 9 };

struct teo {
    struct teo_bins bins;
    uint32_t recent[TEO_BINS]; /* how many of the last periods were intercepts of the bin */
    int32_t last_bin[RECENT];  /* of those periods; -1: no intercept */
    uint32_t next_recent;
    uint32_t total;
    struct teo_clock clock;
};

/* The sums over the bins below the candidate. */
struct below {
    uint32_t intercepts, hits, recent;
};

/* Which early wake-ups prevail. */
struct majority {
    bool all, recent;
};

static void enable(void *state, struct idle_loop *loop, uint32_t argument)
{
    struct teo *teo = state;

    (void)loop;
    (void)argument;
    for (uint32_t i = 0; i < RECENT; i++)
        teo->last_bin[i] = -1;
}

static void reflect(void *state, struct idle_loop *loop, uint32_t chosen)
{
    struct teo *teo = state;

    teo_clock_reflect(&teo->clock, loop, chosen);
}

static void note_recent(struct teo *teo, int32_t bin)
{
    int32_t *place = &teo->last_bin[teo->next_recent];

    teo->next_recent = (teo->next_recent + 1) % RECENT;
    if (*place >= 0)
        teo->recent[*place]--;
    if (bin >= 0)
        teo->recent[bin]++;
    *place = bin;
}

static void learn(struct teo *teo, const struct idle_loop *loop)
{
    const struct idle_table *table = loop->table;
    uint64_t measured_ns = teo_clock_measured_ns(&teo->clock, loop);
    uint32_t by_timer = 0, by_duration = 0;

    teo->total = TEO_PULSE;
    for (uint32_t i = 0; i < table->count; i++) {
        teo_decay(&teo->bins.hit[i]);
        teo_decay(&teo->bins.intercept[i]);
        teo->total += teo->bins.hit[i] + teo->bins.intercept[i];
        if (table->target_residency_ns[i] > teo->clock.sleep_ns)
            continue;
        by_timer = i;
        if ((uint64_t)table->target_residency_ns[i] <= measured_ns)
            by_duration = i;
    }
    if (by_timer == by_duration)
        teo->bins.hit[by_timer] += TEO_PULSE;
    else
        teo->bins.intercept[by_duration] += TEO_PULSE;
    note_recent(teo, by_timer == by_duration ? -1 : (int32_t)by_duration);
}

/* The deepest enabled state from `first` whose target residency the timer allows; *cap is the deepest that the latency
 * limit allows too, 0 for none. */
static uint32_t by_timer(const struct teo *teo, const struct idle_loop *loop, uint32_t first, uint32_t *cap,
                         struct below *below)
{
    const struct idle_table *table = loop->table;
    struct below sum = {0, 0, 0};
    uint32_t candidate = first;

    *cap = 0;
    for (uint32_t i = 1; i < table->count; i++) {
        sum.intercepts += teo->bins.intercept[i - 1];
        sum.hits += teo->bins.hit[i - 1];
        sum.recent += teo->recent[i - 1];
        if (idle_state_disabled(table, i))
            continue;
        if (table->target_residency_ns[i] > teo->clock.sleep_ns)
            break;
        candidate = i;
        if (table->exit_latency_ns[i] <= loop->limit_ns)
            *cap = i;
        *below = sum;
    }
    return candidate;
}

/* Early wake-ups prevail: the state that fits most of them, and how long it expects to sleep. */
static uint32_t below_intercepts(const struct teo *teo, const struct idle_loop *loop, uint32_t candidate,
                                 const struct below *below, struct majority majority, int64_t *sleep_ns)
{
    const struct idle_table *table = loop->table;
    uint32_t other = candidate, passed = 0, recent = 0;
    int64_t other_ns = *sleep_ns;

    for (uint32_t i = candidate; i-- > 0;) {
        int64_t span_ns = (table->target_residency_ns[i] + table->target_residency_ns[i + 1]) / 2;
        bool usable = !loop->tick_stopped || span_ns >= loop->tick_period_ns;
        bool enabled = !idle_state_disabled(table, i);

        passed += teo->bins.intercept[i];
        recent += teo->recent[i];
        if ((!majority.recent || 2 * recent > below->recent) && (!majority.all || 2 * passed > below->intercepts)) {
            *sleep_ns = usable && enabled ? span_ns : other_ns;
            return usable && enabled ? i : other;
        }
        if (!enabled)
            continue;
        if (usable) {
            other = i;
            other_ns = span_ns;
        } else if (other == candidate) {
            break;
        }
    }
    return candidate;
}

static uint32_t choose(const struct teo *teo, const struct idle_loop *loop, uint32_t first, int64_t *sleep_ns)
{
    struct below below = {0, 0, 0};
    uint32_t cap, candidate = by_timer(teo, loop, first, &cap, &below);
    struct majority majority = {2 * below.intercepts > teo->total - below.hits, below.recent > RECENT / 2};

    if (candidate == first)
        return candidate;
    if (majority.all || majority.recent)
        candidate = below_intercepts(teo, loop, candidate, &below, majority, sleep_ns);
    return candidate > cap ? cap : candidate;
}

static uint32_t teo_select(void *state, struct idle_loop *loop, bool *stop_tick)
{
    struct teo *teo = state;
    uint32_t enabled = idle_enabled_mask(loop->table);
    struct teo_start start = {.enabled = enabled, .first = enabled ? idle_shallowest(enabled) : 0};
    struct idle_distance distance;
    int64_t sleep_ns;
    uint32_t chosen;

    if (loop->device.last >= 0) {
        learn(teo, loop);
        loop->device.last = -1;
    }
    teo->clock.selected_ns = loop->answers->now_ns(loop);
    distance = idle_query(loop);
    sleep_ns = teo->clock.sleep_ns = distance.timer_ns;
    if (start.first == 0 && (!enabled || loop->table->target_residency_ns[1] > sleep_ns))
        chosen = 0;
    else
        chosen = choose(teo, loop, start.first, &sleep_ns);
    return teo_end(loop, &start, chosen, sleep_ns, distance.event_ns, stop_tick);
}

static const struct governor governor_teo_6_1 = {
    .name = "teo-6.1",
    .title = "teo as in Linux 5.15 to 6.1",
    .state_bytes = sizeof(struct teo),
    .enable = enable,
    .select = teo_select,
    .reflect = reflect,
};
GOVERNOR(governor_teo_6_1);
