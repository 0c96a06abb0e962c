/* SPDX-License-Identifier: MIT */
#include "run/tool/bundle/facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/bundle/tar.h"
#include "run/tool/model/measure.h"
#include "run/tool/model/platform.h"

#define FACTS_BYTES_MAX (4 * 1024 * 1024)

/* Whose figures the table shows: the first step of each that has any. */
static const char *const SHOWN[] = {"wake_hlt",    "wake_mwait",  "wake_umwait",
                                    "wake_tpause", "wake_mwaitx", "cost_pause"};
#define SHOWN_COUNT (sizeof(SHOWN) / sizeof(SHOWN[0]))

static json_t *figure_of(const struct model_run *run, const struct model_step *step, const struct model_metric *metric)
{
    struct measure measure = measure_of(run, metric->unit, false);
    json_t *figure = json_pack("{s:s, s:s, s:s, s:I}", "step", step->name, "metric", metric->name, "unit", measure.unit,
                               "n", (json_int_t)metric->n);
    for (size_t i = 0; figure && i < metric->quantile_count; i++)
        if (strcmp(metric->quantiles[i].name, "p50") == 0 || strcmp(metric->quantiles[i].name, "p99") == 0)
            json_object_set_new(figure, metric->quantiles[i].name,
                                json_real((double)metric->quantiles[i].value * measure.factor));
    return figure;
}

json_t *facts_of_run(struct model *model, const struct model_run *run)
{
    json_t *facts = json_object(), *figures = json_array(), *platform_facts = json_object();
    struct platform platform;
    size_t passed = 0, failed = 0, skipped = 0;

    platform_of(model, run, &platform);
    for (size_t i = 0; i < platform.row_count; i++)
        if (!json_object_get(platform_facts, platform.rows[i].label))
            json_object_set_new(platform_facts, platform.rows[i].label, json_string(platform.rows[i].value));
    for (size_t i = 0; i < run->step_count; i++) {
        const struct model_step *step = &run->steps[i];
        const struct model_metric *metric = model_main_metric(step);
        passed += step->verdict.seen && step->verdict.ok && !step->verdict.skip;
        failed += step->verdict.seen && !step->verdict.ok;
        skipped += step->verdict.seen && step->verdict.skip;
        if (metric && metric->n > 0)
            json_array_append_new(figures, figure_of(run, step, metric));
    }
    json_object_set_new(facts, "run", json_string(run->run_id));
    json_object_set_new(facts, "result", json_string(model_run_word(run)));
    json_object_set_new(facts, "emulated", json_boolean(platform.emulated));
    json_object_set_new(facts, "passed", json_integer((json_int_t)passed));
    json_object_set_new(facts, "failed", json_integer((json_int_t)failed));
    json_object_set_new(facts, "skipped", json_integer((json_int_t)skipped));
    json_object_set_new(facts, "platform", platform_facts);
    json_object_set_new(facts, "figures", figures);
    return facts;
}

/* A text in a cell of a table: no bar, no line end, no markup. */
static void print_cell(const char *text)
{
    for (; *text; text++)
        if (*text == '|' || *text == '\\' || *text == '`' || *text == '*' || *text == '[' || *text == ']')
            printf("\\%c", *text);
        else if (*text == '<')
            fputs("&lt;", stdout);
        else if ((unsigned char)*text >= ' ' && *text != 0x7f)
            putchar(*text);
}

static const char *string_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

/* "wake_hlt_timer_50us 1.90 us, p99 4.20 us". */
static void print_figures(const json_t *figures)
{
    const char *before = "";
    for (size_t s = 0; s < SHOWN_COUNT; s++)
        for (size_t i = 0; i < json_array_size(figures); i++) {
            const json_t *figure = json_array_get(figures, i), *p50 = json_object_get(figure, "p50");
            struct measure measure = {1, string_of(figure, "unit")};
            char text[MEASURE_CHARS];
            if (strncmp(string_of(figure, "step"), SHOWN[s], strlen(SHOWN[s])) != 0 || !json_is_number(p50))
                continue;
            fputs(before, stdout);
            print_cell(string_of(figure, "step"));
            putchar(' ');
            print_cell(measure_scaled(text, measure, json_number_value(p50)));
            if (json_is_number(json_object_get(figure, "p99"))) {
                fputs(", p99 ", stdout);
                print_cell(measure_scaled(text, measure, json_number_value(json_object_get(figure, "p99"))));
            }
            before = "; ";
            break;
        }
}

static void print_run(const char *bundle, const json_t *facts)
{
    const json_t *platform = json_object_get(facts, "platform");
    const char *slash = strrchr(bundle, '/'), *hypervisor = string_of(platform, "hypervisor");

    fputs("| ", stdout);
    print_cell(string_of(platform, "CPU"));
    fputs(" | ", stdout);
    print_cell(json_is_true(json_object_get(facts, "emulated"))   ? "an emulator: times mean nothing"
               : string_of(platform, "ring")[0]                   ? "inside Linux"
               : hypervisor[0] && strcmp(hypervisor, "none") != 0 ? hypervisor
                                                                  : "bare");
    printf(" | %s: %lld passed, %lld failed, %lld skipped | ", string_of(facts, "result"),
           (long long)json_integer_value(json_object_get(facts, "passed")),
           (long long)json_integer_value(json_object_get(facts, "failed")),
           (long long)json_integer_value(json_object_get(facts, "skipped")));
    print_figures(json_object_get(facts, "figures"));
    fputs(" | `", stdout);
    print_cell(slash ? slash + 1 : bundle);
    fputs("` |\n", stdout);
}

static bool print_bundle(const char *bundle)
{
    char *text = tar_read(bundle, FACTS_FILE, FACTS_BYTES_MAX);
    json_t *facts = text ? json_loads(text, 0, NULL) : NULL;
    const json_t *runs = json_object_get(facts, "runs");
    bool good = json_integer_value(json_object_get(facts, "format")) == FACTS_FORMAT && json_array_size(runs) > 0;

    for (size_t i = 0; good && i < json_array_size(runs); i++)
        print_run(bundle, json_array_get(runs, i));
    if (!good)
        fprintf(stderr, "idlelab bundle: %s: found something else, expected a bundle of format %d\n", bundle,
                FACTS_FORMAT);
    json_decref(facts);
    free(text);
    return good;
}

bool facts_table(char **bundles, size_t count)
{
    bool good = true;
    if (count == 0) {
        puts("No bundle has been sent yet.");
        return true;
    }
    puts("| processor | where | verdict | figures | bundle |\n|---|---|---|---|---|");
    for (size_t i = 0; i < count; i++)
        good &= print_bundle(bundles[i]);
    return good;
}
