/* SPDX-License-Identifier: MIT */
#include "tests/docs/tables.h"

#include <stdio.h>
#include <string.h>

#include "arch/x86/idle/idle.h"
#include "arch/x86/wake/wake.h"
#include "experiments/engine/builtin_scripts.h"
#include "lib/governor/governor.h"
#include "lib/kernel_table.h"
#include "lib/rows/reasons.h"
#include "lib/rows/rows.h"
#include "lib/script/plan_value.h"
#include "lib/script/words.h"
#include "run/tool/plan/image.h"
#include "run/tool/report/words.h"
#include "tests/docs/keys.h"
#include "tests/docs/plans.h"

enum { NS_PER_S = 1000000000 };

typedef int format_field(struct cpuid_field field, char *text, size_t bytes);

static const struct experiment_spec *spec_of(const char *name)
{
    const struct experiment *experiment = plans_find(name, strcspn(name, " "));

    return experiment ? &experiment->spec : NULL;
}

static bool part_keys(const char *name, struct table_sink *sink)
{
    const struct experiment_spec *spec = spec_of(name);
    struct table_row row;

    for (size_t i = 0; spec && i < spec->param_count; i++) {
        keys_row(&row, spec, &spec->params[i]);
        sink->row(sink, &row);
    }
    return spec != NULL;
}

/* The words of one key, to be explained: "cost insn". */
static bool part_words(const char *arguments, struct table_sink *sink)
{
    const struct experiment_spec *spec = spec_of(arguments);
    const char *key = strchr(arguments, ' ');

    for (size_t i = 0; spec && key && i < spec->param_count; i++) {
        if (strcmp(spec->params[i].key, key + 1) || !spec->params[i].words)
            continue;
        for (const char *const *word = spec->params[i].words; *word; word++) {
            struct table_row row = {.count = 1};

            keys_add_word(row.cells[0], *word);
            sink->row(sink, &row);
        }
        return true;
    }
    return false;
}

/* Each experiment with the keys that stand in a step's name, and those that do only where they vary. */
static bool part_experiments(const char *arguments, struct table_sink *sink)
{
    const struct experiment *experiment;

    (void)arguments;
    for (size_t i = 0; (experiment = plans_experiment(i)); i++) {
        const struct experiment_spec *spec = &experiment->spec;
        struct table_row row = {.count = 3};

        snprintf(row.cells[0], CELL_BYTES, "`%s`", spec->name);
        for (size_t k = 0; k < spec->param_count; k++) {
            char *cell = row.cells[spec->params[k].unnamed ? 2 : 1];
            size_t used = strlen(cell);

            snprintf(cell + used, CELL_BYTES - used, "%s`%s`", used ? " " : "", spec->params[k].key);
        }
        sink->row(sink, &row);
    }
    return true;
}

static bool part_methods(const char *arguments, struct table_sink *sink)
{
    const struct idle_method *const *method = image_symbol("__lab_methods_start");
    const struct idle_method *const *end = image_symbol("__lab_methods_end");
    const char *const *words = image_symbol("__lab_method_words");
    format_field *format = (format_field *)image_symbol("cpuid_field_format");

    (void)arguments;
    for (; method < end; method++, words++) {
        struct table_row row = {.count = 2};
        char field[40], masked[40];

        keys_add_word(row.cells[0], *words);
        format((*method)->need, field, sizeof(field));
        format((*method)->need_masked, masked, sizeof(masked));
        snprintf(row.cells[1], CELL_BYTES, "%s%s%s%s", (*method)->need.leaf ? field : "",
                 (*method)->need_masked.leaf ? "; masked: " : "", (*method)->need_masked.leaf ? masked : "",
                 (*method)->believe ? "; a wait that takes its time" : "");
        sink->row(sink, &row);
    }
    return true;
}

static bool part_sources(const char *arguments, struct table_sink *sink)
{
    (void)arguments;
    for (const char *const *word = image_symbol("__lab_source_words"); *word; word++) {
        struct table_row row = {.count = 1};

        keys_add_word(row.cells[0], *word);
        sink->row(sink, &row);
    }
    return true;
}

