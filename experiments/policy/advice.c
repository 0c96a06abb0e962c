/* SPDX-License-Identifier: MIT */
/*
 * What the figures advise: a governor, and a poll budget (guest_halt_poll_ns in a guest that polls itself, halt_poll_ns
 * in a host that polls for it). The advice always names both sides of the trade.
 *
 * A wake costs its latency plus the polling before it, in ns, with the same weight. For a fixed budget that is the ski
 * rental problem: where the waits are not known, polling longer than a halt's wake takes costs more than it saves.
 */
#include "experiments/policy/parts.h"
#include "lib/dependence.h"
#include "lib/fixed.h"
#include "lib/fmt.h"
#include "lib/infer/advice.h"
#include "lib/quantile.h"

enum { TEXT_BYTES = 400, KEY_BYTES = 48, PPM = 1000000, NS_PER_US = 1000 };

enum { ENDED_SLEEP = 1 << 0, ENDED_POLL = 1 << 1 };

/* The kept latencies of governors first to last that ended a wait of those kinds. */
static uint32_t collect(const struct policy *policy, uint32_t first, uint32_t last, unsigned kinds, int64_t *values)
{
    uint32_t count = 0;

    for (uint32_t i = first * policy->cpu_count; i < (last + 1) * policy->cpu_count; i++) {
        const struct policy_lane *lane = &policy->lanes[i];

        for (uint32_t k = 0; k < lane->kept; k++)
            if ((lane->ended_poll[k] ? ENDED_POLL : ENDED_SLEEP) & kinds)
                values[count++] = lane->latency_tsc[k];
    }
    return count;
}

/* Their median in ns with its interval and their number; 0 where there is none, or no memory. */
static struct trade latency_of(struct step *step, const struct policy *policy, uint32_t first, uint32_t last,
                               unsigned kinds)
{
    uint64_t mark = mem_mark(&step->machine->mem);
    uint64_t room = (uint64_t)policy->kept_limit * policy->cpu_count * (last + 1 - first);
    int64_t *arrived = step_alloc(step, room * sizeof(*arrived)), *values = step_alloc(step, room * sizeof(*values));
    struct trade trade = {.low_ns = 1};

    if (arrived && values && collect(policy, first, last, kinds, values)) {
        uint32_t count = collect(policy, first, last, kinds, arrived);
        struct dependence dependence = dependence_of(arrived, values, count);
        struct quantile median =
            quantile_of_effective(values, count, dependence.effective[QUANTILE_P50], QUANTILE_ONE / 2);

        trade.latency_ns = policy_tsc_to_ns(policy, (uint64_t)median.value);
        trade.wakes = count;
        if (median.has_interval) {
            trade.low_ns = policy_tsc_to_ns(policy, (uint64_t)median.low);
            trade.high_ns = policy_tsc_to_ns(policy, (uint64_t)median.high);
        }
    }
    mem_release(&step->machine->mem, mark);
    return trade;
}

static struct trade trade_of(struct step *step, const struct policy *policy, uint32_t governor)
{
    struct policy_totals sum;
    struct trade trade = latency_of(step, policy, governor, governor, ENDED_SLEEP | ENDED_POLL);

    policy_sum(policy, governor, &sum);
    if (sum.events)
        trade.burnt_ns = sum.poll_ns / sum.events;
    return trade;
}

static void advise_governor(struct step *step, const struct policy *policy)
{
    struct trade trades[POLICY_GOVERNORS_MAX] = {0};
    uint32_t best, fast, lean;
    char text[TEXT_BYTES];

    for (uint32_t g = 0; g < policy->governor_count; g++)
        trades[g] = trade_of(step, policy, g);
    advice_choose(trades, policy->governor_count, &best, &fast, &lean);
    fmt(text, sizeof(text),
        "%s: a wake is %lu ns late (median) and %lu ns are polled for it (mean); the fastest, "
        "%s: %lu and %lu; the one that polls least, %s: %lu and %lu",
        policy->words[best].text, trades[best].latency_ns, trades[best].burnt_ns, policy->words[fast].text,
        trades[fast].latency_ns, trades[fast].burnt_ns, policy->words[lean].text, trades[lean].latency_ns,
        trades[lean].burnt_ns);
    result_finding(step, "advice_governor",
                   advice_confidence(trades, policy->governor_count, best, CONFIDENCE_MEASURED), text);
}

