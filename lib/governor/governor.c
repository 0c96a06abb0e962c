/* SPDX-License-Identifier: MIT */
#include "lib/governor/governor.h"

#include "lib/cstring.h"

/* Start and end of the section that GOVERNOR() writes to; the linker defines both. */
extern const struct governor *const __start_lab_governors[];
extern const struct governor *const __stop_lab_governors[];

uint32_t governor_count(void)
{
    return (uint32_t)(((uintptr_t)__stop_lab_governors - (uintptr_t)__start_lab_governors) / sizeof(uintptr_t));
}

const struct governor *governor_at(uint32_t index)
{
    return __start_lab_governors[index];
}

static bool is_word(const char *name, const char *word, size_t bytes)
{
    return name && strlen(name) == bytes && memcmp(name, word, bytes) == 0;
}

const struct governor *governor_find(const char *word, const char **argument)
{
    const char *colon = strchr(word, ':');
    size_t bytes = colon ? (size_t)(colon - word) : strlen(word);

    *argument = colon ? colon + 1 : NULL;
    for (uint32_t i = 0; i < governor_count(); i++) {
        const struct governor *governor = governor_at(i);

        if (is_word(governor->name, word, bytes) || is_word(governor->alias, word, bytes))
            return governor;
    }
    return NULL;
}

static const char *read_argument(const struct governor *governor, const char *text, const struct idle_table *table,
                                 uint32_t *argument)
{
    *argument = 0;
    if (!governor->needs_argument)
        return text ? "it takes no argument" : NULL;
    if (!text)
        return "it needs the name or the number of a state after a colon";
    *argument = idle_table_find(table, text, strlen(text));
    return *argument < table->count ? NULL : "the table has no state of that name or number";
}

const char *governor_start(struct governor_run *run, const struct governor *governor, const char *argument,
                           const struct idle_loop *loop)
{
    uint32_t state;
    uint32_t number;
    const char *why = idle_table_check(loop->table, &state);

    if (!why)
        why = read_argument(governor, argument, loop->table, &number);
    if (!why && governor->needs_future && !loop->answers->future_ns)
        why = "it needs to know the future";
    if (!why && governor->state_bytes > sizeof(run->state))
        why = "its own state is larger than GOVERNOR_STATE_BYTES";
    if (!why && governor->check)
        why = governor->check(loop->table, number);
    if (why)
        return why;
    memset(run, 0, sizeof(*run));
    run->governor = governor;
    run->loop = *loop;
    memset(&run->loop.device, 0, sizeof(run->loop.device));
    if (governor->enable)
        governor->enable(run->state, &run->loop, number);
    return NULL;
}

bool governor_choose(struct governor_run *run, struct governor_choice *choice)
{
    bool stop = true;

    run->loop.queried = false;
    run->loop.forecast_ns = 0;
    choice->state = run->governor->select(run->state, &run->loop, &stop);
    choice->stop_tick = stop;
    choice->queried = run->loop.queried;
    if (choice->state >= run->loop.table->count)
        return false;
    if (stop && !run->tick_always)
        run->loop.tick_stopped = true;
    choice->tick_stopped = run->loop.tick_stopped;
    return true;
}

void governor_slept(struct governor_run *run, uint32_t chosen, uint64_t residency_ns, bool tick_woke)
{
    run->loop.device.residency_ns = residency_ns;
    idle_counters_add(&run->counters, run->loop.table, chosen, residency_ns);
    run->loop.tick_woke = tick_woke;
    run->governor->reflect(run->state, &run->loop, chosen);
    run->loop.tick_woke = false;
}

void governor_refused(struct governor_run *run, uint32_t chosen)
{
    run->loop.device.residency_ns = 0;
    run->counters.state[chosen].rejected++;
}
