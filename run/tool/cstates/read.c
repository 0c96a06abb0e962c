/* SPDX-License-Identifier: MIT */
#include "run/tool/cstates/read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/model/stats.h"
#include "run/tool/model/record_json.h"

#define PKG_LIMIT_MASK 0x7

static void take_word(char word[CSTATES_WORD_BYTES], const json_t *object, const char *name)
{
    snprintf(word, CSTATES_WORD_BYTES, "%s", model_string(object, name, ""));
}

/* The value, and its interval where the row has one. */
static struct table_quantile quantile_of(const json_t *object, const char *name, const char *interval)
{
    const json_t *pair = json_object_get(object, interval);
    const json_t *low = json_array_get(pair, 0), *high = json_array_get(pair, 1);
    return (struct table_quantile){model_int(object, name, 0), json_integer_value(low), json_integer_value(high),
                                   json_is_integer(low) && json_is_integer(high)};
}

bool cstates_same(const struct cstates_request *one, const struct cstates_request *other)
{
    return one->way == other->way && one->argument == other->argument;
}

bool cstates_request_of(const char *word, struct cstates_request *request)
{
    *request = (struct cstates_request){CSTATES_HLT, 0};
    if (strncmp(word, "ioport:", strlen("ioport:")) == 0)
        request->way = CSTATES_PORT;
    else if (strncmp(word, "mwait:", strlen("mwait:")) == 0)
        request->way = CSTATES_MWAIT;
    else
        return strcmp(word, "hlt") == 0;
    request->argument = (uint32_t)strtoul(strchr(word, ':') + 1, NULL, 0);
    return true;
}

static void take_measure(struct cstates_log *log, const json_t *object)
{
    struct cstates_measure *measure;
    char word[CSTATES_WORD_BYTES];

    if (log->measure_count == CSTATES_MEASURES_MAX)
        return;
    measure = &log->measures[log->measure_count];
    take_word(word, object, "state");
    if (!cstates_request_of(word, &measure->request))
        return;
    take_word(measure->by, object, "by");
    measure->step = model_int(object, "step", 0);
    measure->n = (uint64_t)model_int(object, "n", 0);
    measure->rejected = (uint64_t)model_int(object, "rej", 0);
    take_word(measure->series, object, "series");
    measure->p50 = quantile_of(object, "p50", "p50_ci");
    measure->p99 = quantile_of(object, "p99", "p99_ci");
    if (measure->n > 0)
        log->measure_count++;
}

/* The verdict stands behind its measurement. */
static void take_verdict(struct cstates_log *log, const json_t *object)
{
    struct cstates_request request;
    char state[CSTATES_WORD_BYTES], by[CSTATES_WORD_BYTES];
    take_word(state, object, "state");
    take_word(by, object, "by");
    if (!cstates_request_of(state, &request))
        return;
    for (uint32_t i = 0; i < log->measure_count; i++) {
        struct cstates_measure *measure = &log->measures[i];
        if (measure->step != model_int(object, "step", 0) || strcmp(measure->by, by) != 0 ||
            !cstates_same(&measure->request, &request))
            continue;
        take_word(measure->entered, object, "verdict");
        take_word(measure->sure, object, "conf");
    }
}

static void take_pair(struct cstates_log *log, const json_t *object)
{
    struct cstates_pair *pair;
    char basis[CSTATES_WORD_BYTES];

    if (log->pair_count == CSTATES_PAIRS_MAX)
        return;
    pair = &log->pairs[log->pair_count++];
    pair->step = model_int(object, "step", 0);
    take_word(basis, object, "basis");
    take_word(pair->from, object, "from");
    take_word(pair->to, object, "to");
    pair->outcome = CROSSING_SEVERAL;
    while (pair->outcome != CROSSING_NONE && strcmp(crossing_name(pair->outcome), model_string(object, "out", "")) != 0)
        pair->outcome--;
    pair->by_energy = strcmp(basis, "energy") == 0;
    pair->at_ns = model_int(object, "ns", 0);
    pair->low_ns = model_int(object, "low", 0);
    pair->high_ns = model_int(object, "high", 0);
}

