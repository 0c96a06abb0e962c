/* SPDX-License-Identifier: MIT */
#include "tests/unit/synthetic_ple_host.h"

enum {
    HZ = 2500000000,
    NEVER_COUNT = 1000000000,
    LAST_REST_TIMES = 11,
    SEEN_AT_LEAST_TSC = 400, /* a shorter delay is not told from a slow step */
};

static uint64_t choose(struct prng *prng, const uint64_t *from, uint64_t count)
{
    return from[prng_below(prng, count)];
}

static uint64_t distance_by_chance(struct synthetic_ple_host *host, uint64_t mean_tsc)
{
    /* Geometric by octaves would do; a sum of two uniforms keeps short and long ones common. */
    return mean_tsc ? 1 + prng_below(&host->prng, mean_tsc) + prng_below(&host->prng, mean_tsc) : UINT64_MAX / 2;
}

static void choose_rules(struct synthetic_ple_host *host)
{
    static const uint64_t max_times[] = {8, 64, 1024, 100000};
    struct prng *prng = &host->prng;

    host->on = prng_below(prng, 100) >= 6;
    host->counts = prng_below(prng, 2);
    host->gap_tsc = prng_log_range(prng, 41, 512);
    host->base = prng_log_range(prng, 1000, 65535);
    host->grow = prng_range(prng, 1, 4);
    if (prng_below(prng, 5) == 0)
        host->grow = host->base + prng_below(prng, host->base * 2);
    host->shrink = prng_below(prng, 2) * 2;
    host->max = host->counts ? 65535 : host->base * choose(prng, max_times, 4);
    if (host->max > UINT32_MAX)
        host->max = UINT32_MAX;
}

static void choose_noise(struct synthetic_ple_host *host)
{
    static const uint64_t ticks_hz[] = {1, 100, 250, 250, 300, 1000};
    struct prng *prng = &host->prng;

    host->tick_tsc = HZ / choose(prng, ticks_hz, 6);
    host->tick_length_tsc = prng_log_range(prng, 2000, 20000);
    host->chance_tsc = HZ / prng_log_range(prng, 1, 400);
    host->chance_length_tsc = prng_log_range(prng, 2000, 50000);
    host->preempt_tsc = prng_below(prng, 2) ? HZ / prng_log_range(prng, 1, 20) : 0;
    host->preempt_length_tsc = HZ / 1000 * prng_range(prng, 1, 6);
}

void synthetic_ple_host_choose(struct synthetic_ple_host *host, uint64_t seed)
{
    struct prng *prng = &host->prng;

    *host = (struct synthetic_ple_host){.now_tsc = 1};
    prng_seed(prng, seed);
    choose_rules(host);
    host->pause_tsc = prng_log_range(prng, 10, 200);
    host->stamp_tsc = prng_range(prng, 18, 36);
    host->filler_tsc_x16 = prng_range(prng, 8, 32);
    host->jitter_tsc = prng_range(prng, 0, 4);
    host->exit_tsc = prng_log_range(prng, 1000, 8000);
    host->rest_tsc = HZ / 1000;
    choose_noise(host);
    host->window = host->base;
    host->next_chance_tsc = distance_by_chance(host, host->chance_tsc);
    host->next_preempt_tsc = distance_by_chance(host, host->preempt_tsc);
}

uint64_t synthetic_ple_host_distance(const struct synthetic_ple_host *host, uint32_t filler)
{
    return host->pause_tsc + host->stamp_tsc + filler * host->filler_tsc_x16 / 16;
}

bool synthetic_ple_host_joins(const struct synthetic_ple_host *host, uint64_t distance_tsc)
{
    return distance_tsc <= host->gap_tsc + (host->gap_skips_pause ? host->pause_tsc : 0);
}

static void grow(struct synthetic_ple_host *host)
{
    if (host->grow < 1)
        host->window = host->base;
    else if (host->grow < host->base)
        host->window *= host->grow;
    else
        host->window += host->grow;
    if (host->window > host->max)
        host->window = host->max;
}

