/* SPDX-License-Identifier: MIT */
#include "lib/script/cmdline.h"

#include "lib/script/cmdline_value.h"
#include "lib/script/cmdline_words.h"
#include "lib/cstring.h"
#include "lib/script/words.h"

enum {
    CPUS_MAX = 65535,
    STEPS_MAX = 65536, /* far above what a plan may have */
    REPEAT_MAX = 1000,
};

#define TSC_HZ_MIN UINT64_C(1000000)
#define TSC_HZ_MAX UINT64_C(100000000000)

typedef void read_value(struct cmdline *cmdline, const struct cmdline_value *value);

/* A key: its words (where it takes one of a list) and how its value is read. */
struct key {
    const char *name;
    read_value *read;
};

static void read_script(struct cmdline *cmdline, const struct cmdline_value *value)
{
    cmdline->script = value->token.text;
}

static void read_exit(struct cmdline *cmdline, const struct cmdline_value *value)
{
    static const char *const words[] = {"auto", "halt", "reboot", "poweroff", "debugexit", NULL};
    cmdline->exit = (enum cmdline_exit)cmdline_read_word(value, words);
}

static void read_cpus(struct cmdline *cmdline, const struct cmdline_value *value)
{
    uint64_t cpus;
    if (words_equal("all", value->token.text, value->token.bytes))
        cmdline->cpus = 0;
    else if (cmdline_read_count(value, &value->token, 1, CPUS_MAX, &cpus))
        cmdline->cpus = (uint32_t)cpus;
}

static void read_x2apic(struct cmdline *cmdline, const struct cmdline_value *value)
{
    static const char *const words[] = {"auto", "on", "off", NULL};
    cmdline->x2apic = (enum cmdline_switch)cmdline_read_word(value, words);
}

static void read_apic(struct cmdline *cmdline, const struct cmdline_value *value)
{
    static const char *const words[] = {"auto", "x2apic", "xapic", NULL};
    cmdline->x2apic = (enum cmdline_switch)cmdline_read_word(value, words);
}

static void read_tsc_hz(struct cmdline *cmdline, const struct cmdline_value *value)
{
    cmdline_read_count(value, &value->token, TSC_HZ_MIN, TSC_HZ_MAX, &cmdline->tsc_hz);
}

static void read_seed(struct cmdline *cmdline, const struct cmdline_value *value)
{
    if (cmdline_read_count(value, &value->token, 0, UINT64_MAX, &cmdline->seed))
        cmdline->seed_given = true;
}

static void read_screen(struct cmdline *cmdline, const struct cmdline_value *value)
{
    static const char *const words[] = {"on", "off", NULL};
    cmdline->screen = cmdline_read_word(value, words) == 0;
}

static void read_save(struct cmdline *cmdline, const struct cmdline_value *value)
{
    static const char *const words[] = {"no", "auto", NULL};
    cmdline->save = cmdline_read_word(value, words) == 1;
}

static void read_timer(struct cmdline *cmdline, const struct cmdline_value *value)
{
    static const char *const words[] = {"auto", "deadline", "oneshot", NULL};
    cmdline->timer = (enum cmdline_timer)cmdline_read_word(value, words);
}

static void read_host(struct cmdline *cmdline, const struct cmdline_value *value)
{
    static const char *const words[] = {"auto", "emulator", "hardware", NULL};
    cmdline->host = (enum cmdline_host)cmdline_read_word(value, words);
}

static void read_tsc_adjust(struct cmdline *cmdline, const struct cmdline_value *value)
{
    static const char *const words[] = {"keep", "equal", NULL};
    cmdline->tsc_adjust_equal = cmdline_read_word(value, words) == 1;
}

static void read_park(struct cmdline *cmdline, const struct cmdline_value *value)
{
    static const char *const words[] = {"auto", "hlt", "deep", NULL};
    cmdline->park = (enum cmdline_park)cmdline_read_word(value, words);
}

static void read_quiet(struct cmdline *cmdline, const struct cmdline_value *value)
{
    static const char *const words[] = {"no", "yes", NULL};
    cmdline->quiet = cmdline_read_word(value, words) == 1;
}

static void read_watchdog(struct cmdline *cmdline, const struct cmdline_value *value)
{
    static const char *const words[] = {"auto", "hpet", "pit", "peer", "off", "ipi", NULL};
    cmdline->watchdog = (enum cmdline_watchdog)cmdline_read_word(value, words);
    if (cmdline->watchdog == CMDLINE_WATCHDOG_IPI)
        cmdline->watchdog = CMDLINE_WATCHDOG_PEER;
}

static void read_sync(struct cmdline *cmdline, const struct cmdline_value *value)
{
    static const char *const words[] = {"off", "serial", NULL};
    cmdline->sync_serial = cmdline_read_word(value, words) == 1;
}

static void read_selftest(struct cmdline *cmdline, const struct cmdline_value *value)
{
    cmdline->selftest = value->token.text;
}

static void read_plant(struct cmdline *cmdline, const struct cmdline_value *value)
{
    static const char kind[] = "boot_hang:";
    const size_t kind_bytes = sizeof(kind) - 1;
    struct cmdline_value phase = *value;

    if (words_equal("left_over", value->token.text, value->token.bytes)) {
        cmdline->left_over = true;
        return;
    }
    if (value->token.bytes < kind_bytes || memcmp(value->token.text, kind, kind_bytes) != 0) {
        cmdline_refuse(value, &value->token, "left_over or boot_hang:PHASE", NULL);
        return;
    }
    phase.token = cmdline_token_part(&value->token, kind_bytes, value->token.bytes - kind_bytes);
    cmdline->hang = PHASE_CPUID + cmdline_read_word(&phase, boot_phase_words + PHASE_CPUID);
}

