/* SPDX-License-Identifier: MIT */
#include "run/tool/model/record.h"

#include <stdio.h>
#include <string.h>

#include "run/tool/model/host.h"
#include "run/tool/model/join.h"
#include "run/tool/model/parts.h"
#include "run/tool/model/record_json.h"
#include "run/tool/model/stats.h"

/* Records that are kept as they are, and facts: a run has a few per CPU. */
#define KEPT_MAX      16384
#define FACTS_MAX     16384
/* Sequence numbers of the lab are below. */
#define HOST_SEQ      UINT32_C(0x80000000)
/* The parts of one finding are no further apart. */
#define FINDINGS_NEAR 256

void model_take_begin(struct model *model, const char *run_id)
{
    struct model_run *run = model->run_count > 0 ? model_current_run(model) : NULL;
    if (run && model_join_waits(run))
        model_join_begin(run);
    else if ((run = model_begin_run(model, run_id)))
        run->machine_count = 1;
}

void model_take_plan(struct model *model, uint64_t count)
{
    struct model_run *run = model_current_run(model);
    if (run)
        run->planned_results = count;
}

void model_take_end(struct model *model, enum record_result result)
{
    struct model_run *run = model_current_run(model);
    if (!run)
        return;
    run->ended = true;
    run->result = result;
}

void model_take_verdict(struct model *model, const struct log_item *item)
{
    struct model_run *run = model_current_run(model);
    char *name = run ? pool_copy(&model->pool, item->name, item->name_bytes) : NULL;
    char *detail = pool_copy(&model->pool, item->detail ? item->detail : "", item->detail_bytes);
    struct model_verdict verdict;
    struct model_step *step;
    struct model_verdict *slot;

    if (!name || !detail)
        return;
    verdict = (struct model_verdict){true, item->ok, item->skip, item->number, detail};
    step = model_step_by_name(run, name);
    if (step) {
        step->verdict = verdict;
        return;
    }
    slot = pool_append(&model->pool, (void **)&run->verdicts, run->verdict_count, &run->verdict_room, sizeof(*slot));
    if (slot) {
        *slot = verdict;
        run->verdict_count++;
    }
}

static const char *copy_of(struct model *model, const char *text)
{
    const char *copy = pool_copy(&model->pool, text, strlen(text));
    return copy ? copy : "";
}

static void keep(struct model *model, struct model_run *run, json_t *object)
{
    json_t **slot;

    if (run->kept_count >= KEPT_MAX) {
        model_leave_out(model, "records about CPUs and clocks", KEPT_MAX);
        return;
    }
    slot = pool_append(&model->pool, (void **)&run->kept, run->kept_count, &run->kept_room, sizeof(*slot));
    if (!slot)
        return;
    *slot = json_incref(object);
    run->kept_count++;
}

static void take_fact(struct model *model, struct model_run *run, const json_t *object)
{
    struct model_fact *fact;
    const json_t *value;
    char number[32];
    const char *text;

    if (run->fact_count >= FACTS_MAX) {
        model_leave_out(model, "facts", FACTS_MAX);
        return;
    }
    fact = pool_append(&model->pool, (void **)&run->facts, run->fact_count, &run->fact_room, sizeof(*fact));
    if (!fact)
        return;
    value = json_object_get(object, "v");
    text = json_string_value(value);
    if (!text) {
        snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(value));
        text = number;
    }
    fact->type = copy_of(model, model_string(object, "t", ""));
    fact->key = copy_of(model, model_string(object, "k", ""));
    fact->value = copy_of(model, text);
    fact->part = model_int(object, "p", 1);
    fact->parts = model_int(object, "of", 1);
    /* The number of parts decides how often they are searched for. */
    if (fact->parts < 1 || fact->parts > 9999)
        fact->parts = 1;
    run->fact_count++;
}

static void take_fact_record(struct model *model, struct model_run *run, json_t *object)
{
    take_fact(model, run, object);
}

static void take_cpu(struct model *model, struct model_run *run, json_t *object)
{
    if (json_object_get(object, "k") && !json_object_get(object, "why")) /* with a reason there are several of a key */
        take_fact(model, run, object);
    else
        keep(model, run, object);
}

static void take_cal(struct model *model, struct model_run *run, json_t *object)
{
    int64_t hz = model_int(object, "v", 0);
    if (strcmp(model_string(object, "k", ""), "tsc_hz") == 0 && hz > 0) {
        run->tsc_hz = (uint64_t)hz;
        run->tsc_source = copy_of(model, model_string(object, "src", ""));
    }
    keep(model, run, object);
}

static void take_plan_record(struct model *model, struct model_run *run, json_t *object)
{
    struct model_step *step;
    uint32_t first_seq;

    if (!json_object_get(object, "step")) {
        keep(model, run, object);
        return;
    }
    step = model_step_by_id(model, run, model_int(object, "step", 0), true);
    if (!step)
        return;
    step->planned = true;
    step->name = copy_of(model, model_string(object, "name", ""));
    step->exp = copy_of(model, model_string(object, "exp", ""));
    step->args = model_take_part(model, run, model_int(object, "p", 1), model_int(object, "of", 1),
                                 model_string(object, "args", ""), &first_seq);
    step->line = model_int(object, "line", 0);
    step->planned_n = (uint64_t)model_int(object, "n", 0);
    step->est_ms = (uint64_t)model_int(object, "est_ms", 0);
}

