/* SPDX-License-Identifier: MIT */
/* lib/pattern against what its distributions must give, and a trace that is read by hand. */
#include "lib/pattern.h"
#include "tests/unit/tap.h"

enum { EVENTS = 200000 };

static const char trace[] = "period,next_timer_ns,tick_ns,latency_ns,wake_ns,cause,resched,reject,exit_pct\n"
                            "0,5000,1,1,3000,O,1,0,0\n"
                            "1,7000,1,1,7000,T,1,0,0\n"
                            "2,-40,1,1,900,O,1,0,0\n"
                            "3,99000000000,1,1,50000000000,O,1,0,0\n";

static bool parses(const char *text, enum pattern_kind kind, uint64_t hz)
{
    struct pattern_spec spec;

    return !pattern_parse(text, strlen(text), &spec) && spec.kind == kind && spec.hz == hz;
}

static bool refuses(const char *text)
{
    struct pattern_spec spec;

    return pattern_parse(text, strlen(text), &spec) != NULL;
}

static void test_words(void)
{
    TAP_OK(parses("periodic:73", PATTERN_PERIODIC, 73), "periodic with a rate");
    TAP_OK(parses("periodic", PATTERN_PERIODIC, 211), "periodic's own rate");
    TAP_OK(parses("poisson:100000", PATTERN_POISSON, 100000), "the highest rate");
    TAP_OK(parses("net", PATTERN_NET, 0) && parses("ring", PATTERN_RING, 0) &&
               parses("pingpong", PATTERN_PINGPONG, 0) && parses("trace", PATTERN_TRACE, 0),
           "those without a rate");
    TAP_OK(refuses("periodic:0") && refuses("periodic:100001") && refuses("periodic:") && refuses("periodic:1x") &&
               refuses("periodic:99999999999999999999"),
           "rates that are none");
    TAP_OK(refuses("net:5") && refuses("") && refuses("period") && refuses("rings"), "words that are none");
    TAP_OK(pattern_is_remote(PATTERN_RING) && !pattern_is_remote(PATTERN_BURST), "remote ones");
}

static struct pattern started(const char *word, uint64_t seed)
{
    struct pattern_spec spec = {0};
    struct pattern pattern;

    pattern_parse(word, strlen(word), &spec);
    pattern_start(&pattern, &spec, seed);
    return pattern;
}

static void test_periodic(void)
{
    struct pattern pattern = started("periodic:347", 1);
    struct pattern_event event;

    pattern_next(&pattern, &event);
    TAP_INT(event.timer_ns, 2881844, "347 Hz are 2881844 ns");
    TAP_INT(event.work_ns, 288184, "a tenth of it is work");
    TAP_OK(event.wake_ns == PATTERN_NEVER, "and nothing else comes");
}

/* Mean 1/rate; a share of 1/e is longer than the mean, and 1/e^3 longer than three times that. */
static void test_poisson(void)
{
    struct pattern pattern = started("poisson:1000", 7);
    uint64_t sum_ns = 0, longer = 0, much_longer = 0;

    for (uint32_t i = 0; i < EVENTS; i++) {
        struct pattern_event event;

        pattern_next(&pattern, &event);
        sum_ns += event.wake_ns;
        longer += event.wake_ns > 1000000;
        much_longer += event.wake_ns > 3000000;
    }
    TAP_OK(sum_ns / EVENTS > 990000 && sum_ns / EVENTS < 1010000, "poisson: the mean is 1 ms");
    TAP_OK(longer > EVENTS * 0.3629 && longer < EVENTS * 0.3729, "36.8 % are longer than the mean");
    TAP_OK(much_longer > EVENTS * 0.0478 && much_longer < EVENTS * 0.0518, "5.0 % are longer than three of them");
}

