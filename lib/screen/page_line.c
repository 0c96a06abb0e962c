/* SPDX-License-Identifier: MIT */
/* From the lines of a log to struct page. */
#include "lib/screen/page.h"

#include "lib/cstring.h"
#include "lib/json_field.h"
#include "lib/record/record.h"
#include "lib/text.h"

enum { CRC_TAIL_BYTES = 6 }; /* " ~hhhh" of a verdict */

/* One record: its members, and its number. */
struct record {
    const char *json;
    size_t bytes;
    uint32_t seq;
};

static bool begins(const char *text, size_t bytes, const char *with)
{
    size_t length = strlen(with);

    return bytes >= length && memcmp(text, with, length) == 0;
}

static void copy(char *to, size_t room, const char *from, size_t bytes)
{
    struct text text = text_in(to, room);

    text_add_span(&text, from, bytes);
}

/* A decimal number at *at, which moves behind it. */
static uint32_t take_number(const char *text, size_t bytes, size_t *at)
{
    uint32_t number = 0;

    while (*at < bytes && text[*at] >= '0' && text[*at] <= '9' && number < 100000)
        number = number * 10 + (uint32_t)(text[(*at)++] - '0');
    return number;
}

static struct page_step *step_at(struct page *page, uint64_t number)
{
    return number >= 1 && number <= PAGE_STEPS_MAX ? &page->steps[number - 1] : NULL;
}

/* "ok 3 name # note ~hhhh" from behind its first word on. */
static void take_verdict(struct page *page, bool good, const char *text, size_t bytes)
{
    static const char skip[] = "SKIP ";
    size_t at = 0, name;
    struct page_step *step = step_at(page, take_number(text, bytes, &at));

    if (step == NULL || at >= bytes)
        return;
    if (bytes - at > CRC_TAIL_BYTES && text[bytes - CRC_TAIL_BYTES + 1] == '~')
        bytes -= CRC_TAIL_BYTES;
    name = ++at;
    while (at < bytes && text[at] != ' ')
        at++;
    copy(step->name, sizeof(step->name), text + name, at - name);
    step->verdict = good ? PAGE_PASS : PAGE_FAIL;
    if (bytes - at <= 3)
        return;
    at += 3;
    if (good && begins(text + at, bytes - at, skip)) {
        step->verdict = PAGE_SKIP;
        at += sizeof(skip) - 1;
    }
    copy(step->note, sizeof(step->note), text + at, bytes - at);
}

static void take_fact(struct page *page, const struct record *record)
{
    static const struct {
        const char *key;
        size_t offset, room;
    } texts[] = {
        {"build", offsetof(struct page, build), sizeof(page->build)},
        {"brand", offsetof(struct page, brand), sizeof(page->brand)},
        {"hypervisor", offsetof(struct page, hypervisor), sizeof(page->hypervisor)},
        {"firmware", offsetof(struct page, firmware), sizeof(page->firmware)},
    };

    if (json_field_is(record->json, record->bytes, "k", "cpus"))
        json_field_u64(record->json, record->bytes, "v", &page->cpus);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (json_field_is(record->json, record->bytes, "k", texts[i].key))
            json_field_text(record->json, record->bytes, "v", (char *)page + texts[i].offset, texts[i].room);
}

static void take_plan(struct page *page, const struct record *record)
{
    uint64_t number = 0;
    struct page_step *step;

    if (!json_field_u64(record->json, record->bytes, "step", &number) || (step = step_at(page, number)) == NULL)
        return;
    json_field_u64(record->json, record->bytes, "est_ms", &step->est_ms);
    json_field_text(record->json, record->bytes, "name", step->name, sizeof(step->name));
}

