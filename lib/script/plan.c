/* SPDX-License-Identifier: MIT */
/*
 * Two passes: the first resolves every statement, which finds all errors of the script and the number of steps; the
 * second lays out the steps, names, checks and estimates them.
 */
#include "lib/script/plan.h"

#include "lib/cstring.h"
#include "lib/script/plan_print.h"
#include "lib/script/plan_resolve.h"

enum {
    ARGS_BYTES = 1024, /* room to put a step's arguments together */
};

static const char NO_SENSE[] = "a combination that makes sense: ";

struct builder {
    struct plan_resolver resolver;
    const struct plan_limits *limits;
    struct plan_step *steps;
    size_t step_count; /* steps laid out so far */
};

/* Fills a step's values: step `number` of its statement, counted with the innermost key running fastest. */
static void choose_values(const struct plan_resolved *resolved, size_t number, struct plan_value *values)
{
    for (size_t i = resolved->spec->param_count; i > 0; i--) {
        size_t index = resolved->order[i - 1];
        const struct plan_values *choices = &resolved->values[index];
        values[index] = choices->at[number % choices->count];
        number /= choices->count;
    }
}

/* Names a step by the values that vary in its statement or that the script gives. */
static void name_step(const struct plan_resolved *resolved, struct plan_step *step, bool *shown)
{
    for (size_t i = 0; i < resolved->spec->param_count; i++) {
        bool varies = resolved->values[i].count > 1;
        shown[i] = varies || (resolved->given[i] && !resolved->spec->params[i].unnamed);
    }
    plan_print_name(step->name, step, shown);
}

static const char *print_args(struct builder *builder, const struct plan_step *step)
{
    char buffer[ARGS_BYTES];
    struct text text = text_in(buffer, sizeof(buffer));
    char *args;

    plan_print_args(&text, step);
    args = arena_alloc(builder->resolver.arena, text.used + 1, 1);
    if (args != NULL)
        memcpy(args, buffer, text.used + 1);
    return args;
}

/* Refuses a step as a whole: `before` and `reason` make up the text `expected`. */
static bool refuse_step(struct builder *builder, const struct plan_resolved *resolved, const struct plan_step *step,
                        const char *before, const char *reason)
{
    struct script_error *error = plan_refuse_token(&builder->resolver, &resolved->statement->name, "");
    struct text expected = script_error_expected(error);
    script_error_set_found(error, step->name);
    text_add(&expected, before);
    text_add(&expected, reason);
    return false;
}

/* A step ends when its budget= is spent. One that says no more takes its time=. */
static uint64_t estimate_ns(const struct plan_step *step)
{
    uint64_t time_ns = step->spec->estimate_ns != NULL ? step->spec->estimate_ns(step) : plan_time_ns(step, "time", 0);
    uint64_t budget_ns = plan_time_ns(step, "budget", UINT64_MAX);

    return time_ns < budget_ns ? time_ns : budget_ns;
}

/* True where two keys or more have several values. */
static bool is_crossed(const struct plan_resolved *resolved)
{
    size_t lists = 0;

    for (size_t i = 0; i < resolved->spec->param_count; i++)
        lists += resolved->values[i].count > 1;
    return lists > 1;
}

/* Asks the experiment about a step: does it make sense, how long will it take, how much memory. */
static bool check_step(struct builder *builder, const struct plan_resolved *resolved, struct plan_step *step)
{
    const struct experiment_spec *spec = step->spec;
    const char *reason = spec->check != NULL ? spec->check(step) : NULL;
    uint64_t limit_bytes;

    if (reason != NULL && is_crossed(resolved)) {
        step->skip = reason;
        return true;
    }
    if (reason != NULL)
        return refuse_step(builder, resolved, step, NO_SENSE, reason);
    step->estimate_ns = estimate_ns(step);
    step->memory_bytes = spec->memory_bytes != NULL ? spec->memory_bytes(step) : 0;
    limit_bytes = builder->limits->memory_bytes;
    if (limit_bytes != 0 && step->memory_bytes > limit_bytes) {
        char reason_buffer[SCRIPT_EXPECTED_BYTES];
        struct text text = text_in(reason_buffer, sizeof(reason_buffer));
        text_add_uint(&text, limit_bytes);
        text_add(&text, " bytes, this one needs ");
        text_add_uint(&text, step->memory_bytes);
        return refuse_step(builder, resolved, step, "a step of at most ", reason_buffer);
    }
    return true;
}

static bool lay_out_step(struct builder *builder, const struct plan_resolved *resolved, size_t number, bool *shown)
{
    struct plan_step *step = &builder->steps[builder->step_count];
    const struct experiment_spec *spec = resolved->spec;
    struct plan_value *values = arena_alloc(builder->resolver.arena, spec->param_count, sizeof(*values));
    if (values == NULL) {
        plan_refuse_memory(&builder->resolver, &resolved->statement->name);
        return false;
    }
    choose_values(resolved, number, values);
    step->spec = spec;
    step->owner = spec->owner;
    step->file = builder->resolver.file;
    step->line = resolved->statement->name.line;
    step->column = resolved->statement->name.column;
    step->values = values;
    step->args = print_args(builder, step);
    if (step->args == NULL) {
        plan_refuse_memory(&builder->resolver, &resolved->statement->name);
        return false;
    }
    name_step(resolved, step, shown);
    plan_make_unique(step->name, builder->steps, builder->step_count);
    builder->step_count++;
    return check_step(builder, resolved, step);
}