static void test_burst(void)
{
    struct pattern pattern = started("burst:100", 3);
    struct pattern_event event;
    uint64_t apart_ns = 0;
    bool seven = true;

    for (uint32_t i = 0; i < 2000; i++) {
        for (uint32_t k = 0; k < PATTERN_BURST_WAKES; k++) {
            pattern_next(&pattern, &event);
            if (k == 0)
                apart_ns += event.wake_ns;
            else
                seven &= event.wake_ns == PATTERN_BURST_GAP_NS;
        }
    }
    TAP_OK(seven, "burst: seven wakes follow the first by 20 us each");
    TAP_OK(apart_ns / 2000 > 9300000 && apart_ns / 2000 < 10700000, "bursts are 10 ms apart");
}

/* A wake behind the timer of 40 ms comes after it, what is left of its distance later. */
static void test_net(void)
{
    struct pattern pattern = started("net", 5);
    uint64_t gaps = 0, silences = 0, left_ns = 0;
    bool kept = true;

    for (uint32_t i = 0; i < EVENTS; i++) {
        struct pattern_event event;

        pattern_next(&pattern, &event);
        if (left_ns)
            kept &= event.wake_ns == left_ns;
        left_ns = event.wake_ns > event.timer_ns ? event.wake_ns - event.timer_ns : 0;
        gaps += event.wake_ns >= 2000 && event.wake_ns <= 500000;
        silences += event.wake_ns >= 1000000 && event.wake_ns <= 50000000;
    }
    TAP_OK(kept, "net: no packet is lost behind the timer");
    TAP_OK(gaps > 25 * silences && gaps < 40 * silences, "trains have some 32 packets");
}

static void test_seed(void)
{
    struct pattern one = started("poisson:50", 9), same = started("poisson:50", 9);
    struct pattern other = started("poisson:50", 10);
    bool equal = true, differs = false;

    for (uint32_t i = 0; i < 1000; i++) {
        struct pattern_event a, b, c;

        pattern_next(&one, &a);
        pattern_next(&same, &b);
        pattern_next(&other, &c);
        equal &= a.wake_ns == b.wake_ns && a.timer_ns == b.timer_ns && a.work_ns == b.work_ns;
        differs |= a.wake_ns != c.wake_ns;
    }
    TAP_OK(equal, "the same seed gives the same events");
    TAP_OK(differs, "another seed others");
}

static void expect_row(struct pattern *pattern, uint64_t timer_ns, uint64_t wake_ns, const char *name)
{
    struct pattern_event event;

    pattern_next(pattern, &event);
    TAP_OK(event.timer_ns == timer_ns && event.wake_ns == wake_ns, name);
}

static void test_trace(void)
{
    struct pattern_spec spec = {.kind = PATTERN_TRACE};
    struct pattern pattern;

    TAP_OK(pattern_is_trace(trace, sizeof(trace) - 1) && !pattern_is_trace("index,name", 10),
           "a trace is told by its header");
    TAP_OK(!pattern_trace_open(trace, sizeof(trace) - 1, &spec), "a trace opens");
    pattern_start(&pattern, &spec, 1);
    expect_row(&pattern, 5000, 3000, "row 0: a wake before the timer");
    expect_row(&pattern, 7000, PATTERN_NEVER, "row 1: the timer");
    expect_row(&pattern, 0, PATTERN_NEVER, "row 2: a late timer is due now");
    expect_row(&pattern, PATTERN_TIMEOUT_NS, PATTERN_TIMEOUT_NS, "row 3: no wait without end");
    expect_row(&pattern, 5000, 3000, "and round again");
    TAP_OK(pattern_trace_open(trace, sizeof(trace) - 4, &spec) != NULL, "a row cut short");
    TAP_OK(pattern_trace_open(trace, 78, &spec) != NULL, "no row at all");
    TAP_OK(pattern_trace_open("x", 1, &spec) != NULL, "another text");
}

int main(void)
{
    test_words();
    test_periodic();
    test_poisson();
    test_burst();
    test_net();
    test_seed();
    test_trace();
    return tap_done();
}
