/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* stpcpy */
#include "run/tool/model/parts.h"

#include <string.h>

/* More than any text of the lab has; they bound the work on a hostile log. */
#define PARTS_MAX 128
#define TEXTS_MAX 8192

#define MISSING "..."

static struct model_text *text_of(struct model *model, struct model_run *run, uint32_t first_seq, size_t part_count)
{
    const char **parts;
    struct model_text *text;

    for (size_t i = run->text_count; i > 0; i--)
        if (run->texts[i - 1].first_seq == first_seq)
            return &run->texts[i - 1];
    if (run->text_count >= TEXTS_MAX) {
        model_leave_out(model, "texts of several records", TEXTS_MAX);
        return NULL;
    }
    parts = pool_alloc(&model->pool, part_count * sizeof(*parts));
    text = pool_append(&model->pool, (void **)&run->texts, run->text_count, &run->text_room, sizeof(*text));
    if (!parts || !text)
        return NULL;
    *text = (struct model_text){first_seq, part_count, parts};
    run->text_count++;
    return text;
}

static const char *joined(struct model *model, const struct model_text *text)
{
    size_t bytes = 1;
    char *all, *at;

    for (size_t i = 0; i < text->part_count; i++)
        bytes += strlen(text->parts[i] ? text->parts[i] : MISSING);
    all = pool_alloc(&model->pool, bytes);
    at = all;
    for (size_t i = 0; all && i < text->part_count; i++)
        at = stpcpy(at, text->parts[i] ? text->parts[i] : MISSING);
    return all ? all : "";
}

const char *model_take_part(struct model *model, struct model_run *run, int64_t part, int64_t of, const char *text,
                            uint32_t *first_seq)
{
    const char *copy = pool_copy(&model->pool, text, strlen(text));
    struct model_text *whole;

    *first_seq = run->record_seq;
    if (!copy)
        return "";
    if (of < 2 || of > PARTS_MAX || part < 1 || part > of)
        return copy;
    *first_seq = run->record_seq - (uint32_t)(part - 1);
    whole = text_of(model, run, *first_seq, (size_t)of);
    if (!whole || (size_t)part > whole->part_count)
        return copy;
    whole->parts[part - 1] = copy;
    return joined(model, whole);
}
