/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "run/tool/advise/advice.h"

static void add(struct advice *advice, const char *name, const char *word, const struct idle_table *table,
                int64_t limit_ns)
{
    struct advice_candidate *candidate = &advice->candidate[advice->candidates];

    if (advice->candidates == ADVICE_CANDIDATES_MAX)
        return;
    snprintf(candidate->name, sizeof(candidate->name), "%.31s", name);
    candidate->governor = governor_find(word, &candidate->argument);
    candidate->table = table;
    candidate->limit_ns = limit_ns;
    if (candidate->governor)
        advice->candidates++;
}

/*
 * Governors with the recorded table, the oracle with the measured one; the machine's own with each limit, and with each
 * part of a measured table.
 */
void advice_candidates(struct advice *advice)
{
    static const char *const GOVERNORS[] = {"menu", "teo", "ladder", "haltpoll", "poll", "oracle"};
    const char *own = advice->version[0] ? advice->version : "menu";
    char name[ADVICE_NAME_BYTES];

    add(advice, own, own, &advice->table, IDLE_LIMIT_NONE_NS);
    advice->candidate[0].is_linux = true;
    for (size_t i = 0; i < sizeof(GOVERNORS) / sizeof(GOVERNORS[0]); i++)
        if (strcmp(GOVERNORS[i], own) != 0)
            add(advice, GOVERNORS[i], GOVERNORS[i],
                strcmp(GOVERNORS[i], "oracle") == 0 ? &advice->truth : &advice->table, IDLE_LIMIT_NONE_NS);
    for (uint32_t s = 1; s + 1 < advice->table.count; s++) {
        snprintf(name, sizeof(name), "%.12s<=%.10s", own, advice->table.name[s]);
        if (!idle_state_disabled(&advice->table, s))
            add(advice, name, own, &advice->table, advice->table.exit_latency_ns[s]);
    }
    if (!advice->measured)
        return;
    snprintf(name, sizeof(name), "%.12s+exits", own);
    add(advice, name, own, &advice->exits, IDLE_LIMIT_NONE_NS);
    snprintf(name, sizeof(name), "%.12s+residencies", own);
    add(advice, name, own, &advice->residencies, IDLE_LIMIT_NONE_NS);
    snprintf(name, sizeof(name), "%.12s+measured", own);
    add(advice, name, own, &advice->truth, IDLE_LIMIT_NONE_NS);
}