static void take_check(struct cstates_log *log, const json_t *object)
{
    struct cstates_check *check;
    char value[CSTATES_WORD_BYTES];
    bool known;

    if (log->check_count == CSTATES_CHECKS_MAX)
        return;
    check = &log->checks[log->check_count++];
    take_word(check->what, object, "what");
    check->state = reason_find(preflight_states, PREFLIGHT_UNKNOWN, model_string(object, "is", ""));
    take_word(value, object, "v");
    check->value = strtoull(value, NULL, 16);
    check->cpu = (uint32_t)model_int(object, "cpu", 0);
    check->cpus = (uint32_t)model_int(object, "cpus", 0);
    known = check->cpu == 0 && check->state != PREFLIGHT_UNKNOWN;
    if (known && strcmp(check->what, "pkg_limit") == 0)
        log->place.pkg_limit = check->value & PKG_LIMIT_MASK;
    if (known && strcmp(check->what, "port_base") == 0)
        log->port_base = (uint32_t)check->value;
}

static void take_acpi(struct cstates_log *log, const json_t *object)
{
    struct cstates_acpi *acpi;

    if (log->acpi_count == CSTATES_ACPI_MAX)
        return;
    acpi = &log->acpi[log->acpi_count++];
    take_word(acpi->how, object, "how");
    take_word(acpi->argument, object, "arg");
    acpi->lpi = strcmp(model_string(object, "by", ""), "lpi") == 0;
    acpi->known = cstates_request_of(acpi->how, &acpi->request) || strcmp(acpi->how, "mwait") == 0 ||
                  strcmp(acpi->how, "ioport") == 0;
    if (strcmp(acpi->how, "mwait") == 0)
        acpi->request.way = CSTATES_MWAIT;
    else if (strcmp(acpi->how, "ioport") == 0)
        acpi->request.way = CSTATES_PORT;
    if (acpi->request.way != CSTATES_HLT)
        acpi->request.argument = (uint32_t)strtoull(acpi->argument, NULL, 16);
    acpi->type = model_int(object, "type", 0);
    acpi->exit_us = model_int(object, "us", 0);
    acpi->target_us = model_int(object, "target_us", 0);
    acpi->n = model_int(object, "n", 0);
}

static void take_row(struct cstates_log *log, const struct model_row *row)
{
    static const struct {
        const char *kind;
        void (*take)(struct cstates_log *log, const json_t *object);
    } takers[] = {{"cstate", take_measure},
                  {"cstate_verdict", take_verdict},
                  {"breakeven", take_pair},
                  {"preflight", take_check},
                  {"acpi_state", take_acpi}};
    for (size_t i = 0; i < sizeof(takers) / sizeof(takers[0]); i++)
        if (strcmp(takers[i].kind, row->kind) == 0)
            takers[i].take(log, row->values);
}

static void take_run(struct cstates_log *log, const struct model_run *run)
{
    for (size_t i = 0; i < run->step_count; i++)
        for (size_t k = 0; k < run->steps[i].row_count; k++)
            take_row(log, &run->steps[i].rows[k]);
    for (size_t i = 0; i < run->kept_count; i++)
        if (json_object_get(run->kept[i], "pkg"))
            log->packages_seen |= UINT64_C(1) << (model_int(run->kept[i], "pkg", 0) & 63);
}

/* The type of the cores that the step measured. */
static void find_core(const struct model_run *run, int64_t step, char core[CSTATES_CORE_BYTES])
{
    for (size_t i = 0; i < run->step_count; i++)
        if (run->steps[i].id == step)
            snprintf(core, CSTATES_CORE_BYTES, "%s", run->steps[i].core);
}

/* What the step's key says about the other CPUs. */
static void find_others(const struct model_run *run, struct cstates_measure *measure)
{
    static const char key[] = "others=";
    for (size_t i = 0; i < run->step_count; i++) {
        const char *args = run->steps[i].args, *at = args ? strstr(args, key) : NULL;
        if (run->steps[i].id != measure->step || !at)
            continue;
        at += strlen(key);
        snprintf(measure->others, sizeof(measure->others), "%.*s", (int)strcspn(at, " "), at);
    }
}

