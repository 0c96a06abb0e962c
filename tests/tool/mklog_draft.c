/* SPDX-License-Identifier: MIT */
/* Records of the log makers, mklog and mkfleet. */
#include <stdio.h>
#include <stdlib.h>

#include "lib/rows/rows.h"
#include "tests/tool/mklog.h"

struct json *draft_start(struct draft *draft, const char *type)
{
    json_begin(&draft->json, draft->text, sizeof(draft->text));
    json_str(&draft->json, "t", type);
    return &draft->json;
}

void draft_emit(struct maker *maker, struct draft *draft, bool twice)
{
    record_emit(&maker->stream, json_end(&draft->json), twice);
}

void draft_emit_row(struct maker *maker, struct draft *draft)
{
    char problem[ROW_PROBLEM_BYTES];
    const char *text = json_end(&draft->json);
    if (!text || !row_check(text, problem)) {
        fprintf(stderr, "mklog: %s\n", text ? problem : "a row does not fit");
        exit(2);
    }
    record_emit(&maker->stream, text, true);
}

void write_exp(struct maker *maker, uint64_t step, const char *end, uint64_t n, uint64_t rejected)
{
    struct draft draft;
    struct json *json = draft_start(&draft, "exp");
    json_uint(json, "step", step);
    if (end) {
        json_str(json, "end", end);
        json_uint(json, "n", n);
        json_uint(json, "rej", rejected);
        json_uint(json, "ms", 480);
    } else {
        json_uint(json, "at", maker->now_tsc);
    }
    draft_emit(maker, &draft, true);
}
