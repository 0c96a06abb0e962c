/* SPDX-License-Identifier: MIT */
#include "lib/script/plan_value.h"

#include "lib/cstring.h"
#include "lib/script/words.h"

const char *const PLAN_CPU_WORDS[] = {"self", "sibling", "module", "package", "remote", "any", "all", NULL};

static const char *const CPU_WORDS_DEFAULT[] = {"self", "sibling", "module", "package", "remote", NULL};
static const char *const FLAG_WORDS[] = {"no", "yes", NULL};

/* Adds the error for a word that is not among `words`; `also` is what else might stand there. */
static bool refuse_word(const struct plan_reader *reader, const struct script_token *token, const char *const *words,
                        const char *also)
{
    char expected[SCRIPT_EXPECTED_BYTES];
    struct text text = text_in(expected, sizeof(expected));
    words_list(&text, words);
    text_add(&text, also);
    return plan_refuse(reader, token, expected, words_nearest(words, token->text, token->bytes));
}

/* Finds a token among `words`, of which the part before a colon counts. */
static bool find_word(const char *const *words, const struct script_token *token, unsigned *index)
{
    for (unsigned i = 0; words[i] != NULL; i++) {
        size_t bytes = words_stem_bytes(words[i]);
        if (bytes == token->bytes && memcmp(words[i], token->text, bytes) == 0) {
            *index = i;
            return true;
        }
    }
    return false;
}

static bool parse_flag(const struct plan_reader *reader, const struct script_token *item, struct plan_value *value)
{
    unsigned index;
    if (!find_word(FLAG_WORDS, item, &index))
        return refuse_word(reader, item, FLAG_WORDS, "");
    value->flag = index == 1;
    return true;
}

static bool parse_count(const struct plan_reader *reader, const struct script_token *item, struct plan_value *value)
{
    const struct param_spec *spec = reader->spec;
    unsigned index;

    value->count = PLAN_COUNT_WORD;
    if (spec->words && find_word(spec->words, item, &index))
        return true;
    if (spec->words && (item->text[0] < '0' || item->text[0] > '9'))
        return refuse_word(reader, item, spec->words, " or a number such as 2000, 100k or 0x20");
    return plan_parse_count(reader, item, spec->min, spec->max, &value->count);
}

static bool parse_choice(const struct plan_reader *reader, const struct script_token *item, struct plan_value *value)
{
    if (!find_word(reader->spec->words, item, &value->choice))
        return refuse_word(reader, item, reader->spec->words, "");
    return true;
}

struct script_token plan_argument_form(const char *word, bool *needed)
{
    const char *form = word + words_stem_bytes(word);
    size_t bytes = strlen(form);
    *needed = form[0] == ':';
    if (bytes == 0)
        return (struct script_token){.text = form};
    return (struct script_token){.text = form + (*needed ? 1 : 2), .bytes = (uint32_t)(bytes - (*needed ? 1 : 3))};
}

/* Reads a method's argument against its form: a range of numbers, or words divided by `|`. */
static bool parse_argument(const struct plan_reader *reader, const struct script_token *argument,
                           struct script_token form, uint64_t *number)
{
    char expected[SCRIPT_EXPECTED_BYTES];
    struct script_token words;
    struct text text;

    if (form.text[0] >= '0' && form.text[0] <= '9') {
        size_t dots = plan_token_find(&form, '.');
        uint64_t min = 0;
        uint64_t max = 0;
        units_parse_count(form.text, dots, &min);
        units_parse_count(form.text + dots + 2, form.bytes - dots - 2, &max);
        return plan_parse_count(reader, argument, min, max, number);
    }
    words = form;
    for (*number = 0;; (*number)++) {
        size_t bytes = plan_token_find(&words, '|');
        if (bytes == argument->bytes && memcmp(words.text, argument->text, bytes) == 0)
            return true;
        if (bytes == words.bytes)
            break;
        words = plan_token_part(&words, bytes + 1, words.bytes - bytes - 1);
    }
    text = text_in(expected, sizeof(expected));
    text_add(&text, "one of ");
    text_add_span(&text, form.text, form.bytes);
    return plan_refuse(reader, argument, expected, NULL);
}