/* What `wake` says to a method and a source: "yes", "no", or why not. */
static const char *cross(const char *method, const char *source, const char *irq)
{
    static char message[SCRIPT_ERROR_LINE_BYTES];
    bool needed;
    struct script_token form = plan_argument_form(method, &needed);
    char script[160];

    snprintf(script, sizeof(script), "wake idle=%.*s%s%.*s by=%s irq=%s", (int)words_stem_bytes(method), method,
             needed ? ":" : "", needed ? (int)strcspn(form.text, "|.") : 0, form.text, source, irq);
    if (plans_check(script, NULL, message))
        return "yes";
    return strstr(message, "cannot end") || strstr(message, "cannot wait") || strstr(message, "masked only") ? "no"
                                                                                                             : message;
}

/* Which source can end which method, as `wake` judges: "crosses on", "crosses masked". */
static bool part_crosses(const char *irq, struct table_sink *sink)
{
    const char *const *sources = image_symbol("__lab_source_words");
    char head[CELL_BYTES] = "| |", line[CELL_BYTES] = "|---|";

    for (const char *const *source = sources; *source; source++) {
        snprintf(head + strlen(head), sizeof(head) - strlen(head), " `%s` |", *source);
        strcat(line, "---|");
    }
    sink->line(sink, head);
    sink->line(sink, line);
    for (const char *const *method = image_symbol("__lab_method_words"); *method; method++) {
        snprintf(line, sizeof(line), "| `%.*s` |", (int)words_stem_bytes(*method), *method);
        for (const char *const *source = sources; *source; source++)
            snprintf(line + strlen(line), sizeof(line) - strlen(line), " %s |", cross(*method, *source, irq));
        sink->line(sink, line);
    }
    return true;
}

/* The longest that a step measures. */
static uint64_t limit_ns(const struct plan_step *step)
{
    uint64_t budget = plan_time_ns(step, "budget", UINT64_MAX), time = plan_time_ns(step, "time", UINT64_MAX);
    uint64_t least = budget < time ? budget : time;

    return least == UINT64_MAX ? 0 : least;
}

/* The built-in scripts, how many steps they have, and the sum of the steps' limits of time. */
static bool part_scripts(const char *arguments, struct table_sink *sink)
{
    const struct builtin_script *scripts = image_symbol("builtin_scripts");
    size_t count = *(const size_t *)image_symbol("builtin_script_count");

    (void)arguments;
    for (size_t i = 0; i < count; i++) {
        char message[SCRIPT_ERROR_LINE_BYTES];
        struct table_row row = {.count = 3};
        struct plan plan;
        uint64_t sum_ns = 0;

        if (!plans_check(scripts[i].text, &plan, message))
            return false;
        for (size_t step = 0; step < plan.step_count; step++)
            sum_ns += limit_ns(&plan.steps[step]);
        snprintf(row.cells[0], CELL_BYTES, "`%s`", scripts[i].name);
        snprintf(row.cells[1], CELL_BYTES, "%zu", plan.step_count);
        snprintf(row.cells[2], CELL_BYTES, "%llu s", (unsigned long long)(sum_ns + NS_PER_S - 1) / NS_PER_S);
        sink->row(sink, &row);
    }
    return true;
}

static bool part_governors(const char *arguments, struct table_sink *sink)
{
    (void)arguments;
    for (uint32_t i = 0; i < governor_count(); i++) {
        const struct governor *governor = governor_at(i);
        struct table_row row = {.count = 1};

        if (governor->alias)
            snprintf(row.cells[0], CELL_BYTES, "`%s` (`%s`)", governor->name, governor->alias);
        else
            snprintf(row.cells[0], CELL_BYTES, "`%s%s`", governor->name, governor->needs_argument ? ":STATE" : "");
        sink->row(sink, &row);
    }
    return true;
}

static bool part_kernel_tables(const char *arguments, struct table_sink *sink)
{
    const struct kernel_table *table;
    char line[CELL_BYTES] = "";

    (void)arguments;
    for (size_t i = 0; (table = kernel_table_at(i)); i++)
        snprintf(line + strlen(line), sizeof(line) - strlen(line), "%s`%s`", i ? " " : "", table->name);
    sink->line(sink, line);
    return true;
}