static void take_exp(struct model *model, struct model_run *run, json_t *object)
{
    struct model_step *step = model_step_by_id(model, run, model_int(object, "step", 0), true);
    const char *end;

    if (!step)
        return;
    if (json_object_get(object, "at")) {
        step->begun = true;
        step->begin_tsc = model_int(object, "at", 0);
        run->running_step = step->id;
    }
    end = json_string_value(json_object_get(object, "end"));
    if (end) {
        step->end = copy_of(model, end);
        step->n = (uint64_t)model_int(object, "n", 0);
        step->rejected = (uint64_t)model_int(object, "rej", 0);
        step->ms = (uint64_t)model_int(object, "ms", 0);
        step->core = copy_of(model, model_string(object, "core", ""));
        step->not_entered = copy_of(model, model_string(object, "not_entered", ""));
        run->running_step = -1;
    }
}

static void take_finding(struct model *model, struct model_run *run, json_t *object)
{
    struct model_step *step = NULL;
    struct model_finding **list;
    size_t *count, *room;
    uint32_t first_seq;
    const char *text;
    struct model_finding *finding;

    if (json_object_get(object, "step"))
        step = model_step_by_id(model, run, model_int(object, "step", 0), true);
    list = step ? &step->findings : &run->findings;
    count = step ? &step->finding_count : &run->finding_count;
    room = step ? &step->finding_room : &run->finding_room;
    text = model_take_part(model, run, model_int(object, "p", 1), model_int(object, "of", 1),
                           model_string(object, "text", ""), &first_seq);
    for (size_t i = *count; i > 0 && *count - i < FINDINGS_NEAR; i--)
        if ((*list)[i - 1].first_seq == first_seq) {
            (*list)[i - 1].text = text;
            return;
        }
    finding = pool_append(&model->pool, (void **)list, *count, room, sizeof(*finding));
    if (!finding)
        return;
    *finding = (struct model_finding){first_seq, copy_of(model, model_string(object, "id", "")), text,
                                      copy_of(model, model_string(object, "conf", ""))};
    (*count)++;
}

static void take_tick(struct model *model, struct model_run *run, json_t *object)
{
    struct model_step *step = model_step_by_id(model, run, model_int(object, "step", -1), false);
    if (step)
        step->done = (uint64_t)model_int(object, "done", 0);
    run->uptime_ms = (uint64_t)model_int(object, "ms", 0);
}

static const struct {
    const char *type;
    void (*take)(struct model *, struct model_run *, json_t *);
} TYPES[] = {
    {"stats", model_take_stats}, {"hist", model_take_hist}, {"cpu", take_cpu},          {"cal", take_cal},
    {"plan", take_plan_record},  {"exp", take_exp},         {"finding", take_finding},  {"fault", keep},
    {"tick", take_tick},         {"env", take_fact_record}, {"host", take_fact_record}, {"hstat", model_take_hstat},
    {"hhist", model_take_hhist},
};

static bool wrong(struct model_error *error, size_t column, const char *text)
{
    error->column = column;
    snprintf(error->text, sizeof(error->text), "%s", text);
    return false;
}

bool model_take_record(struct model *model, const struct log_item *item, struct model_error *error)
{
    struct model_run *run = model_current_run(model);
    json_error_t parse;
    json_t *object;
    const char *type;
    bool is_new, is_bad_raw, has_type;

    if (!run)
        return wrong(error, 0, "no memory left for the run");
    /* The launcher numbers its records on its own: their parts must not mix with the lab's. */
    run->record_seq = item->kind == LOG_ITEM_HOST ? item->seq | HOST_SEQ : item->seq + run->seq_base;
    if (item->kind != LOG_ITEM_HOST && run->record_seq >= run->seq_next)
        run->seq_next = run->record_seq + 1;
    if (model_is_raw(item->json, item->json_bytes) && model_take_raw_quickly(model, run, item->json, item->json_bytes))
        return true;
    object = record_json(item->json, item->json_bytes, &parse);
    if (!object) {
        snprintf(error->text, sizeof(error->text), "expected JSON: %.160s", parse.text);
        error->column = parse.column > 0 ? (size_t)parse.column : 1;
        return false;
    }
    type = json_string_value(json_object_get(object, "t"));
    if (item->kind == LOG_ITEM_HOST && type && strcmp(type, "join") == 0)
        model_take_join(model, run, object);
    is_new = !model_join_repeats(model, run, object);
    for (size_t i = 0; type && is_new && i < sizeof(TYPES) / sizeof(TYPES[0]); i++)
        if (strcmp(TYPES[i].type, type) == 0)
            TYPES[i].take(model, run, object);
    is_bad_raw = type && strcmp(type, "raw") == 0 && !model_take_raw(model, run, object);
    has_type = type != NULL;
    json_decref(object);
    if (!has_type)
        return wrong(error, 1, "expected an object with a text member t");
    if (is_bad_raw)
        return wrong(error, 0, "expected whole raw samples in the member d");
    return true;
}
