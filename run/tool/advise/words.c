/* SPDX-License-Identifier: MIT */
/* One sentence each: what another choice would change, which states never pay, what is wrong with the table. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "run/tool/advise/advice.h"

static bool is_sure(struct advice_interval change)
{
    return change.half >= 0 && fabs(change.mean) > change.half && fabs(change.mean) >= 0.005;
}

static void say_candidate(const struct advice_candidate *candidate, const struct advice_candidate *own)
{
    struct advice_interval latency = advice_latency_change(&candidate->tally, &own->tally);
    struct advice_interval cost = advice_cost_change(&candidate->tally, &own->tally);

    printf("- %s:", candidate->name);
    if (!is_sure(latency) && !is_sure(cost)) {
        printf(" no difference from %s that this trace can show.\n", own->name);
        return;
    }
    if (is_sure(latency))
        printf(" wakes %s by %.1f %% (+-%.1f) than %s", latency.mean < 0 ? "sooner" : "later", 100 * fabs(latency.mean),
               100 * latency.half, own->name);
    else
        printf(" wakes about as soon as %s", own->name);
    if (is_sure(cost))
        printf(", %s it costs %.1f %% (+-%.1f) %s.\n",
               (latency.mean < 0 || !is_sure(latency)) == (cost.mean < 0) ? "and" : "but", 100 * fabs(cost.mean),
               100 * cost.half, cost.mean < 0 ? "less" : "more");
    else
        printf(", and costs as much.\n");
}

static void say_states(const struct advice *advice)
{
    const struct advice_candidate *oracle = NULL;

    for (uint32_t c = 0; c < advice->candidates; c++)
        if (strcmp(advice->candidate[c].name, "oracle") == 0 && !advice->candidate[c].why)
            oracle = &advice->candidate[c];
    for (uint32_t s = 1; oracle && s < advice->table.count; s++) {
        uint64_t right = oracle->tally.counters.state[s].usage;

        if (idle_state_disabled(&advice->table, s))
            continue;
        if (advice->fits[s] == 0)
            printf("- %s never paid: no period was as long as its target residency of %.1f us.\n",
                   advice->table.name[s], (double)advice->truth.target_residency_ns[s] / 1000);
        else if (right == 0)
            printf("- %s never paid: whenever a period was long enough for it, another state was cheaper.\n",
                   advice->table.name[s]);
        else if (right * 1000 < advice->rows)
            printf("- %s paid in %" PRIu64 " of %" PRIu64 " periods only.\n", advice->table.name[s], right,
                   advice->rows);
    }
}

static const struct advice_candidate *find(const struct advice *advice, const char *ending)
{
    for (uint32_t c = 0; c < advice->candidates; c++) {
        const char *plus = strrchr(advice->candidate[c].name, '+');

        if (plus && strcmp(plus, ending) == 0 && !advice->candidate[c].why)
            return &advice->candidate[c];
    }
    return NULL;
}

/* With a measured table: which half of it changes the choices for the better. */
static void say_table(const struct advice *advice)
{
    const struct advice_candidate *own = &advice->candidate[0], *all = find(advice, "+measured");
    const struct advice_candidate *exits = find(advice, "+exits"), *residencies = find(advice, "+residencies");
    struct advice_interval by_all, by_exits, by_residencies;

    if (!advice->measured) {
        printf("- Whether the table is right cannot be said without a measured one (--table, from `idlelab cstates "
               "--csv').\n");
        return;
    }
    if (!all || !exits || !residencies)
        return;
    by_all = advice_cost_change(&all->tally, &own->tally);
    by_exits = advice_cost_change(&exits->tally, &own->tally);
    by_residencies = advice_cost_change(&residencies->tally, &own->tally);
    if (!is_sure(by_all) || by_all.mean > 0) {
        printf("- The table does not hurt: with the measured one %s would cost no less.\n", own->name);
        return;
    }
    printf("- The table hurts: with the measured one %s would cost %.1f %% (+-%.1f) less; the %s are what is wrong "
           "(alone %.1f %%).\n",
           own->name, -100 * by_all.mean, 100 * by_all.half,
           by_exits.mean < by_residencies.mean ? "exit latencies" : "target residencies",
           -100 * (by_exits.mean < by_residencies.mean ? by_exits.mean : by_residencies.mean));
}

void advice_words(const struct advice *advice)
{
    printf("\nin words (against %s, %s, on the same periods)\n", advice->candidate[0].name,
           advice->version[0] ? "the governor of that machine" : "for the machine's own is not known");
    for (uint32_t c = 1; c < advice->candidates; c++)
        if (!advice->candidate[c].why && strcmp(advice->candidate[c].name, "oracle") != 0 &&
            !strchr(advice->candidate[c].name, '+'))
            say_candidate(&advice->candidate[c], &advice->candidate[0]);
    say_states(advice);
    say_table(advice);
}

/* What polling first would have done with the waits that were seen; a ns of lateness counts as one of polling. */
void advice_polls(const struct advice *advice)
{
    uint32_t first = idle_state_polls(&advice->truth, 0) ? 1 : 0, best = ADVICE_BUDGETS;
    int64_t exit_ns = advice->truth.exit_latency_ns[first];
    double least = (double)exit_ns * (double)advice->rows, none = least;

    printf("\npolling before a halt (halt_poll_ns, guest_halt_poll_ns): the halt's exit is taken as %.1f us\n"
           "%12s %9s %14s %14s\n",
           (double)exit_ns / 1000, "budget us", "caught %", "late us/wake", "burnt us/wake");
    for (uint32_t b = 0; b < ADVICE_BUDGETS; b++) {
        double late = (double)exit_ns * (double)(advice->rows - advice->caught[b]);
        double burnt = (double)advice->burnt_ns[b], rows = advice->rows ? (double)advice->rows : 1;

        printf("%12.0f %9.2f %14.3f %14.3f\n", (double)ADVICE_BUDGET_NS[b] / 1000,
               100 * (double)advice->caught[b] / rows, late / rows / 1000, burnt / rows / 1000);
        if (late + burnt < least) {
            least = late + burnt;
            best = b;
        }
    }
    if (best == ADVICE_BUDGETS)
        printf("- No budget pays, if a microsecond of polling is worth one of latency.\n");
    else
        printf("- A budget of %.0f us pays best, if a microsecond of polling is worth one of latency: the sum falls to "
               "%.0f %%.\n",
               (double)ADVICE_BUDGET_NS[best] / 1000, 100 * least / none);
}
