/* SPDX-License-Identifier: MIT */
/* One line a record, as the lab wrote it: for jq and the like. */
#include "run/tool/export/forms.h"

static void write_record(void *out, const struct log_item *item)
{
    fwrite(item->json, 1, item->json_bytes, out);
    fputc('\n', out);
}

const struct export_form EXPORT_JSONL = {"--jsonl", .on_record = write_record};
