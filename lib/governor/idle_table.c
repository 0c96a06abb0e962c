/* SPDX-License-Identifier: MIT */
#include "lib/governor/idle_table.h"

#include "lib/cstring.h"

static bool is_number(const char *word, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        if (word[i] < '0' || word[i] > '9')
            return false;
    return bytes > 0;
}

uint32_t idle_table_find(const struct idle_table *table, const char *word, size_t bytes)
{
    for (uint32_t i = 0; i < table->count; i++)
        if (strlen(table->name[i]) == bytes && memcmp(table->name[i], word, bytes) == 0)
            return i;
    /* IDLE_STATES_MAX is 10, so a number has one digit. */
    if (is_number(word, bytes) && bytes == 1 && (uint32_t)(word[0] - '0') < table->count)
        return (uint32_t)(word[0] - '0');
    return table->count;
}

static bool in_range(int64_t time_ns)
{
    return time_ns >= 0 && time_ns <= IDLE_TIME_MAX_NS;
}

const char *idle_table_check(const struct idle_table *table, uint32_t *state)
{
    *state = 0;
    if (table->count < IDLE_STATES_MIN || table->count > IDLE_STATES_MAX)
        return "a table has 2 to 10 states";
    for (uint32_t i = 0; i < table->count; i++) {
        *state = i;
        if (!in_range(table->exit_latency_ns[i]))
            return "the exit latency is not within 0 to 2147483647000 ns";
        if (!in_range(table->target_residency_ns[i]))
            return "the target residency is not within 0 to 2147483647000 ns";
        if (i > 0 && table->target_residency_ns[i] < table->target_residency_ns[i - 1])
            return "the target residency is below that of the state before";
    }
    return NULL;
}