static void shrink(struct synthetic_ple_host *host)
{
    if (host->shrink < 1)
        host->window = host->base;
    else if (host->shrink < host->base)
        host->window /= host->shrink;
    else
        host->window = host->window > host->shrink ? host->window - host->shrink : 0;
    if (host->window < host->base)
        host->window = host->base;
}

/* HLT: the host runs something else meanwhile, and its interrupts pass unseen. */
static void rest(struct synthetic_ple_host *host, uint64_t length_tsc)
{
    host->now_tsc += length_tsc + prng_below(&host->prng, host->rest_tsc / 16);
    while (host->next_chance_tsc < host->now_tsc)
        host->next_chance_tsc += distance_by_chance(host, host->chance_tsc);
    while (host->next_preempt_tsc < host->now_tsc)
        host->next_preempt_tsc += distance_by_chance(host, host->preempt_tsc);
    shrink(host);
}

static uint64_t next_tick_tsc(const struct synthetic_ple_host *host)
{
    return (host->now_tsc / host->tick_tsc + 1) * host->tick_tsc;
}

/* When the host interrupts next, for how long, and whether it runs something else meanwhile. */
static uint64_t next_noise_tsc(struct synthetic_ple_host *host, uint64_t *length_tsc, bool *away)
{
    uint64_t at_tsc = next_tick_tsc(host);

    *length_tsc = host->tick_length_tsc / 2 + prng_below(&host->prng, host->tick_length_tsc);
    *away = false;
    if (host->next_chance_tsc < at_tsc) {
        at_tsc = host->next_chance_tsc;
        *length_tsc = 1000 + prng_below(&host->prng, host->chance_length_tsc);
    }
    if (host->next_preempt_tsc < at_tsc) {
        at_tsc = host->next_preempt_tsc;
        *length_tsc = host->preempt_length_tsc;
        *away = true;
    }
    return at_tsc;
}

static void take_noise(struct synthetic_ple_host *host, uint64_t length_tsc, bool away)
{
    host->now_tsc += length_tsc;
    while (host->next_chance_tsc <= host->now_tsc)
        host->next_chance_tsc += distance_by_chance(host, host->chance_tsc);
    while (host->next_preempt_tsc <= host->now_tsc)
        host->next_preempt_tsc += distance_by_chance(host, host->preempt_tsc);
    if (away)
        shrink(host);
}

/* One way through a stretch with the break in it, by the processor's rules. */
struct course {
    uint64_t step_tsc;
    uint64_t break_after, break_tsc; /* break_after NEVER_COUNT: there is none */
};

static uint64_t course_tsc(const struct course *course, uint64_t steps)
{
    return steps * course->step_tsc + (steps > course->break_after ? course->break_tsc - course->step_tsc : 0);
}

/* Steps until `tsc` have passed. */
static uint64_t course_steps(const struct course *course, uint64_t tsc)
{
    uint64_t before_tsc = course->break_after * course->step_tsc;

    if (course->break_after == NEVER_COUNT || tsc <= before_tsc)
        return tsc / course->step_tsc;
    if (tsc <= before_tsc + course->break_tsc)
        return course->break_after;
    return course->break_after + 1 + (tsc - before_tsc - course->break_tsc) / course->step_tsc;
}

/* PAUSEs that pass before one exits; the loop begins now. */
static uint64_t pauses_to_exit(const struct synthetic_ple_host *host, const struct ple_loop *loop,
                               const struct course *course)
{
    uint64_t exits_at;

    if (!host->on || !loop->pause || !synthetic_ple_host_joins(host, course->step_tsc))
        return NEVER_COUNT;
    exits_at = host->counts ? host->window - 1 : course_steps(course, host->window) + 1;
    if (exits_at <= course->break_after || synthetic_ple_host_joins(host, course->break_tsc))
        return exits_at;
    /* A new loop begins with the PAUSE behind the break. */
    return course->break_after + 1 + (host->counts ? host->window - 1 : host->window / course->step_tsc + 1);
}