static bool parse_method(const struct plan_reader *reader, const struct script_token *item, struct plan_value *value)
{
    const char *const *words = reader->spec->words, *word;
    size_t colon = plan_token_find(item, ':');
    struct script_token name = plan_token_part(item, 0, colon), argument, form;
    bool needed;

    if (!find_word(words, &name, &value->method.word))
        return refuse_word(reader, &name, words, "");
    word = words[value->method.word];
    form = plan_argument_form(word, &needed);
    value->method.has_argument = colon < item->bytes;
    if (!value->method.has_argument)
        return !needed || plan_refuse(reader, item, word, NULL);
    if (form.bytes == 0) {
        struct script_token rest = plan_token_part(item, colon, item->bytes - colon);
        return plan_refuse(reader, &rest, "nothing after this word: it takes no argument", NULL);
    }
    argument = plan_token_part(item, colon + 1, item->bytes - colon - 1);
    return parse_argument(reader, &argument, form, &value->method.argument);
}

static bool parse_cpu(const struct plan_reader *reader, const struct script_token *item, struct plan_value *value)
{
    const char *const *words = reader->spec->words;
    unsigned index;
    if (words == NULL)
        words = CPU_WORDS_DEFAULT;
    if (item->text[0] >= '0' && item->text[0] <= '9') {
        uint64_t max = reader->spec->max != 0 ? reader->spec->max : UINT32_MAX;
        uint64_t number;
        if (!plan_parse_count(reader, item, reader->spec->min, max, &number))
            return false;
        value->cpu.place = PLAN_CPU_NUMBER;
        value->cpu.number = (uint32_t)number;
        return true;
    }
    if (!find_word(words, item, &index))
        return refuse_word(reader, item, words, " or the number of a CPU");
    find_word(PLAN_CPU_WORDS, item, &index);
    value->cpu.place = (enum plan_cpu_place)index;
    return true;
}

/* Reads one item of any kind. */
static bool parse_item(const struct plan_reader *reader, const struct script_token *item, struct plan_values *values)
{
    const struct param_spec *spec = reader->spec;
    struct plan_value value = {.given = reader->given};
    bool good = true;
    switch (spec->kind) {
    case PARAM_FLAG:
        good = parse_flag(reader, item, &value);
        break;
    case PARAM_COUNT:
        good = parse_count(reader, item, &value);
        break;
    case PARAM_TIME:
        good = plan_parse_time(reader, item, &value.time);
        break;
    case PARAM_CHOICE:
        good = parse_choice(reader, item, &value);
        break;
    case PARAM_METHOD:
        good = parse_method(reader, item, &value);
        break;
    case PARAM_CPU:
        good = parse_cpu(reader, item, &value);
        break;
    case PARAM_TEXT:
        value.text = *item;
        break;
    case PARAM_INTERVAL:
        return plan_interval_parse(reader, item, values);
    }
    if (good)
        plan_values_add(values, &value);
    return good;
}

bool plan_values_parse(const struct plan_reader *reader, const struct script_token *token, struct plan_values *values)
{
    struct script_token rest = *token;
    bool good = true;
    for (;;) {
        size_t comma = plan_token_find(&rest, ',');
        struct script_token item = plan_token_part(&rest, 0, comma);
        if (item.bytes == 0)
            good = plan_refuse(reader, &item, "a value between the commas", NULL);
        else if (comma < rest.bytes && !reader->spec->list)
            return plan_refuse(reader, token, "one value: this key takes no list", NULL);
        else if (!parse_item(reader, &item, values))
            good = false;
        if (comma == rest.bytes)
            return good;
        rest = plan_token_part(&rest, comma + 1, rest.bytes - comma - 1);
    }
}