static void take_step(struct page *page, const struct record *record, uint64_t number)
{
    struct page_step *step = step_at(page, number);
    uint64_t value = 0;

    if (step == NULL)
        return;
    if (!json_field_u64(record->json, record->bytes, "at", &value)) {
        if (page->running && page->step == number) {
            page->running = false;
            page->estimated_ms += step->est_ms;
            if (json_field_u64(record->json, record->bytes, "ms", &value))
                page->spent_ms += value;
        }
        return;
    }
    page->step = (uint32_t)number;
    page->running = true;
    page->done = page->of = 0;
}

/* The first metric of a step that has quantiles is the one that it is about. */
static void take_quantiles(struct page *page, const struct record *record, uint64_t number)
{
    struct json_span list = json_field(record->json, record->bytes, "q"), item, part;
    struct page_step *step = step_at(page, number);
    uint64_t *to;
    size_t at = 0;

    if (step == NULL || !json_field_is(record->json, record->bytes, "m", "wake_latency"))
        return;
    while (json_item(list, &at, &item)) {
        size_t inner = 0;

        if (!json_item(item, &inner, &part))
            continue;
        if (part.bytes == 5 && memcmp(part.text, "\"p50\"", 5) == 0)
            to = &step->p50_tsc;
        else if (part.bytes == 5 && memcmp(part.text, "\"p99\"", 5) == 0)
            to = &step->p99_tsc;
        else if (part.bytes == 5 && memcmp(part.text, "\"max\"", 5) == 0)
            to = &step->max_tsc;
        else
            continue;
        if (json_item(item, &inner, &part) && json_span_u64(part, to))
            step->has_quantiles = true;
    }
}

/* A finding may come in parts, and each record twice. */
static void take_finding(struct page *page, const struct record *record)
{
    char text[PAGE_TEXT_BYTES], id[PAGE_NAME_BYTES];
    struct page_finding *finding;
    struct text whole;
    uint64_t step = 0, part = 1;

    json_field_u64(record->json, record->bytes, "step", &step);
    json_field_u64(record->json, record->bytes, "p", &part);
    json_field_text(record->json, record->bytes, "text", text, sizeof(text));
    if (page->finding_count > 0 && page->findings[page->finding_count - 1].seq >= record->seq)
        return;
    if (part > 1 && page->finding_count > 0) {
        finding = &page->findings[page->finding_count - 1];
        whole = text_in(finding->text + strlen(finding->text), sizeof(finding->text) - strlen(finding->text));
        text_add(&whole, text);
        finding->seq = record->seq;
        return;
    }
    if (page->finding_count == PAGE_FINDINGS_MAX) {
        page->lost_findings++;
        return;
    }
    finding = &page->findings[page->finding_count++];
    finding->step = (uint32_t)step;
    finding->seq = record->seq;
    json_field_text(record->json, record->bytes, "id", id, sizeof(id));
    whole = text_in(finding->text, sizeof(finding->text));
    text_add(&whole, id);
    text_add(&whole, ": ");
    text_add(&whole, text);
}

static void take_sum(struct page *page, const struct record *record)
{
    page->has_sum = json_field_u64(record->json, record->bytes, "pass", &page->pass) &&
                    json_field_u64(record->json, record->bytes, "fail", &page->fail) &&
                    json_field_u64(record->json, record->bytes, "skip", &page->skip) &&
                    json_field_u64(record->json, record->bytes, "error", &page->error);
}

static bool take_record(struct page *page, const struct record *record)
{
    uint64_t step = 0;
    char type[16] = "";

    json_field_text(record->json, record->bytes, "t", type, sizeof(type));
    json_field_u64(record->json, record->bytes, "step", &step);
    if (strcmp(type, "exp") == 0) {
        take_step(page, record, step);
        return true;
    }
    if (strcmp(type, "tick") == 0) {
        json_field_u64(record->json, record->bytes, "done", &page->done);
        json_field_u64(record->json, record->bytes, "of", &page->of);
        json_field_u64(record->json, record->bytes, "ms", &page->ms);
        return true;
    }
    if (strcmp(type, "boot") == 0) {
        json_field_text(record->json, record->bytes, "phase", page->phase, sizeof(page->phase));
        return true;
    }
    if (strcmp(type, "stats") == 0)
        take_quantiles(page, record, step);
    else if (strcmp(type, "env") == 0 || strcmp(type, "cpu") == 0)
        take_fact(page, record);
    else if (strcmp(type, "plan") == 0)
        take_plan(page, record);
    else if (strcmp(type, "finding") == 0)
        take_finding(page, record);
    else if (strcmp(type, "sum") == 0)
        take_sum(page, record);
    else if (strcmp(type, "cal") == 0 && json_field_is(record->json, record->bytes, "k", "tsc_hz"))
        json_field_u64(record->json, record->bytes, "v", &page->tsc_hz);
    return false;
}