/* Each kind of row with its members. */
static bool part_rows(const char *arguments, struct table_sink *sink)
{
    const struct row_kind *kind;

    (void)arguments;
    for (size_t i = 0; (kind = row_kind_at(i)); i++) {
        struct table_row row = {.count = 2};

        snprintf(row.cells[0], CELL_BYTES, "`%s`", kind->name);
        snprintf(row.cells[1], CELL_BYTES, "`%s`", kind->members);
        sink->row(sink, &row);
    }
    return true;
}

static void add_reasons(struct table_sink *sink, const char *of, const struct reason *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct table_row row = {.count = 3};

        snprintf(row.cells[0], CELL_BYTES, of, (unsigned)i);
        snprintf(row.cells[1], CELL_BYTES, "`%s`", list[i].word);
        snprintf(row.cells[2], CELL_BYTES, "%s", list[i].meaning);
        sink->row(sink, &row);
    }
}

static bool part_reasons(const char *arguments, struct table_sink *sink)
{
    (void)arguments;
    add_reasons(sink, "sample, %u", sample_rejects, REJECT_COUNT);
    add_reasons(sink, "step", step_ends, STEP_ENDS);
    add_reasons(sink, "machine", machine_deaths, MACHINE_DEATHS);
    return true;
}

/* Of the host tool, not of the image. */
static bool part_glossary(const char *arguments, struct table_sink *sink)
{
    (void)arguments;
    for (size_t i = 0; i < REPORT_WORDS; i++) {
        struct table_row row = {.count = 2};

        snprintf(row.cells[0], CELL_BYTES, "%s", report_words[i].word);
        snprintf(row.cells[1], CELL_BYTES, "%s", report_words[i].meaning);
        sink->row(sink, &row);
    }
    return true;
}

/* The keys of the boot command line, from the message that lists them. */
static bool part_cmdline_keys(const char *arguments, struct table_sink *sink)
{
    char message[SCRIPT_ERROR_LINE_BYTES], *next, *word;

    (void)arguments;
    plans_check_cmdline("scripx=1", message);
    if (!(next = strstr(message, "expected one of ")))
        return false;
    next += strlen("expected one of ");
    next[strcspn(next, ";")] = '\0';
    for (word = strtok(next, ", "); word; word = strtok(NULL, ", ")) {
        struct table_row row = {.count = 1};

        snprintf(row.cells[0], CELL_BYTES, "`%s`", word);
        sink->row(sink, &row);
    }
    return true;
}

/* Each script of the marker with the message that it gets. */
static bool part_errors(const char *what, struct table_sink *sink, const char *const *script, size_t script_count)
{
    bool is_cmdline = !strcmp(what, "cmdline");

    sink->line(sink, "```");
    for (size_t i = 0; i < script_count; i++) {
        char message[SCRIPT_ERROR_LINE_BYTES], line[SCRIPT_ERROR_LINE_BYTES + 8];

        if (is_cmdline ? plans_check_cmdline(script[i], message) : plans_check(script[i], NULL, message))
            return false;
        snprintf(line, sizeof(line), "    %s", message);
        sink->line(sink, script[i]);
        sink->line(sink, line);
    }
    sink->line(sink, "```");
    return true;
}

bool tables_part(const char *what, struct table_sink *sink, const char *const *script, size_t script_count)
{
    static const struct {
        const char *name;
        bool (*part)(const char *arguments, struct table_sink *sink);
    } parts[] = {
        {"keys ", part_keys},
        {"words ", part_words},
        {"experiments", part_experiments},
        {"methods", part_methods},
        {"sources", part_sources},
        {"crosses ", part_crosses},
        {"scripts", part_scripts},
        {"governors", part_governors},
        {"kernel tables", part_kernel_tables},
        {"cmdline keys", part_cmdline_keys},
        {"rows", part_rows},
        {"reasons", part_reasons},
        {"glossary", part_glossary},
    };

    if (!strncmp(what, "errors ", 7))
        return part_errors(what + 7, sink, script, script_count);
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (!strncmp(what, parts[i].name, strlen(parts[i].name)))
            return parts[i].part(what + strlen(parts[i].name), sink);
    return false;
}