static uint32_t fact_number(struct model *model, const struct model_run *run, const char *key)
{
    const char *text = model_fact(model, run, "cpu", key);
    return text ? (uint32_t)strtoul(text, NULL, 0) : 0;
}

static void find_fadt(struct model *model, const struct model_run *run, struct cstates_log *log)
{
    const char *c2 = model_fact(model, run, "env", "fadt_c2_us"), *c3 = model_fact(model, run, "env", "fadt_c3_us");

    log->has_fadt = c2 && c3;
    if (log->has_fadt) {
        log->fadt_c2_us = (uint32_t)strtoul(c2, NULL, 0);
        log->fadt_c3_us = (uint32_t)strtoul(c3, NULL, 0);
    }
}

static void find_platform(struct model *model, const struct model_run *run, struct cstates_log *log)
{
    const char *vendor = model_fact(model, run, "cpu", "vendor");
    const char *brand = model_fact(model, run, "cpu", "brand");
    const char *hypervisor = model_fact(model, run, "env", "hypervisor");
    const char *emulator = model_fact(model, run, "env", "emulator");
    log->cpu = brand && brand[0] ? brand : (vendor ? vendor : "unknown processor");
    log->tsc_hz = run->tsc_hz;
    log->guest = (hypervisor && strcmp(hypervisor, "none") != 0) || (emulator && strcmp(emulator, "0") != 0);
    log->place.intel = vendor && strcmp(vendor, "GenuineIntel") == 0;
    log->place.family = fact_number(model, run, "family");
    log->place.model = fact_number(model, run, "model");
    log->place.sockets = (uint32_t)__builtin_popcountll(log->packages_seen);
    log->table = vendor ? kernel_table_of(&log->place) : NULL;
}

void cstates_of_run(struct model *model, const struct model_run *run, struct cstates_log *log)
{
    memset(log, 0, sizeof(*log));
    log->place.pkg_limit = KERNEL_LIMIT_UNKNOWN;
    take_run(log, run);
    find_platform(model, run, log);
    find_fadt(model, run, log);
    for (uint32_t i = 0; i < log->measure_count; i++) {
        find_others(run, &log->measures[i]);
        find_core(run, log->measures[i].step, log->measures[i].core);
    }
    for (uint32_t i = 0; i < log->pair_count; i++)
        find_core(run, log->pairs[i].step, log->pairs[i].core);
}

bool cstates_read(const char *name, struct model *model, struct load_result *result, struct cstates_log *log)
{
    struct load_options options = {0};

    memset(log, 0, sizeof(*log));
    log->place.pkg_limit = KERNEL_LIMIT_UNKNOWN;
    if (!load_log(name, &options, model, result))
        return false;
    if (model->run_count > 0)
        cstates_of_run(model, &model->runs[model->run_count - 1], log);
    return true;
}

static uint32_t add_core(char cores[][CSTATES_CORE_BYTES], uint32_t count, uint32_t most, const char *core)
{
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(cores[i], core) == 0)
            return count;
    if (count < most)
        snprintf(cores[count], CSTATES_CORE_BYTES, "%s", core);
    return count < most ? count + 1 : count;
}

uint32_t cstates_cores(const struct cstates_log *log, char cores[][CSTATES_CORE_BYTES], uint32_t most)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < log->measure_count; i++)
        count = add_core(cores, count, most, log->measures[i].core);
    for (uint32_t i = 0; i < log->pair_count; i++)
        count = add_core(cores, count, most, log->pairs[i].core);
    return count ? count : add_core(cores, 0, most, "");
}

void cstates_of_core(const struct cstates_log *log, const char *core, struct cstates_log *part)
{
    *part = *log;
    part->measure_count = part->pair_count = 0;
    for (uint32_t i = 0; i < log->measure_count; i++)
        if (strcmp(log->measures[i].core, core) == 0)
            part->measures[part->measure_count++] = log->measures[i];
    for (uint32_t i = 0; i < log->pair_count; i++)
        if (strcmp(log->pairs[i].core, core) == 0)
            part->pairs[part->pair_count++] = log->pairs[i];
}
