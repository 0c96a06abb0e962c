/* SPDX-License-Identifier: MIT */
/*
 * How often the power by idle state, fitted to a recorded package's energy, is right: four CPUs under loads whose
 * states and powers are known, read by a counter as real ones are. Right is a 95 % interval that holds the truth;
 * a state of which nothing is told is neither. Sources: SDM volume 3, 15.10 (RAPL: units, 1 ms updates, 32 bits);
 * Hackenberg and others, HPPAC 2015 (its noise); Schoene and others, CLUSTER 2021 (AMD's).
 */
/* STATISTICS_EXTRA: run/tool/energy/fit.c run/tool/energy/solve.c */
#include "run/tool/energy/fit.h"
#include "tests/statistics/rate.h"

enum { CPUS = 4, STATES = 5, COLUMNS = STATES + 1, INTERVALS_MAX = 400 };

struct kind {
    const char *words;
    uint32_t intervals;
    double interval_s;
    double noise, phi; /* of the power, as a share, and from interval to interval */
    double drift;      /* over the whole, as a share: temperature */
    double unit_j;     /* of the counter */
    double late_s;     /* a reading is off by up to this: the counter moves each millisecond */
    bool fixed;        /* the shares of the states do not vary */
    bool alike;        /* the last two states always go together */
    bool rare;         /* the first state has two thousandths of the time */
};

static const struct kind KINDS[] = {
    {"quiet", 100, 0.1, 0.002, 0, 0, 61e-6, 0, false, false, false},
    {"noise of 2 %", 100, 0.1, 0.02, 0, 0, 61e-6, 0.001, false, false, false},
    {"noise of 10 %", 240, 0.1, 0.1, 0, 0, 61e-6, 0.001, false, false, false},
    {"noise from interval to interval", 240, 0.1, 0.02, 0.8, 0, 61e-6, 0.001, false, false, false},
    {"it warms up", 240, 0.25, 0.01, 0, 0.1, 61e-6, 0.001, false, false, false},
    {"a coarse counter", 400, 0.1, 0.01, 0, 0, 15.6e-3, 0.001, false, false, false},
    {"all of it, a fast recording", 400, 0.1, 0.05, 0.8, 0.1, 61e-6, 0.001, false, false, false},
    {"shares that stand still", 240, 0.1, 0.02, 0, 0, 61e-6, 0.001, true, false, false},
    {"a state that is rare", 240, 0.1, 0.02, 0, 0, 61e-6, 0.001, false, false, true},
    {"two states that go together", 240, 0.1, 0.02, 0, 0, 61e-6, 0.001, false, true, false},
};

/* One CPU's shares of an interval: a load that wanders, and a mixture of states that depends on it and on chance. */
static void draw_shares(struct prng *prng, const struct kind *kind, double *level, double shares[COLUMNS])
{
    double left;

    *level += 0.3 * draw_normal(prng);
    *level = *level < -3 ? -3 : *level > 3 ? 3 : *level;
    if (kind->fixed)
        *level = 0;
    shares[0] = 1 / (1 + exp(1.5 - *level));
    left = 1 - shares[0];
    shares[1] = left * (kind->rare ? 0.002 : 0.3 * draw_uniform(prng));
    left -= shares[1];
    for (uint32_t s = 2; s < COLUMNS - 1; s++) {
        double part = kind->fixed ? 0.3 : draw_uniform(prng) * 0.6;

        shares[s] = left * part;
        left -= shares[s];
    }
    shares[COLUMNS - 1] = left;
    if (kind->alike) {
        double both = shares[COLUMNS - 2] + shares[COLUMNS - 1];

        shares[COLUMNS - 2] = both / 3;
        shares[COLUMNS - 1] = both * 2 / 3;
    }
}

static void draw_recording(struct prng *prng, const struct kind *kind, const double watts[COLUMNS],
                           struct energy_interval intervals[INTERVALS_MAX])
{
    double level[CPUS] = {0}, noise = 0, counter = 0, last = 0, late = 0;

    for (uint32_t i = 0; i < kind->intervals; i++) {
        struct energy_interval *interval = &intervals[i];
        double joules = 0, was_late = late, shares[COLUMNS];

        *interval = (struct energy_interval){{0}, 0};
        for (uint32_t c = 0; c < CPUS; c++) {
            draw_shares(prng, kind, &level[c], shares);
            for (uint32_t s = 0; s < COLUMNS; s++) {
                interval->seconds[s] += shares[s] * kind->interval_s;
                joules += shares[s] * kind->interval_s * watts[s];
            }
        }
        noise = kind->phi * noise + sqrt(1 - kind->phi * kind->phi) * kind->noise * draw_normal(prng);
        joules *= 1 + noise + kind->drift * (i / (double)kind->intervals - 0.5);
        late = kind->late_s * draw_uniform(prng);
        counter += joules * (1 + (was_late - late) / kind->interval_s);
        interval->joules = floor(counter / kind->unit_j) * kind->unit_j - last;
        last += interval->joules;
    }
}

static void run_kind(struct rates *rates, struct prng *prng, const struct kind *kind)
{
    unsigned trials = rate_trials(rates, 60, 25), told = 0, held = 0, all = 0;
    static struct energy_interval intervals[INTERVALS_MAX];
    char words[120];

    for (unsigned t = 0; t < trials; t++) {
        double watts[COLUMNS] = {2 + 6 * draw_uniform(prng)};
        struct energy_fit fit;

        /* Deeper states take less, one of them nothing at times. */
        for (uint32_t s = 1; s < COLUMNS; s++)
            watts[s] = watts[s - 1] * (0.35 + 0.6 * draw_uniform(prng));
        if (draw_uniform(prng) < 0.2)
            watts[COLUMNS - 1] = 0;
        draw_recording(prng, kind, watts, intervals);
        energy_fit(&fit, intervals, kind->intervals, COLUMNS, kind->unit_j);
        for (uint32_t s = 0; s < COLUMNS; s++) {
            all++;
            if (fit.cannot || fit.power[s].word != ENERGY_KNOWN)
                continue;
            told++;
            held += fit.power[s].low <= watts[s] && watts[s] <= fit.power[s].high;
        }
    }
    if (kind->fixed) {
        snprintf(words, sizeof(words), "%s: a power is told", kind->words);
        rate_at_most(rates, words, told, all, 0.01);
        return;
    }
    snprintf(words, sizeof(words), "%s: the power lies in its interval", kind->words);
    rate_at_least(rates, words, held, told, 0.95);
    snprintf(words, sizeof(words), "%s: a power is told", kind->words);
    rate_at_least(rates, words, told, all, kind->alike ? 0.45 : 0.7);
}

int main(int argc, char **argv)
{
    struct rates rates = rates_begin(argc, argv);
    struct prng prng;

    prng_seed(&prng, rate_seed(20));
    for (size_t i = 0; i < sizeof(KINDS) / sizeof(KINDS[0]); i++)
        run_kind(&rates, &prng, &KINDS[i]);
    return rates_end(&rates);
}
