/* SPDX-License-Identifier: MIT */
#include "lib/record/ktap.h"

#include "lib/crc.h"
#include "lib/fmt.h"

enum { WORD_MAX = 32 }; /* characters of a metric's word or unit that are kept */

void ktap_version(struct ktap *ktap, struct record_stream *stream)
{
    *ktap = (struct ktap){.stream = stream};
    record_line(stream, "KTAP version 1");
}

void ktap_plan(struct ktap *ktap, uint32_t planned)
{
    char line[RECORD_LINE_BYTES];

    fmt(line, sizeof(line), "1..%u", planned);
    record_line(ktap->stream, line);
}

static bool is_name_character(char character)
{
    return (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9') || character == '_';
}

bool ktap_name_valid(const char *name)
{
    size_t length = 0;

    for (; name[length]; length++)
        if (length == KTAP_NAME_MAX || !is_name_character(name[length]))
            return false;
    return length > 0;
}

/* The name with `_` for every forbidden character; never empty, never too long. */
static void mend_name(char out[KTAP_NAME_MAX + 1], const char *name)
{
    fmt(out, KTAP_NAME_MAX + 1, "%s", *name ? name : "_");
    for (; *out; out++)
        if (!is_name_character(*out))
            *out = '_';
}

static void count(struct record_counts *counts, enum ktap_verdict verdict)
{
    switch (verdict) {
    case KTAP_PASS:
        counts->pass++;
        break;
    case KTAP_FAIL:
        counts->fail++;
        break;
    case KTAP_SKIP:
        counts->skip++;
        break;
    case KTAP_ERROR:
        counts->error++;
        break;
    }
}

static size_t add_note(char *out, size_t bytes, enum ktap_verdict verdict, const struct ktap_note *note)
{
    int length = 0;

    if (verdict == KTAP_SKIP)
        length =
            fmt(out, bytes, " # SKIP %.*s", KTAP_REASON_MAX, note && note->reason ? note->reason : "no reason given");
    else if (note && note->word)
        length = fmt(out, bytes, " # %.*s %ld %.*s", WORD_MAX, note->word, note->value, WORD_MAX,
                     note->unit ? note->unit : "count");
    return (size_t)length;
}

bool ktap_result(struct ktap *ktap, enum ktap_verdict verdict, uint32_t index, const char *name,
                 const struct ktap_note *note)
{
    char line[RECORD_LINE_BYTES];
    char mended[KTAP_NAME_MAX + 1];
    bool valid = ktap_name_valid(name);
    bool ok;
    size_t length;

    if (!valid)
        verdict = KTAP_ERROR;
    ok = verdict == KTAP_PASS || verdict == KTAP_SKIP;
    mend_name(mended, name);
    length = (size_t)fmt(line, sizeof(line), "%s %u %s", ok ? "ok" : "not ok", index, mended);
    length += add_note(line + length, sizeof(line) - length, verdict, note);
    record_clean(line);
    fmt(line + length, sizeof(line) - length, " ~%04x", crc16_ccitt(line, length));
    record_line(ktap->stream, line);
    count(&ktap->counts, verdict);
    return valid;
}
