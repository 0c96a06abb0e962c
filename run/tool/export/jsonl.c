/* SPDX-License-Identifier: MIT */
/* One line a record, as the lab wrote it: for jq and the like. */
#include "run/tool/export/forms.h"

static void write_record(void *ctx, const struct log_item *item)
{
    fwrite(item->json, 1, item->json_bytes, ctx);
    fputc('\n', ctx);
}

bool export_jsonl(const char *name, FILE *out, enum tool_exit *code)
{
    struct load_options options = {.on_record = write_record, .record_ctx = out};
    struct load_result result;
    struct model model;
    model_init(&model, MODEL_LIMIT_BYTES);
    bool good = load_log(name, &options, &model, &result);
    model_free(&model);
    if (good)
        *code = result.exit;
    return good;
}
