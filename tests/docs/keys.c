/* SPDX-License-Identifier: MIT */
/* The tables of keys: what a key takes, as its descriptor says. */
#include "tests/docs/keys.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/script/plan_value.h"
#include "lib/script/words.h"

static void add(char *cell, const char *text)
{
    size_t used = strlen(cell);

    snprintf(cell + used, CELL_BYTES - used, "%s", text);
}

static void add_time(char *cell, uint64_t time_ns)
{
    char buffer[32];
    struct text text = text_in(buffer, sizeof(buffer));

    text_add_ns(&text, time_ns);
    add(cell, buffer);
}

/* "`ioport:1..0xffff`"; "`umwait:c01` `umwait:c02`" of umwait:c01|c02; "`mwait` `mwait:0..0xff`" of mwait[:0..0xff]. */
void keys_add_word(char *cell, const char *word)
{
    int stem = (int)words_stem_bytes(word);
    bool needed, more;
    struct script_token form = plan_argument_form(word, &needed);
    char text[80];

    if (!needed) {
        snprintf(text, sizeof(text), "`%.*s`%s", stem, word, form.bytes ? " " : "");
        add(cell, text);
    }
    for (more = form.bytes; more;) {
        size_t bytes = plan_token_find(&form, '|');

        more = bytes < form.bytes;
        snprintf(text, sizeof(text), "`%.*s:%.*s`%s", stem, word, (int)bytes, form.text, more ? " " : "");
        add(cell, text);
        if (more)
            form = plan_token_part(&form, bytes + 1, form.bytes - bytes - 1);
    }
}

static void add_words(char *cell, const char *const *words)
{
    for (size_t i = 0; words[i]; i++) {
        add(cell, i ? " " : "");
        keys_add_word(cell, words[i]);
    }
}

static void add_range(char *cell, const struct param_spec *spec, bool is_time)
{
    char text[64];

    if (!spec->max) {
        add(cell, is_time ? "any time" : "any count");
    } else if (is_time) {
        add_time(cell, spec->min);
        add(cell, " to ");
        add_time(cell, spec->max);
    } else {
        snprintf(text, sizeof(text), "%" PRIu64 " to %" PRIu64, spec->min, spec->max);
        add(cell, text);
    }
    add(cell, spec->ticks ? ", or ticks (`tsc`)" : "");
}

static void add_value(char *cell, const struct param_spec *spec)
{
    static const char *const places[] = {"self", "sibling", "package", "remote", NULL};

    switch (spec->kind) {
    case PARAM_FLAG:
        add(cell, "`yes` `no`");
        break;
    case PARAM_COUNT:
        add_range(cell, spec, false);
        if (spec->words) {
            add(cell, ", or ");
            add_words(cell, spec->words);
        }
        break;
    case PARAM_TIME:
        add_range(cell, spec, true);
        break;
    case PARAM_INTERVAL:
        add(cell, "interval, ");
        add_range(cell, spec, true);
        break;
    case PARAM_CHOICE:
    case PARAM_METHOD:
        add_words(cell, spec->words);
        break;
    case PARAM_CPU:
        add(cell, "a CPU: ");
        add_range(cell, spec, false);
        add(cell, ", or ");
        add_words(cell, spec->words ? spec->words : places);
        break;
    case PARAM_TEXT:
        add(cell, "text");
        break;
    }
}

/* "; with `test` `curve` `ladder` only" */
static void add_condition(char *cell, const struct experiment_spec *experiment, const struct param_spec *spec)
{
    const struct param_spec *decider = &experiment->params[spec->decider];

    if (!spec->with)
        return;
    add(cell, "; only with `");
    add(cell, decider->key);
    add(cell, "` ");
    for (size_t i = 0, said = 0; decider->words[i]; i++) {
        if (!(spec->with >> i & 1))
            continue;
        add(cell, said++ ? " " : "");
        keys_add_word(cell, decider->words[i]);
    }
}

void keys_row(struct table_row *row, const struct experiment_spec *experiment, const struct param_spec *spec)
{
    memset(row, 0, sizeof(*row));
    row->count = 3;
    snprintf(row->cells[0], CELL_BYTES, "`%s`", spec->key);
    add_value(row->cells[1], spec);
    add(row->cells[1], spec->list ? "; list" : "");
    add_condition(row->cells[1], experiment, spec);
    if (spec->fallback)
        snprintf(row->cells[2], CELL_BYTES, "`%s`", spec->fallback);
    else
        add(row->cells[2], "required");
}
