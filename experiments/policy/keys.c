/* SPDX-License-Identifier: MIT */
/* The keys of `policy`, which combinations make no sense, and what a step will cost. */
#include "experiments/policy/parts.h"

#include "arch/x86/cpu/percpu.h"
#include "lib/kernel_table.h"
#include "lib/cstring.h"
#include "lib/script/words.h"

static const char *const driver_words[] = {"auto", "poll", "hlt", "mwait", "acpi", "haltpoll", NULL};
static const char *const nohz_words[] = {"on", "off", NULL};
static const char *const idle_words[] = {"any", "poll", "halt", "nomwait", NULL};
static const char *const record_words[] = {"none", "trace", NULL};

#define ALL_GOVERNORS "menu+teo+ladder+haltpoll+poll"

const struct param_spec policy_params[KEY_COUNT] = {
    /* governors, those to compare in one step joined by + */
    [KEY_GOVERNOR] = {"governor", PARAM_TEXT, NULL, ALL_GOVERNORS, 0, 0, .list = true},
    /* which states there are */
    [KEY_DRIVER] = {"driver", PARAM_CHOICE, driver_words, "auto", 0, 0, .list = true},
    /* what wakes the CPUs */
    [KEY_PATTERN] = {"pattern", PARAM_TEXT, NULL, "periodic:211", 0, 0, .list = true},
    /* the states' figures: driver, measured, model:NAME, file (a module) */
    [KEY_TABLE] = {"table", PARAM_TEXT, NULL, "driver", 0, 0, .list = true},
    /* tick, Hz */
    [KEY_TICK] = {"tick", PARAM_COUNT, NULL, "250", 24, 10000, .list = true},
    /* may the tick be stopped? */
    [KEY_NOHZ] = {"nohz", PARAM_CHOICE, nohz_words, "on", 0, 0, .list = true},
    /* as the kernel's parameter: poll, halt, nomwait */
    [KEY_IDLE] = {"idle", PARAM_CHOICE, idle_words, "any", 0, 0, .list = true},
    /* states above this index are dropped */
    [KEY_MAX_CSTATE] = {"max_cstate", PARAM_COUNT, NULL, "9", 0, 9, .list = true},
    /* states not to choose, bit i for state i */
    [KEY_DISABLE] = {"disable", PARAM_COUNT, NULL, "0", 0, 1023, .list = true},
    /* limit of the exit latency; 0 = poll only */
    [KEY_LATENCY_LIMIT] = {"latency_limit", PARAM_TIME, NULL, "2147483647us", 0, UINT64_C(2147483647000), .list = true},
    /* CPUs that take part, 0 = all */
    [KEY_CPUS] = {"cpus", PARAM_COUNT, NULL, "0", 0, CPU_MAX, .list = true},
    /* work after each event; 0 = as the pattern says */
    [KEY_WORK] = {"work", PARAM_TIME, NULL, "0ns", 0, 1000000000, .list = true},
    /* in all, over all governors */
    [KEY_TIME] = {"time", PARAM_TIME, NULL, "5s", 1000000, UINT64_C(3600000000000), .unnamed = true},
    /* one governor's turn */
    [KEY_SLICE] = {"slice", PARAM_TIME, NULL, "250ms", 1000000, 1000000000, .unnamed = true},
    /* of the pattern; the same for each governor */
    [KEY_SEED] = {"seed", PARAM_COUNT, NULL, "1", 0, 0, .unnamed = true},
    /* trace: each pass, for `idlelab replay` */
    [KEY_RECORD] = {"record", PARAM_CHOICE, record_words, "none", 0, 0, .unnamed = true},
    /* passes of each governor on each CPU that a trace has room for */
    [KEY_ROWS] = {"rows", PARAM_COUNT, NULL, "1000", 1, 100000, .unnamed = true},
    /* time after which the step ends */
    [KEY_BUDGET] = {"budget", PARAM_TIME, NULL, "60s", 1000000, UINT64_C(3600000000000), .unnamed = true},
};

uint32_t policy_words(const struct script_token *text, struct policy_word *words)
{
    uint32_t count = 0, used = 0;

    for (uint32_t i = 0; i <= text->bytes; i++) {
        bool ends = i == text->bytes || text->text[i] == '+';

        if (count == POLICY_GOVERNORS_MAX || used == POLICY_WORD_BYTES)
            return 0;
        words[count].text[used] = ends ? '\0' : text->text[i];
        if (ends && !used)
            return 0;
        used = ends ? 0 : used + 1;
        count += ends;
    }
    return count;
}

static const char *check_table(const struct script_token *table)
{
    static const char model[] = "model:";
    size_t bytes = sizeof(model) - 1;

    if (words_equal("driver", table->text, table->bytes) || words_equal("measured", table->text, table->bytes) ||
        words_equal("file", table->text, table->bytes))
        return NULL;
    if (table->bytes <= bytes || memcmp(table->text, model, bytes) != 0)
        return "table= is one of driver, measured, model:NAME, file";
    return kernel_table_find(table->text + bytes, table->bytes - bytes)
               ? NULL
               : "no built-in table has that name (table=model:)";
}

static const char *check_governors(const struct script_token *text)
{
    struct policy_word words[POLICY_GOVERNORS_MAX];
    uint32_t count = policy_words(text, words);

    if (!count)
        return "governor= is one to ten names of at most 23 characters, joined by +";
    for (uint32_t i = 0; i < count; i++) {
        const char *argument;

        if (!governor_find(words[i].text, &argument))
            return "governor= names a governor that does not exist: see docs/policies.md";
    }
    return NULL;
}

const char *policy_check(const struct plan_step *plan)
{
    const struct plan_value *values = plan->values;
    struct pattern_spec spec = {0};
    const char *problem = check_governors(&values[KEY_GOVERNOR].text);

    if (!problem)
        problem = pattern_parse(values[KEY_PATTERN].text.text, values[KEY_PATTERN].text.bytes, &spec);
    if (!problem)
        problem = check_table(&values[KEY_TABLE].text);
    if (!problem && values[KEY_CPUS].count == 1 && pattern_is_remote(spec.kind))
        problem = "this pattern takes at least two CPUs (cpus=)";
    return problem;
}

/* The number of CPUs is not known here: counts two; with more, step_alloc() decides. */
uint64_t policy_memory_bytes(const struct plan_step *plan)
{
    uint64_t lanes = 2 * POLICY_GOVERNORS_MAX;
    uint64_t bytes = sizeof(struct policy) + lanes * sizeof(struct policy_lane) +
                     POLICY_KEPT_TOTAL * (4 * sizeof(int64_t) + 1); /* once more to sort them */

    if (plan->values[KEY_RECORD].choice == RECORD_TRACE)
        bytes += lanes * plan_count(plan, "rows", 0) * sizeof(struct policy_row);
    return bytes;
}