static uint64_t mix(const struct policy_totals *all, unsigned i, uint64_t poll_ns, uint64_t sleep_ns)
{
    return (all->caught[i] * poll_ns + (all->stretch - all->caught[i]) * sleep_ns) / all->stretch;
}

/* A kind of wake that did not come has no share in it, nor an interval. */
static struct trade budget_trade(const struct policy_totals *all, unsigned i, const struct trade *poll,
                                 const struct trade *sleep)
{
    struct trade trade = {
        .latency_ns = mix(all, i, poll->latency_ns, sleep->latency_ns),
        .low_ns = mix(all, i, poll->wakes ? poll->low_ns : 0, sleep->wakes ? sleep->low_ns : 0),
        .high_ns = mix(all, i, poll->high_ns, sleep->high_ns),
        .burnt_ns = all->burnt_ns[i] / all->stretch,
        .wakes = all->stretch,
    };

    return trade;
}

static void emit_budget(struct step *step, const struct policy_totals *all, unsigned i, const struct trade *trade)
{
    char key[KEY_BYTES];

    fmt(key, sizeof(key), "budget_%uus_caught", policy_budget_us[i]);
    result_scalar(step, key, (int64_t)muldiv_u64(all->caught[i], PPM, all->stretch), "ppm");
    fmt(key, sizeof(key), "budget_%uus_latency", policy_budget_us[i]);
    result_scalar(step, key, (int64_t)trade->latency_ns, "ns");
    fmt(key, sizeof(key), "budget_%uus_burnt", policy_budget_us[i]);
    result_scalar(step, key, (int64_t)trade->burnt_ns, "ns");
}

static void say_budget(struct step *step, const struct policy_totals *all, unsigned best, const struct trade *trades)
{
    char text[TEXT_BYTES];

    fmt(text, sizeof(text),
        "guest_halt_poll_ns or halt_poll_ns of %u: %lu of %lu wakes come within it, a wake is "
        "%lu ns late and %lu ns are polled for it; without polling it is %lu ns late",
        policy_budget_us[best] * NS_PER_US, all->caught[best], all->stretch, trades[best].latency_ns,
        trades[best].burnt_ns, trades[0].latency_ns);
    result_finding(step, "advice_poll", advice_confidence(trades, POLICY_BUDGETS, best, CONFIDENCE_MODELLED), text);
}

/* What a fixed budget would have made of all waits, with the measured latencies. */
static void advise_budget(struct step *step, const struct policy *policy, const struct policy_totals *all)
{
    uint32_t last = policy->governor_count - 1;
    struct trade poll = latency_of(step, policy, 0, last, ENDED_POLL);
    struct trade sleep = latency_of(step, policy, 0, last, ENDED_SLEEP);
    struct trade trades[POLICY_BUDGETS];
    unsigned best = 0;

    result_scalar(step, "latency_of_poll", (int64_t)poll.latency_ns, "ns");
    result_scalar(step, "latency_of_sleep", (int64_t)sleep.latency_ns, "ns");
    for (unsigned i = 0; i < POLICY_BUDGETS; i++) {
        trades[i] = budget_trade(all, i, &poll, &sleep);
        emit_budget(step, all, i, &trades[i]);
        if (trade_price(&trades[i]) < trade_price(&trades[best]))
            best = i;
    }
    say_budget(step, all, best, trades);
}

void policy_advise(struct step *step, const struct policy *policy)
{
    struct policy_totals all = {0};

    for (uint32_t g = 0; g < policy->governor_count; g++) {
        struct policy_totals sum;

        policy_sum(policy, g, &sum);
        all.stretch += sum.stretch;
        for (unsigned i = 0; i < POLICY_BUDGETS; i++) {
            all.caught[i] += sum.caught[i];
            all.burnt_ns[i] += sum.burnt_ns[i];
        }
    }
    if (!all.stretch)
        return;
    advise_governor(step, policy);
    advise_budget(step, policy, &all);
}