static struct course course_of(const struct synthetic_ple_host *host, const struct ple_loop *loop, uint64_t done_count)
{
    struct course course = {.break_after = NEVER_COUNT};

    course.step_tsc = synthetic_ple_host_distance(host, loop->filler) - (loop->pause ? 0 : host->pause_tsc);
    if (loop->break_filler && done_count <= loop->break_after) {
        course.break_after = loop->break_after - done_count;
        course.break_tsc = synthetic_ple_host_distance(host, loop->break_filler);
    }
    return course;
}

/* One clear stretch, and what ends it. Returns false at the loop's end. */
static bool run_stretch(struct synthetic_ple_host *host, struct ple_loop *loop, uint64_t end_tsc, uint64_t *done_count)
{
    struct ple_stretch *stretch = &loop->stretches[loop->stretch_count++];
    struct course course = course_of(host, loop, *done_count);
    uint64_t exits_at = pauses_to_exit(host, loop, &course), length_tsc;
    uint64_t left = end_tsc > host->now_tsc ? course_steps(&course, end_tsc - host->now_tsc) + 1 : 0;
    bool away;
    uint64_t noise_tsc = next_noise_tsc(host, &length_tsc, &away);
    uint64_t noise_at = noise_tsc > host->now_tsc ? course_steps(&course, noise_tsc - host->now_tsc) : 0;

    if (*done_count + left < loop->least_count)
        left = loop->least_count - *done_count;
    *stretch = (struct ple_stretch){.count = left};
    if (noise_at < stretch->count || exits_at < stretch->count)
        stretch->count = noise_at < exits_at ? noise_at : exits_at;
    stretch->tsc = course_tsc(&course, stretch->count) + prng_below(&host->prng, host->jitter_tsc + 1);
    if (stretch->count > course.break_after)
        loop->break_tsc = course.break_tsc + prng_below(&host->prng, host->jitter_tsc + 1);
    host->now_tsc += course_tsc(&course, stretch->count);
    *done_count += stretch->count;
    if (stretch->count == left)
        return false;
    if (noise_at < exits_at) {
        take_noise(host, length_tsc, away);
        stretch->long_tsc = length_tsc + course.step_tsc;
    } else {
        host->now_tsc += host->exit_tsc;
        stretch->long_tsc = host->exit_tsc + course.step_tsc;
        grow(host);
    }
    return true;
}

/* A delay too short to be seen joins the stretches on both sides of it. */
static void join_unseen(struct ple_loop *loop)
{
    struct ple_stretch *last = &loop->stretches[loop->stretch_count - 1];

    if (loop->stretch_count < 2 || last[-1].long_tsc >= SEEN_AT_LEAST_TSC)
        return;
    last[-1].tsc += last[-1].long_tsc + last->tsc;
    last[-1].count += 1 + last->count;
    last[-1].long_tsc = last->long_tsc;
    loop->stretch_count--;
}

void synthetic_ple_host_run(struct synthetic_ple_host *host, struct ple_loop *loop)
{
    uint64_t done_count = 0, end_tsc;
    bool goes_on = true;

    /* The last rest is of any length, so that the loop begins anywhere between two ticks. */
    for (uint32_t i = 1; i < loop->rests; i++)
        rest(host, host->rest_tsc);
    if (loop->rests)
        rest(host, prng_range(&host->prng, host->rest_tsc, host->rest_tsc * LAST_REST_TIMES));
    end_tsc = host->now_tsc + loop->limit_tsc;
    while (goes_on && loop->stretch_count < loop->stretch_limit) {
        goes_on = run_stretch(host, loop, end_tsc, &done_count);
        join_unseen(loop);
    }
}