static void read_resume(struct cmdline *cmdline, const struct cmdline_value *value)
{
    uint64_t step;
    if (cmdline_read_count(value, &value->token, 1, STEPS_MAX, &step))
        cmdline->resume = (uint32_t)step;
}

static void read_repeat(struct cmdline *cmdline, const struct cmdline_value *value)
{
    uint64_t boots;
    if (cmdline_read_count(value, &value->token, 1, REPEAT_MAX, &boots))
        cmdline->repeat = (uint32_t)boots;
}

static const struct key KEYS[] = {
    {"script", read_script},     {"exit", read_exit},     {"console", cmdline_read_console},
    {"cpus", read_cpus},         {"apic", read_apic},     {"x2apic", read_x2apic},
    {"park", read_park},         {"tsc_hz", read_tsc_hz}, {"tsc_adjust", read_tsc_adjust},
    {"seed", read_seed},         {"screen", read_screen}, {"timer", read_timer},
    {"watchdog", read_watchdog}, {"quiet", read_quiet},   {"selftest", read_selftest},
    {"plant", read_plant},       {"sync", read_sync},     {"resume", read_resume},
    {"host", read_host},         {"save", read_save},     {"repeat", read_repeat},
};

enum {
    KEY_COUNT = sizeof(KEYS) / sizeof(KEYS[0]),
};

/* Reports an unknown word: an error where it must mean a key, else a warning. */
static void tell_unknown(const struct script_token *key, bool has_value, struct script_errors *errors,
                         struct script_errors *warnings)
{
    struct words_search search = words_search_begin(key->text, key->bytes);
    bool meant;
    struct script_error *error;
    struct text expected;

    for (size_t i = 0; i < KEY_COUNT; i++)
        words_search_offer(&search, KEYS[i].name);
    /* VMMs write Linux' panic=1, which is as near to `apic` as a mistyped one. */
    meant = search.best != NULL && has_value && !words_equal("panic", key->text, key->bytes);
    error = script_errors_add(meant ? errors : warnings, CMDLINE_FILE, key, "", search.best);
    expected = script_error_expected(error);
    text_add(&expected, has_value ? "one of " : "key=value with one of ");
    for (size_t i = 0; i < KEY_COUNT; i++) {
        text_add(&expected, i == 0 ? "" : ", ");
        text_add(&expected, KEYS[i].name);
    }
}

/* True for words that loaders and VMMs add: an image path first, BOOT_IMAGE=, initrd=, keys with a dot. */
static bool is_foreign(const struct script_token *key, bool has_value, bool first)
{
    static const char *const loader_keys[] = {"BOOT_IMAGE", "initrd", NULL};
    static const char image_end[] = ".elf";
    size_t end_bytes = sizeof(image_end) - 1;
    bool has_slash = false;
    bool has_dot = false, is_image;
    for (size_t i = 0; i < key->bytes; i++) {
        has_slash = has_slash || key->text[i] == '/';
        has_dot = has_dot || key->text[i] == '.';
    }
    for (size_t i = 0; loader_keys[i] != NULL; i++)
        if (words_equal(loader_keys[i], key->text, key->bytes))
            return true;
    if (has_value)
        return has_dot;
    is_image = key->bytes >= end_bytes && memcmp(key->text + key->bytes - end_bytes, image_end, end_bytes) == 0;
    return first && (has_slash || is_image);
}

static void read_one(struct cmdline *cmdline, const struct cmdline_word *word, bool first, struct script_errors *errors,
                     struct script_errors *warnings)
{
    struct script_token token = {word->text, (uint32_t)word->bytes, 1, word->column};
    size_t equals = 0;
    bool has_value;
    struct script_token key;

    while (equals < word->bytes && word->text[equals] != '=')
        equals++;
    has_value = equals < word->bytes;
    key = cmdline_token_part(&token, 0, equals);
    if (is_foreign(&key, has_value, first))
        return;
    for (size_t i = 0; has_value && i < KEY_COUNT; i++) {
        struct cmdline_value value;

        if (!words_equal(KEYS[i].name, key.text, key.bytes))
            continue;
        value = (struct cmdline_value){cmdline_token_part(&token, equals + 1, word->bytes - equals - 1), errors};
        if (value.token.bytes == 0)
            cmdline_refuse(&value, &token, "a value right after the =", NULL);
        else
            KEYS[i].read(cmdline, &value);
        return;
    }
    tell_unknown(&key, has_value, errors, warnings);
}

bool cmdline_parse(const char *text, struct arena *arena, struct cmdline *cmdline, struct script_errors *errors,
                   struct script_errors *warnings)
{
    size_t errors_before = errors->count;
    struct cmdline_words words = {.text = text};
    struct cmdline_word word;
    char *room;

    *cmdline = (struct cmdline){.screen = true, .resume = 1};
    /* A word without its quotes is no longer than in the line; the blank or the line's end leaves room for its NUL. */
    room = arena_alloc(arena, strlen(text) + 1, 1);
    if (room == NULL) {
        struct script_token start = {"", 0, 1, 1};
        script_errors_add(errors, CMDLINE_FILE, &start, "a shorter command line: there is no memory", NULL);
        return false;
    }
    for (bool first = true; cmdline_words_next(&words, room, &word); first = false) {
        room += word.bytes + 1;
        if (word.quote_is_open) {
            struct script_token quote = {"\"", 1, 1, word.quote_column};
            script_errors_add(errors, CMDLINE_FILE, &quote, "a second quote to end this one", NULL);
            continue;
        }
        read_one(cmdline, &word, first, errors, warnings);
    }
    return errors->count == errors_before;
}
