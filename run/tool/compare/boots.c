/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "run/tool/compare/view.h"

/* The boot that is this run, or NULL. */
static struct compare_boot *find(struct compare_side *side, const char *run_id)
{
    for (size_t i = 0; i < side->boot_count && run_id[0]; i++)
        if (strcmp(side->boots[i].run->run_id, run_id) == 0)
            return &side->boots[i];
    return NULL;
}

/* A run of this log counts, unless another log of the side has brought it. */
static void add_boots(struct compare_side *side, struct model *model, const char *name)
{
    for (size_t r = 0; r < model->run_count; r++) {
        struct model_run *run = &model->runs[r];
        struct compare_boot *known = find(side, run->run_id);
        if (known && known->more++ == 0)
            known->again = name;
        else if (!known && side->boot_count < RANK_SUM_SIDE_MAX)
            side->boots[side->boot_count++] = (struct compare_boot){model, run, 0, NULL};
        else if (!known)
            printf("%s: run %s is left out: a side has at most %d boots\n", name, run->run_id, RANK_SUM_SIDE_MAX);
    }
}

static void say_repeated(const struct compare_side *side)
{
    for (size_t i = 0; i < side->boot_count; i++) {
        const struct compare_boot *boot = &side->boots[i];
        if (boot->more == 1)
            printf("%s: run %s is there twice and counts once\n", boot->again, boot->run->run_id);
        else if (boot->more > 1)
            printf("%s: run %s is there %u times and counts once\n", boot->again, boot->run->run_id, boot->more + 1);
    }
}

int compare_load(struct compare_side *side, char **names, size_t count, size_t limit_bytes)
{
    int worst = TOOL_PASS;
    for (size_t i = 0; i < count; i++) {
        struct load_options options = {0};
        struct load_result result;
        model_init(&side->models[i], limit_bytes);
        side->log_count++;
        if (!load_log(names[i], &options, &side->models[i], &result))
            return TOOL_USAGE;
        if (side->models[i].run_count == 0)
            return TOOL_LOSS;
        if (result.exit == TOOL_LOSS)
            worst = TOOL_LOSS;
        add_boots(side, &side->models[i], names[i]);
    }
    say_repeated(side);
    return worst;
}

const char *compare_run_on_both(const struct compare_side *a, struct compare_side *b)
{
    for (size_t i = 0; i < a->boot_count; i++)
        if (find(b, a->boots[i].run->run_id))
            return a->boots[i].run->run_id;
    return NULL;
}

struct model_metric *compare_metric_of(const struct compare_boot *boot, const char *step_name, const char *metric)
{
    struct model_step *step = model_step_by_name(boot->run, step_name);
    const struct model_metric *main = step ? model_main_metric(step) : NULL;
    const char *name = metric ? metric : main ? main->name : NULL;
    return step && name ? model_metric_by_name(boot->model, step, name, false) : NULL;
}
