/* SPDX-License-Identifier: MIT */
#include "lib/script/plan_print.h"

#include "lib/cstring.h"
#include "lib/script/plan_value.h"
#include "lib/script/words.h"

static void print_time(struct text *text, uint64_t value, bool ticks)
{
    if (ticks) {
        text_add_uint(text, value);
        text_add(text, "tsc");
    } else {
        text_add_ns(text, value);
    }
}

static void print_interval(struct text *text, const struct plan_interval *interval)
{
    if (interval->shape != PLAN_FIXED) {
        text_add(text, interval->shape == PLAN_UNIFORM ? "uniform:" : "log:");
        print_time(text, interval->low, interval->ticks);
        text_add(text, "..");
    }
    print_time(text, interval->high, interval->ticks);
}

static void print_method(struct text *text, const char *word, const struct plan_method *method)
{
    bool needed;
    struct script_token form;

    text_add_span(text, word, words_stem_bytes(word));
    if (!method->has_argument)
        return;
    text_add(text, ":");
    form = plan_argument_form(word, &needed);
    if (form.text[0] >= '0' && form.text[0] <= '9') {
        text_add_hex(text, method->argument);
        return;
    }
    for (uint64_t i = 0; i < method->argument; i++) {
        size_t bytes = plan_token_find(&form, '|') + 1;
        form = plan_token_part(&form, bytes, form.bytes - bytes);
    }
    text_add_span(text, form.text, plan_token_find(&form, '|'));
}

static void print_cpu(struct text *text, const struct plan_cpu *cpu)
{
    if (cpu->place == PLAN_CPU_NUMBER)
        text_add_uint(text, cpu->number);
    else
        text_add(text, PLAN_CPU_WORDS[cpu->place]);
}

/* A value as a script would write it, in its shortest units. */
static void print_value(struct text *text, const struct param_spec *spec, const struct plan_value *value)
{
    switch (spec->kind) {
    case PARAM_FLAG:
        text_add(text, value->flag ? "yes" : "no");
        break;
    case PARAM_COUNT:
        if (spec->words && value->count == PLAN_COUNT_WORD)
            text_add(text, spec->words[0]);
        else
            text_add_uint(text, value->count);
        break;
    case PARAM_TIME:
        print_time(text, value->time.value, value->time.ticks);
        break;
    case PARAM_CHOICE:
        text_add(text, spec->words[value->choice]);
        break;
    case PARAM_METHOD:
        print_method(text, spec->words[value->method.word], &value->method);
        break;
    case PARAM_INTERVAL:
        print_interval(text, &value->interval);
        break;
    case PARAM_CPU:
        print_cpu(text, &value->cpu);
        break;
    case PARAM_TEXT:
        text_add_span(text, value->text.text, value->text.bytes);
        break;
    }
}

void plan_print_args(struct text *text, const struct plan_step *step)
{
    for (size_t i = 0; i < step->spec->param_count; i++) {
        text_add(text, i == 0 ? "" : " ");
        text_add(text, step->spec->params[i].key);
        text_add(text, "=");
        print_value(text, &step->spec->params[i], &step->values[i]);
    }
}

/* True for the kinds whose values need no key before them. */
static bool stands_alone(enum param_kind kind)
{
    return kind == PARAM_CHOICE || kind == PARAM_METHOD || kind == PARAM_INTERVAL;
}

/* Replaces each run of characters that a name must not have by one `_`. */
static void keep_name_characters(struct text *text, size_t from)
{
    size_t to = from;
    for (size_t i = from; i < text->used; i++) {
        char character = text->at[i];
        bool keep;

        if (character >= 'A' && character <= 'Z')
            character = (char)(character - 'A' + 'a');
        keep = (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9');
        if (keep)
            text->at[to++] = character;
        else if (to > 0 && text->at[to - 1] != '_')
            text->at[to++] = '_';
    }
    text->used = to;
    text->at[to] = '\0';
}

void plan_print_name(char name[PLAN_NAME_BYTES], const struct plan_step *step, const bool *shown)
{
    struct text text = text_in(name, PLAN_NAME_BYTES);
    text_add(&text, step->spec->name);
    for (size_t i = 0; i < step->spec->param_count; i++) {
        const struct param_spec *spec = &step->spec->params[i];
        struct text before;

        if (!shown[i])
            continue;
        before = text;
        text_add(&text, "_");
        if (!stands_alone(spec->kind)) {
            text_add(&text, spec->key);
            text_add(&text, "_");
        }
        print_value(&text, spec, &step->values[i]);
        keep_name_characters(&text, before.used);
        if (text.cut) {
            text = before;
            text.at[text.used] = '\0';
        }
    }
}

static bool is_taken(const char *name, const struct plan_step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(steps[i].name, name) == 0)
            return true;
    return false;
}

void plan_make_unique(char name[PLAN_NAME_BYTES], const struct plan_step *steps, size_t count)
{
    char base[PLAN_NAME_BYTES];
    memcpy(base, name, sizeof(base));
    for (uint64_t number = 2; is_taken(name, steps, count); number++) {
        char tail_buffer[PLAN_NAME_BYTES];
        struct text tail = text_in(tail_buffer, sizeof(tail_buffer)), text;
        size_t base_bytes, room_bytes;

        text_add(&tail, "_");
        text_add_uint(&tail, number);
        base_bytes = strlen(base);
        room_bytes = PLAN_NAME_BYTES - 1 - tail.used;
        text = text_in(name, PLAN_NAME_BYTES);
        text_add_span(&text, base, base_bytes < room_bytes ? base_bytes : room_bytes);
        text_add_span(&text, tail.at, tail.used);
    }
}
