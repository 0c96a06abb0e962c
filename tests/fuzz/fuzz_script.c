/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a script and as a command line: no read or write outside their bounds, and what is accepted holds its
 * promises. The first byte of the input chooses the size of the arena.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/script/cmdline.h"
#include "lib/script/plan.h"
#include "tests/unit/plan_specs.h"

enum {
    ARENA_UNIT_BYTES = 512,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_errors(const struct script_errors *errors, bool good)
{
    char line[SCRIPT_ERROR_LINE_BYTES];
    require(good == (errors->count == 0));
    require(errors->kept <= SCRIPT_ERRORS_MAX && errors->kept <= errors->count);
    for (size_t i = 0; i < errors->kept; i++) {
        size_t written = script_error_write(&errors->at[i], line, sizeof(line));
        require(written == strlen(line) && written < sizeof(line) - 1);
        require(errors->at[i].line >= 1 && errors->at[i].column >= 1);
    }
}

static void check_name(const struct plan *plan, size_t index)
{
    const char *name = plan->steps[index].name;
    require(name[0] != '\0' && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name));
    for (size_t i = 0; i < index; i++)
        require(strcmp(plan->steps[i].name, name) != 0);
}

/* A step's own arguments, written as a script, must give that one step again. */
static void check_again(const struct plan_step *step, struct script_errors *errors)
{
    static unsigned char memory[1 << 16];
    char text[2048] = "";
    struct arena arena;
    struct script script;
    struct plan plan;
    struct plan_limits limits = {0, 0, 0};
    arena_init(&arena, memory, sizeof(memory));
    script_errors_init(errors);
    require(strlen(step->args) + strlen(step->spec->name) + 2 < sizeof(text));
    strcat(strcat(strcat(text, step->spec->name), " "), step->args);
    if (strlen(step->args) >= 1023)
        return; /* cut */
    require(script_parse("again", text, strlen(text), &arena, &script, errors));
    require(plan_build(&script, TEST_SPECS, TEST_SPEC_COUNT, &limits, &arena, &plan, errors));
    require(plan.step_count == 1 && strcmp(plan.steps[0].args, step->args) == 0);
}

static void fuzz_script(const char *text, size_t bytes, unsigned char *memory, size_t memory_bytes)
{
    static struct script_errors errors;
    struct plan_limits limits = {.memory_bytes = UINT64_C(1) << 30, .max_steps = 200};
    struct arena arena;
    struct script script;
    struct plan plan = {0};
    bool good;

    arena_init(&arena, memory, memory_bytes);
    script_errors_init(&errors);
    good = script_parse("fuzz", text, bytes, &arena, &script, &errors) &&
           plan_build(&script, TEST_SPECS, TEST_SPEC_COUNT, &limits, &arena, &plan, &errors);
    check_errors(&errors, good);
    for (size_t i = 0; i < plan.step_count; i++) {
        check_name(&plan, i);
        check_again(&plan.steps[i], &errors);
    }
}

static void fuzz_cmdline(const char *text, unsigned char *memory, size_t memory_bytes)
{
    static struct script_errors errors;
    static struct script_errors warnings;
    struct arena arena;
    struct cmdline cmdline;
    bool good;

    arena_init(&arena, memory, memory_bytes);
    script_errors_init(&errors);
    script_errors_init(&warnings);
    good = cmdline_parse(text, &arena, &cmdline, &errors, &warnings);
    check_errors(&errors, good);
    require(cmdline.script == NULL || strlen(cmdline.script) <= strlen(text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    size_t memory_bytes;
    unsigned char *memory;
    char *text, *exact;

    if (bytes == 0)
        return 0;
    memory_bytes = (size_t)data[0] * ARENA_UNIT_BYTES;
    memory = malloc(memory_bytes + 1);
    text = malloc(bytes);
    if (memory == NULL || text == NULL)
        abort();
    memcpy(text, data + 1, bytes - 1);
    /* As long as it is, without a NUL, so that a read beyond its end is seen. */
    exact = malloc(bytes - 1 > 0 ? bytes - 1 : 1);
    if (exact == NULL)
        abort();
    memcpy(exact, data + 1, bytes - 1);
    fuzz_script(exact, bytes - 1, memory, memory_bytes);
    text[bytes - 1] = '\0';
    fuzz_cmdline(text, memory, memory_bytes);
    free(exact);
    free(text);
    free(memory);
    return 0;
}
