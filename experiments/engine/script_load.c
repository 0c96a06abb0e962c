/* SPDX-License-Identifier: MIT */
#include "experiments/engine/script_load.h"

#include "arch/x86/machine.h"
#include "experiments/engine/builtin_scripts.h"
#include "experiments/kit/experiment.h"
#include "lib/crc.h"
#include "lib/cstring.h"
#include "lib/fmt.h"
#include "lib/json.h"
#include "lib/text.h"
#include "lib/script/script_name.h"

enum {
    SPECS_MAX = 64,
    RESERVE_BYTES = 1024 * 1024, /* memory left for what a step needs besides its samples */
    EXTRA_BYTES = 64,
    WORDS_MAX = 32,
};

extern const struct experiment *const __lab_experiments_start[];
extern const struct experiment *const __lab_experiments_end[];

struct source {
    const char *file;
    const char *text;
    size_t bytes;
};

static bool find_builtin(const char *name, struct source *source)
{
    for (size_t i = 0; i < builtin_script_count; i++) {
        const struct builtin_script *script = &builtin_scripts[i];

        if (!strcmp(script->name, name)) {
            *source = (struct source){script->name, script->text, script->text_bytes};
            return true;
        }
    }
    return false;
}

static void choose(const struct boot_info *boot, const char *wish, struct source *source)
{
    const struct boot_module *module = &boot->modules[0];

    if (wish && find_builtin(wish, source))
        return;
    if (wish)
        *source = (struct source){"script", wish, strlen(wish)};
    else if (boot->module_count)
        *source = (struct source){module->name[0] ? module->name : "module", (const char *)(uintptr_t)module->start,
                                  module->bytes};
    else if (!find_builtin("default", source))
        *source = (struct source){"script", "", 0};
}

static void emit_line(struct record_stream *stream, const struct source *source, unsigned number, const char *line)
{
    char text[JSON_OBJECT_BYTES];
    struct json head;

    json_begin(&head, text, sizeof(text));
    json_add(&head, "t:%s file:%s line:%u", "plan", source->file, number);
    record_long(stream, &head, "text", line, true);
}

/* Each line as read, and the CRC of the whole. */
static void emit_text(struct record_stream *stream, const struct source *source)
{
    char line[SCRIPT_LINE_MAX + 1];
    unsigned number = 1;
    size_t used = 0;

    record_env(stream, "script", source->file);
    record_env_uint(stream, "script_bytes", source->bytes);
    record_env_uint(stream, "script_crc32", crc32_update(0, source->text, source->bytes));
    for (size_t i = 0; i <= source->bytes; i++) {
        bool end = i == source->bytes || source->text[i] == '\n';

        if (!end && used < SCRIPT_LINE_MAX && source->text[i] != '\r')
            line[used++] = source->text[i];
        if (!end)
            continue;
        line[used] = '\0';
        if (used)
            emit_line(stream, source, number, line);
        number++;
        used = 0;
    }
}

void script_report_errors(struct record_stream *stream, const char *id, const struct script_errors *errors)
{
    for (size_t i = 0; i < errors->kept; i++) {
        char text[SCRIPT_ERROR_LINE_BYTES], line[SCRIPT_ERROR_LINE_BYTES + 32];

        script_error_write(&errors->at[i], text, sizeof(text));
        fmt(line, sizeof(line), "# %s: %s", id, text);
        record_line(stream, line);
        record_finding(stream, -1, id, CONFIDENCE_NONE, text);
    }
    if (errors->count > errors->kept) {
        char text[EXTRA_BYTES];

        fmt(text, sizeof(text), "%zu more", errors->count - errors->kept);
        record_finding(stream, -1, id, CONFIDENCE_NONE, text);
    }
}

/*
 * Statements that the lab adds: `survey` goes first, unless the script begins with it; after it `quiet`, where it is
 * wanted, and a planted failure.
 */
static bool parse_extra(const struct cmdline *cmdline, struct arena *arena, struct script *extra,
                        struct script_errors *errors)
{
    char *text = arena_alloc(arena, 1, EXTRA_BYTES);

    if (!text)
        return false;
    fmt(text, EXTRA_BYTES, "survey%s%s%s", cmdline->quiet ? "; quiet" : "",
        cmdline->selftest ? "; selftest plant=" : "", cmdline->selftest ? cmdline->selftest : "");
    return script_parse("builtin", text, strlen(text), arena, extra, errors);
}

/* The experiments of the image as the plan takes them; their number, 0 without memory. */
static size_t list_specs(struct arena *arena, const struct experiment_spec **pointers)
{
    struct experiment_spec *specs = arena_alloc(arena, SPECS_MAX, sizeof(*specs));
    size_t count = 0;

    for (const struct experiment *const *e = __lab_experiments_start;
         specs && e < __lab_experiments_end && count < SPECS_MAX; e++) {
        specs[count] = (*e)->spec;
        specs[count].owner = (void *)(uintptr_t)*e;
        pointers[count] = &specs[count];
        count++;
    }
    return count;
}

static bool is_mistyped_name(const char *wish, const struct experiment_spec *const *specs, size_t spec_count,
                             struct script_errors *errors)
{
    const char *scripts[WORDS_MAX + 1] = {0};

    for (size_t i = 0; i < builtin_script_count && i < WORDS_MAX; i++)
        scripts[i] = builtin_scripts[i].name;
    return script_is_mistyped(wish, specs, spec_count, scripts, errors);
}

static struct plan_limits limits_of(const struct machine *machine)
{
    uint64_t left = mem_left(&machine->mem);

    return (struct plan_limits){.memory_bytes = left > RESERVE_BYTES ? left - RESERVE_BYTES : 1,
                                .max_steps = PLAN_STEPS_MAX};
}

static void emit_plan(struct record_stream *stream, const struct plan *plan, uint32_t first_step)
{
    for (size_t i = first_step - 1; i < plan->step_count; i++) {
        const struct plan_step *step = &plan->steps[i];
        char text[JSON_OBJECT_BYTES];
        struct json head;

        json_begin(&head, text, sizeof(text));
        json_add(&head, "t:%s step:%lu name:%s exp:%s line:%u n:%lu est_ms:%lu", "plan", i + 1, step->name,
                 step->spec->name, step->line, plan_count(step, "samples", plan_count(step, "n", 1)),
                 step->estimate_ns / 1000000);
        record_long(stream, &head, "args", step->args ? step->args : "", true);
    }
}

bool script_load(struct machine *machine, const struct cmdline *cmdline, struct record_stream *stream,
                 struct arena *arena, struct plan *plan)
{
    struct script_errors *errors = arena_alloc(arena, 1, sizeof(*errors));
    const struct experiment_spec *specs[SPECS_MAX];
    size_t spec_count = list_specs(arena, specs);
    struct plan_limits limits;
    struct script script, extra;
    struct source source;
    bool good;

    if (!errors)
        return false;
    script_errors_init(errors);
    choose(machine->boot, cmdline->script, &source);
    emit_text(stream, &source);
    if (cmdline->script && source.text == cmdline->script &&
        is_mistyped_name(cmdline->script, specs, spec_count, errors)) {
        script_report_errors(stream, "script_error", errors);
        return false;
    }
    good = script_parse(source.file, source.text, source.bytes, arena, &script, errors) &&
           parse_extra(cmdline, arena, &extra, errors) && script_put_first(&extra, arena, &script);
    limits = limits_of(machine);
    good = good && plan_build(&script, specs, spec_count, &limits, arena, plan, errors);
    if (!good)
        script_report_errors(stream, "script_error", errors);
    else
        emit_plan(stream, plan, cmdline->resume);
    return good;
}
