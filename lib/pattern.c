/* SPDX-License-Identifier: MIT */
#include "lib/pattern.h"

#include "lib/cstring.h"
#include "lib/fixed.h"

enum {
    NS_PER_S = 1000000000,
    WORK_NS = 2000,           /* of a wake that only checks something */
    PERIODIC_WORK_SHARE = 10, /* a tenth of the period */
    NET_PACKETS_MAX = 64,     /* of a train */
    NET_GAP_MIN_NS = 2000,    /* between two packets of a train */
    NET_GAP_MAX_NS = 500000,
    NET_SILENCE_MIN_NS = 1000000, /* between two trains */
    NET_SILENCE_MAX_NS = 50000000,
    NET_TIMER_NS = 40000000, /* a delayed acknowledgement */
};

/* ln 2 in Q32. */
#define LN2_Q32 UINT64_C(2977044472)

struct kind {
    const char *name;
    uint32_t fallback_hz; /* 0: takes no rate */
};

static const struct kind kinds[PATTERN_KINDS] = {
    [PATTERN_PERIODIC] = {"periodic", 211}, [PATTERN_POISSON] = {"poisson", 1000},
    [PATTERN_BURST] = {"burst", 100},       [PATTERN_NET] = {"net", 0},
    [PATTERN_PINGPONG] = {"pingpong", 0},   [PATTERN_RING] = {"ring", 0},
    [PATTERN_TRACE] = {"trace", 0},
};

static bool read_hz(const char *text, size_t bytes, uint64_t *hz)
{
    *hz = 0;
    for (size_t i = 0; i < bytes; i++) {
        if (text[i] < '0' || text[i] > '9' || *hz > PATTERN_HZ_MAX)
            return false;
        *hz = *hz * 10 + (uint64_t)(text[i] - '0');
    }
    return *hz >= 1 && *hz <= PATTERN_HZ_MAX;
}

const char *pattern_parse(const char *text, size_t bytes, struct pattern_spec *spec)
{
    for (unsigned i = 0; i < PATTERN_KINDS; i++) {
        size_t name_bytes = strlen(kinds[i].name);

        if (bytes < name_bytes || memcmp(text, kinds[i].name, name_bytes) != 0)
            continue;
        *spec = (struct pattern_spec){.kind = (enum pattern_kind)i, .hz = kinds[i].fallback_hz};
        if (bytes == name_bytes)
            return NULL;
        if (text[name_bytes] != ':')
            continue;
        if (!kinds[i].fallback_hz)
            return "pattern= takes a rate only with periodic, poisson and burst";
        if (!read_hz(text + name_bytes + 1, bytes - name_bytes - 1, &spec->hz))
            return "the rate of pattern= is 1 to 100000 Hz";
        return NULL;
    }
    return "pattern= is one of periodic:HZ, poisson:HZ, burst:HZ, net, pingpong, ring, trace";
}

void pattern_start(struct pattern *pattern, const struct pattern_spec *spec, uint64_t seed)
{
    memset(pattern, 0, sizeof(*pattern));
    pattern->spec = *spec;
    prng_seed(&pattern->prng, seed);
}

/* An exponentially distributed time: minus the logarithm of a uniform number, times the mean. */
static uint64_t exponential_ns(struct prng *prng, uint64_t mean_ns)
{
    uint64_t uniform = prng_next(prng) | 1;
    uint64_t bits_q32 = (UINT64_C(64) << 32) - log2_q32(uniform);

    return muldiv_u64(muldiv_u64(bits_q32, LN2_Q32, FIXED_Q32_ONE), mean_ns, FIXED_Q32_ONE);
}

static uint64_t burst_wake_ns(struct pattern *pattern, uint64_t mean_ns)
{
    if (pattern->left == 0) {
        pattern->left = PATTERN_BURST_WAKES - 1;
        return exponential_ns(&pattern->prng, mean_ns);
    }
    pattern->left--;
    return PATTERN_BURST_GAP_NS;
}

/* The length of a train is uniform, its gaps and the silence after it log-uniform: all scales. */
static uint64_t net_wake_ns(struct pattern *pattern)
{
    struct prng *prng = &pattern->prng;

    if (pattern->left == 0) {
        pattern->left = (uint32_t)prng_range(prng, 1, NET_PACKETS_MAX);
        return prng_log_range(prng, NET_SILENCE_MIN_NS, NET_SILENCE_MAX_NS);
    }
    pattern->left--;
    return prng_log_range(prng, NET_GAP_MIN_NS, NET_GAP_MAX_NS);
}

static uint64_t wake_ns(struct pattern *pattern)
{
    uint64_t pending_ns = pattern->pending_ns;

    pattern->pending_ns = 0;
    if (pending_ns)
        return pending_ns;
    switch (pattern->spec.kind) {
    case PATTERN_POISSON:
        return exponential_ns(&pattern->prng, NS_PER_S / pattern->spec.hz);
    case PATTERN_BURST:
        return burst_wake_ns(pattern, NS_PER_S / pattern->spec.hz);
    case PATTERN_NET:
        return net_wake_ns(pattern);
    default:
        return PATTERN_NEVER;
    }
}

void pattern_next(struct pattern *pattern, struct pattern_event *event)
{
    const struct pattern_spec *spec = &pattern->spec;

    event->work_ns = WORK_NS;
    if (spec->kind == PATTERN_TRACE) {
        pattern_trace_next(spec, &pattern->at, event);
        return;
    }
    event->timer_ns = spec->kind == PATTERN_NET ? NET_TIMER_NS : PATTERN_TIMEOUT_NS;
    if (spec->kind == PATTERN_PERIODIC) {
        event->timer_ns = NS_PER_S / spec->hz;
        event->work_ns = event->timer_ns / PERIODIC_WORK_SHARE;
    }
    event->wake_ns = wake_ns(pattern);
    if (event->wake_ns != PATTERN_NEVER && event->wake_ns > event->timer_ns)
        pattern->pending_ns = event->wake_ns - event->timer_ns;
}
