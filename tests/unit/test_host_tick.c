/* SPDX-License-Identifier: MIT */
/* lib/infer/host_tick on wakes that the test has made: ticks of known rate among wakes at random. */
#include "lib/infer/host_tick.h"
#include "lib/prng.h"
#include "tests/unit/tap.h"

enum { WAKES = 2048, HOSTS = 1000 };
static const uint64_t tsc_hz = 2600000000;

struct made {
    uint64_t at_tsc[WAKES];
    size_t n;
    uint64_t watched_tsc;
};

static void add(struct made *made, uint64_t at_tsc)
{
    size_t i;

    if (made->n == WAKES)
        return;
    for (i = made->n++; i > 0 && made->at_tsc[i - 1] > at_tsc; i--)
        made->at_tsc[i] = made->at_tsc[i - 1];
    made->at_tsc[i] = at_tsc;
}

/* Ticks with jitter in us, some lost, and so many wakes at random a second. */
static struct made make(struct prng *prng, uint32_t hz, uint64_t ms, uint64_t jitter_us, uint32_t lost_percent,
                        uint32_t random_hz)
{
    struct made made = {.watched_tsc = tsc_hz / 1000 * ms};
    uint64_t start_tsc = prng_below(prng, tsc_hz);

    for (uint64_t i = 0; hz && i < ms * hz / 1000; i++) {
        uint64_t late_tsc = prng_below(prng, jitter_us * (tsc_hz / 1000000) + 1);

        if (prng_below(prng, 100) >= lost_percent)
            add(&made, start_tsc + i * tsc_hz / hz + late_tsc);
    }
    for (uint64_t i = 0; i < ms * random_hz / 1000; i++)
        add(&made, start_tsc + prng_below(prng, made.watched_tsc));
    return made;
}

static struct host_tick find(const struct made *made)
{
    return host_tick_find(made->at_tsc, made->n, made->watched_tsc, tsc_hz);
}

static void check_rate(uint32_t hz, const char *name)
{
    unsigned right = 0, wrong = 0;
    struct prng prng;

    prng_seed(&prng, hz + 1);
    for (unsigned i = 0; i < HOSTS; i++) {
        uint64_t ms = prng_range(&prng, hz == 1000 ? 300 : 800, 1300);
        struct made made = make(&prng, hz, ms, prng_range(&prng, 1, 40), (uint32_t)prng_below(&prng, 12),
                                (uint32_t)prng_below(&prng, 60));
        struct host_tick tick = find(&made);
        bool quiet = made.n * 1000 < 20 * ms;

        if (hz ? tick.hz == hz : tick.hz == 0 && (!quiet || tick.is == HOST_TICK_NONE))
            right++;
        else if (tick.is != HOST_TICK_UNKNOWN)
            wrong++;
    }
    printf("# %s: %u right, %u wrong of %u\n", name, right, wrong, HOSTS);
    TAP_OK(right * 100 >= HOSTS * 95, name);
    TAP_OK(wrong * 1000 <= HOSTS * 5, "hardly ever a wrong one");
}

/* Wakes at random, however many, are no tick. */
static void check_random(void)
{
    unsigned said = 0;
    struct prng prng;

    prng_seed(&prng, 5);
    for (unsigned i = 0; i < HOSTS; i++) {
        struct made made = make(&prng, 0, 1000, 1, 0, (uint32_t)prng_log_range(&prng, 30, 1500));

        said += find(&made).is == HOST_TICK_PERIODIC;
    }
    TAP_OK(said * 100 <= HOSTS, "no period in wakes at random");
}

static void check_edges(void)
{
    struct made made = {.watched_tsc = tsc_hz / 10};
    struct prng prng;

    TAP_INT(find(&made).is, HOST_TICK_UNKNOWN, "a tenth of a second says nothing");
    made.watched_tsc = tsc_hz * 2;
    TAP_INT(find(&made).is, HOST_TICK_NONE, "two quiet seconds");
    prng_seed(&prng, 9);
    made = make(&prng, 250, 1000, 5, 0, 0);
    TAP_STR(confidence_word(find(&made).confidence), "high", "a clean tick");
    TAP_INT((long long)find(&made).per_1000s, 250000, "its rate");
    made = make(&prng, 137, 1000, 5, 0, 0);
    TAP_INT(find(&made).is, HOST_TICK_UNKNOWN, "a rate that no kernel has");
    made = make(&prng, 240, 1000, 5, 0, 0);
    TAP_INT(find(&made).is, HOST_TICK_UNKNOWN, "nor one near it");
    made = make(&prng, 500, 1000, 5, 0, 0);
    TAP_INT(find(&made).is, HOST_TICK_UNKNOWN, "nor twice a rate that one has");
    made = make(&prng, 100, 300, 5, 0, 0);
    TAP_STR(confidence_word(find(&made).confidence), "medium", "30 ticks are not sure");
    made = make(&prng, 100, 200, 5, 0, 0);
    made.n = 15;
    TAP_INT(find(&made).is, HOST_TICK_UNKNOWN, "15 are none");
}

int main(void)
{
    check_rate(0, "no tick");
    check_rate(100, "100 Hz");
    check_rate(250, "250 Hz");
    check_rate(300, "300 Hz");
    check_rate(1000, "1000 Hz");
    check_random();
    check_edges();
    return tap_done();
}