static uint32_t take_hex(const char *text, size_t bytes, size_t *at)
{
    uint32_t number = 0;

    for (; *at < bytes && text[*at] != ' '; ++*at)
        number = number << 4 | (uint32_t)(text[*at] >= 'a' ? text[*at] - 'a' + 10 : text[*at] - '0');
    return number;
}

/* "# IL 0012 {...} *crc32": the members stand between the second blank and the last star. */
static bool take_record_line(struct page *page, const char *text, size_t bytes)
{
    size_t at = sizeof(RECORD_MARK) - 1;
    struct record record;

    record.seq = take_hex(text, bytes, &at);
    while (bytes > 0 && text[bytes - 1] != '*')
        bytes--;
    if (at + 3 > bytes)
        return false;
    record.json = text + at + 1;
    record.bytes = bytes - at - 3;
    return take_record(page, &record);
}

bool page_line(struct page *page, const char *text, size_t bytes)
{
    static const char begin[] = "IDLELAB-BEGIN run=", end[] = "IDLELAB-END run=", result[] = " result=";
    enum { RUN_DIGITS = 16 };
    size_t at = 3;

    if (bytes > 0 && text[bytes - 1] == '\n')
        bytes--;
    if (begins(text, bytes, RECORD_MARK))
        return take_record_line(page, text, bytes);
    if (begins(text, bytes, "1..")) {
        page->planned = take_number(text, bytes, &at);
        return true;
    }
    if (begins(text, bytes, "ok ")) {
        take_verdict(page, true, text + 3, bytes - 3);
        return true;
    }
    if (begins(text, bytes, "not ok ")) {
        take_verdict(page, false, text + 7, bytes - 7);
        return true;
    }
    if (begins(text, bytes, begin) && bytes >= sizeof(begin) - 1 + RUN_DIGITS) {
        copy(page->run, sizeof(page->run), text + sizeof(begin) - 1, RUN_DIGITS);
        return true;
    }
    at = sizeof(end) - 1 + RUN_DIGITS + sizeof(result) - 1;
    if (begins(text, bytes, end) && bytes > at) {
        copy(page->result, sizeof(page->result), text + at, bytes - at);
        return true;
    }
    return false;
}

/* Estimates of a machine that is slower or faster than they think are scaled by the steps that have ended. */
static uint64_t scaled(const struct page *page, uint64_t ms)
{
    enum { SURE_MS = 1000, TIMES_MAX = 16 };

    if (page->estimated_ms < SURE_MS || page->spent_ms / TIMES_MAX > page->estimated_ms || ms > UINT32_MAX)
        return ms;
    return ms * page->spent_ms / page->estimated_ms;
}

uint64_t page_left_ms(const struct page *page)
{
    uint64_t left = 0;

    for (uint32_t i = page->step; i < PAGE_STEPS_MAX; i++)
        left += page->steps[i].est_ms;
    if (page->running && page->step >= 1 && page->step <= PAGE_STEPS_MAX) {
        uint64_t whole = page->steps[page->step - 1].est_ms;
        uint64_t of = page->of == 0 ? 1 : page->of, done = page->done < of ? page->done : of;

        left += whole / of * (of - done) + whole % of * (of - done) / of;
    }
    return scaled(page, left);
}
