/* SPDX-License-Identifier: MIT */
/* STATISTICS_EXTRA: run/tool/fleet/odd.c run/tool/median.c tests/tool/fleet_host.c */
/*
 * How often `fleet report` names the one odd machine of a fleet, and how often one that is not: machines of three
 * models in groups, ten boots each, by tests/tool/fleet_host.c.
 */
#include <stdlib.h>

#include "run/tool/fleet/odd.h"
#include "tests/statistics/rate.h"
#include "tests/tool/fleet_host.h"

enum { BOOTS_MAX = 10, MACHINES_MAX = 300, FIGURES = 2 * HOST_STEPS };

struct fleet {
    unsigned machines, boots;
    double values[HOST_GROUPS][MACHINES_MAX * FIGURES * BOOTS_MAX];
    unsigned index[HOST_GROUPS][MACHINES_MAX], count[HOST_GROUPS];
    double p[MACHINES_MAX];
    bool found[MACHINES_MAX];
};

static void take_machine(struct fleet *fleet, uint64_t seed, unsigned m, enum host_oddity oddity)
{
    struct host_machine machine;
    double *values;

    host_draw(&machine, seed, m, oddity);
    values = fleet->values[machine.group] + (size_t)fleet->count[machine.group] * FIGURES * fleet->boots;
    fleet->index[machine.group][fleet->count[machine.group]++] = m;
    for (unsigned b = 0; b < fleet->boots; b++) {
        struct host_boot boot;
        host_next(&machine, (double)b / 7, 0, &boot);
        for (unsigned s = 0; s < HOST_STEPS; s++) {
            values[2 * s * fleet->boots + b] = log(boot.p50[s]);
            values[(2 * s + 1) * fleet->boots + b] = log(boot.p99[s]);
        }
    }
}

static void judge(struct fleet *fleet)
{
    static double deviations[MACHINES_MAX * FIGURES], scores[MACHINES_MAX * FIGURES], spreads[FIGURES];
    static double p[MACHINES_MAX];

    for (unsigned g = 0; g < HOST_GROUPS; g++) {
        struct odd_group group = {.machines = fleet->count[g],
                                  .figures = FIGURES,
                                  .values = fleet->values[g],
                                  .boots = fleet->boots,
                                  .least = log(1.05),
                                  .deviations = deviations,
                                  .scores = scores,
                                  .spreads = spreads,
                                  .p = p};
        if (!odd_judge(&group))
            exit(2);
        for (unsigned i = 0; i < fleet->count[g]; i++)
            fleet->p[fleet->index[g][i]] = p[i];
    }
    if (!odd_discover(fleet->p, fleet->machines, ODD_RATE, fleet->found))
        exit(2);
}

/* One fleet with `odd` machines of one kind, evenly over it. */
static void make(struct fleet *fleet, uint64_t seed, unsigned odd, enum host_oddity oddity)
{
    memset(fleet->count, 0, sizeof(fleet->count));
    for (unsigned m = 0; m < fleet->machines; m++)
        take_machine(fleet, seed, m, m < odd ? oddity : HOST_PLAIN);
    judge(fleet);
}

static void hold(struct rates *rates, struct fleet *fleet, unsigned machines, unsigned boots, unsigned odd,
                 double least)
{
    unsigned trials = rate_trials(rates, 10, 30), found = 0, planted = 0, fleets_false = 0, named_false = 0, named = 0;
    char what[96];

    fleet->machines = machines;
    fleet->boots = boots;
    for (unsigned seed = 1; seed <= trials; seed++) {
        unsigned wrong = 0;
        make(fleet, seed + 1000 * machines + boots, odd, (enum host_oddity)(1 + seed % (HOST_ODDITIES - 1)));
        for (unsigned m = 0; m < machines; m++) {
            planted += m < odd;
            found += m < odd && fleet->found[m];
            named += fleet->found[m];
            wrong += m >= odd && fleet->found[m];
        }
        named_false += wrong;
        fleets_false += wrong > 0;
    }
    snprintf(what, sizeof(what), "%u of %u machines odd, %u boots: found", odd, machines, boots);
    if (odd > 0)
        rate_at_least(rates, what, found, planted, least);
    snprintf(what, sizeof(what), "%u of %u machines odd, %u boots: fleets with a false name", odd, machines, boots);
    if (odd <= 1)
        rate_at_most(rates, what, fleets_false, trials, ODD_RATE);
    snprintf(what, sizeof(what), "%u of %u machines odd, %u boots: false names", odd, machines, boots);
    if (odd > 1 && named > 0)
        rate_at_most(rates, what, named_false, named, ODD_RATE);
}

int main(int argc, char **argv)
{
    struct rates rates = rates_begin(argc, argv);
    struct fleet *fleet = calloc(1, sizeof(*fleet));

    if (!fleet)
        return 2;
    hold(&rates, fleet, 300, 10, 1, 0.99);
    hold(&rates, fleet, 300, 10, 0, 0);
    hold(&rates, fleet, 300, 10, 15, 0.95);
    hold(&rates, fleet, 300, 4, 1, 0.95);
    hold(&rates, fleet, 30, 10, 0, 0);
    hold(&rates, fleet, 30, 10, 1, 0.8);
    free(fleet);
    return rates_end(&rates);
}