/* Resolves every statement; returns the number of steps, or 0 where something is wrong. */
static size_t resolve_all(struct builder *builder, const struct script *script, struct plan_resolved *resolved)
{
    bool good = true;
    size_t total = 0;
    for (size_t i = 0; i < script->statement_count; i++) {
        const struct script_token *name = &script->statements[i].name;
        bool fits;
        size_t limit;

        resolved[i].statement = &script->statements[i];
        if (!plan_resolve(&builder->resolver, &resolved[i])) {
            good = false;
            continue;
        }
        fits = !__builtin_add_overflow(total, resolved[i].step_count, &total);
        limit = builder->limits->max_steps;
        if (!fits || (limit != 0 && total > limit)) {
            struct script_error *error = plan_refuse_token(&builder->resolver, name, "");
            struct text expected = script_error_expected(error);
            text_add(&expected, "at most ");
            text_add_uint(&expected, limit);
            text_add(&expected, " steps in all, up to here there are ");
            text_add_uint(&expected, fits ? total : SIZE_MAX);
            return 0;
        }
    }
    return good ? total : 0;
}

/* Lays out the steps of one statement; false where one is wrong. Stops early when enough errors are there. */
static bool lay_out_statement(struct builder *builder, const struct plan_resolved *resolved)
{
    bool *shown = arena_alloc(builder->resolver.arena, resolved->spec->param_count, sizeof(*shown)), good;
    size_t first = builder->step_count, skipped = 0;

    if (shown == NULL) {
        plan_refuse_memory(&builder->resolver, &resolved->statement->name);
        return false;
    }
    good = true;
    for (size_t i = 0; i < resolved->step_count; i++) {
        good = lay_out_step(builder, resolved, i, shown) && good;
        if (builder->resolver.errors->count >= SCRIPT_ERRORS_MAX)
            return false;
    }
    for (size_t i = first; i < builder->step_count; i++)
        skipped += builder->steps[i].skip != NULL;
    if (good && skipped == resolved->step_count)
        good = refuse_step(builder, resolved, &builder->steps[first], NO_SENSE, builder->steps[first].skip);
    return good;
}

/* Lays out all steps and adds up what they need; false where something is wrong. */
static bool lay_out_all(struct builder *builder, const struct plan_resolved *resolved, size_t count, struct plan *plan)
{
    bool good = true;
    uint64_t limit_ns;

    for (size_t i = 0; i < count; i++)
        good = lay_out_statement(builder, &resolved[i]) && good;
    for (size_t i = 0; i < builder->step_count; i++) {
        const struct plan_step *step = &builder->steps[i];
        if (__builtin_add_overflow(plan->total_ns, step->estimate_ns, &plan->total_ns))
            plan->total_ns = UINT64_MAX;
        if (step->memory_bytes > plan->memory_bytes)
            plan->memory_bytes = step->memory_bytes;
    }
    limit_ns = builder->limits->total_ns;
    if (good && limit_ns != 0 && plan->total_ns > limit_ns) {
        const struct script_token *name = &resolved[count - 1].statement->name;
        struct script_error *error = plan_refuse_token(&builder->resolver, name, "");
        struct text expected = script_error_expected(error);
        text_add(&expected, "a script of at most ");
        text_add_ns(&expected, limit_ns);
        text_add(&expected, ", all steps up to here take ");
        text_add_ns(&expected, plan->total_ns);
        good = false;
    }
    return good;
}

bool plan_build(const struct script *script, const struct experiment_spec *const *specs, size_t spec_count,
                const struct plan_limits *limits, struct arena *arena, struct plan *plan, struct script_errors *errors)
{
    struct builder builder = {
        .resolver = {script->file, specs, spec_count, arena, errors},
        .limits = limits,
    };
    struct script_token start = {"", 0, 1, 1};
    struct plan built;
    size_t total, count;
    struct plan_resolved *resolved;

    *plan = (struct plan){NULL, 0, 0, 0};
    count = script->statement_count;
    resolved = arena_alloc(arena, count, sizeof(*resolved));
    if (resolved == NULL) {
        plan_refuse_memory(&builder.resolver, &start);
        return false;
    }
    total = resolve_all(&builder, script, resolved);
    if (total == 0)
        return false;
    builder.steps = arena_alloc(arena, total, sizeof(*builder.steps));
    if (builder.steps == NULL) {
        plan_refuse_memory(&builder.resolver, &start);
        return false;
    }
    built = (struct plan){NULL, 0, 0, 0};
    if (!lay_out_all(&builder, resolved, count, &built))
        return false;
    built.steps = builder.steps;
    built.step_count = builder.step_count;
    *plan = built;
    return true;
}
