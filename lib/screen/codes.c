/* SPDX-License-Identifier: MIT */
#include "lib/screen/codes.h"

#include "lib/cstring.h"
#include "lib/fmt.h"
#include "lib/json_field.h"
#include "lib/record/record.h"

enum { HEAD_BYTES = 48 };

enum choice {
    CHOICE_OUT,
    CHOICE_IN,
    CHOICE_HIST, /* as far as there is room */
};

/* A pass over the log; what it finds in `wanted` goes to `text`. */
struct pass {
    const struct codes *codes;
    uint32_t number; /* of the code that is filled, from 1 */
    size_t used;     /* in it, without its head */
    uint64_t next;   /* sequence number of the next first copy */
    uint32_t hists;  /* chosen so far */
    uint32_t wanted; /* 0: only counted */
    char *text;
    size_t text_bytes;
};

static bool begins(const char *text, const char *with)
{
    return memcmp(text, with, strlen(with)) == 0;
}

static enum choice choose_record(const char *json, size_t bytes)
{
    char type[16] = "";

    json_field_text(json, bytes, "t", type, sizeof(type));
    if (strcmp(type, "hist") == 0)
        return json_field_is(json, bytes, "m", "wake_latency") ? CHOICE_HIST : CHOICE_OUT;
    if (strcmp(type, "stats") == 0)
        return json_field_is(json, bytes, "m", "wake_latency") && !json_field(json, bytes, "worst").text ? CHOICE_IN
                                                                                                         : CHOICE_OUT;
    if (strcmp(type, "cpu") == 0)
        return json_field(json, bytes, "leaf").text ? CHOICE_OUT : CHOICE_IN;
    if (strcmp(type, "plan") == 0)
        return json_field(json, bytes, "step").text ? CHOICE_IN : CHOICE_OUT;
    if (strcmp(type, "cal") == 0)
        return json_field_is(json, bytes, "k", "tsc_hz") ? CHOICE_IN : CHOICE_OUT;
    return strcmp(type, "env") == 0 || strcmp(type, "finding") == 0 || strcmp(type, "sum") == 0 ||
                   (strcmp(type, "exp") == 0 && json_field(json, bytes, "end").text)
               ? CHOICE_IN
               : CHOICE_OUT;
}

/* Hex digits behind the mark; *at moves behind them. */
static uint64_t sequence(const char *line, size_t *at)
{
    uint64_t number = 0;

    for (; line[*at] != '\0' && line[*at] != ' '; ++*at)
        number = number << 4 | (uint64_t)(line[*at] >= 'a' ? line[*at] - 'a' + 10 : line[*at] - '0');
    return number;
}

/* A record's second copy stands nowhere. */
static enum choice choose(struct pass *pass, const char *line, size_t bytes)
{
    size_t at = sizeof(RECORD_MARK) - 1;
    uint64_t number;

    if (!begins(line, RECORD_MARK))
        return bytes > 0 ? CHOICE_IN : CHOICE_OUT;
    number = sequence(line, &at);
    if (number < pass->next || bytes < at + 12)
        return CHOICE_OUT;
    pass->next = number + 1;
    return choose_record(line + at + 1, bytes - at - 1 - 10); /* " *" and eight digits behind it */
}

static void put(struct pass *pass, const char *line, size_t bytes)
{
    if (HEAD_BYTES + pass->used + bytes + 1 > pass->codes->room) {
        pass->number++;
        pass->used = 0;
    }
    if (pass->number == pass->wanted) {
        memcpy(pass->text + pass->text_bytes, line, bytes);
        pass->text_bytes += bytes;
        pass->text[pass->text_bytes++] = '\n';
    }
    pass->used += bytes + 1;
}

/* hists: so many records of histograms are taken. */
static void run(struct pass *pass, uint32_t hists)
{
    char line[RECORD_LINE_BYTES];
    uint64_t offset = 0;

    pass->number = 1;
    while (kept_line(pass->codes->log, &offset, line, sizeof(line))) {
        size_t bytes = strlen(line);
        enum choice choice = choose(pass, line, bytes);

        if (choice == CHOICE_OUT || (choice == CHOICE_HIST && pass->hists++ >= hists))
            continue;
        put(pass, line, bytes);
    }
}

void codes_plan(struct codes *codes, const struct kept *log, size_t room)
{
    struct pass pass = {.codes = codes}, all = {.codes = codes};

    *codes = (struct codes){.log = log, .room = room};
    run(&pass, 0);
    codes->hists_all = pass.hists;
    run(&all, pass.hists);
    codes->count = all.number;
    codes->hists = pass.hists;
    if (all.number > CODES_MAX) {
        /* A record of a histogram takes a third of a code, or less. */
        codes->hists = pass.number < CODES_MAX ? (CODES_MAX - pass.number) * 3 : 0;
        all = (struct pass){.codes = codes};
        run(&all, codes->hists);
        codes->count = all.number;
    }
}

size_t codes_text(const struct codes *codes, uint32_t number, char text[CODES_TEXT_BYTES])
{
    struct pass pass = {.codes = codes, .wanted = number, .text = text};

    pass.text_bytes = (size_t)fmt(text, HEAD_BYTES, CODES_HEAD "%u/%u %016lx\n", number, codes->count, codes->log->run);
    run(&pass, codes->hists);
    text[pass.text_bytes] = '\0';
    return pass.text_bytes;
}
