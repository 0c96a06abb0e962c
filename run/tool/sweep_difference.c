/* SPDX-License-Identifier: MIT */
#include "run/tool/sweep_difference.h"

#include <string.h>

#define VALUE_CHARS   60
#define FINDING_CHARS 150

static void head_once(struct table *table, bool *headed, const char *text)
{
    if (!*headed)
        table_add_heading(table, "%s", text);
    *headed = true;
}

void sweep_settings(struct table *table, bool *headed, struct sweep_side first, struct sweep_side other)
{
    if (first.model->run_count == 0 || other.model->run_count == 0)
        return;
    for (size_t i = 0; i < other.model->runs[0].fact_count; i++) {
        const struct model_fact *fact = &other.model->runs[0].facts[i];
        const char *own, *was;

        if (strcmp(fact->type, "host") != 0 || strncmp(fact->key, "kvm", 3) != 0 || fact->part != 1)
            continue;
        own = model_fact(other.model, &other.model->runs[0], "host", fact->key);
        was = model_fact(first.model, &first.model->runs[0], "host", fact->key);
        if (!own || !was || strcmp(own, was) == 0)
            continue;
        head_once(table, headed, "-- settings");
        table_add_heading(table, "  %s: %s=%.*s (%s: %.*s)", other.name, fact->key, VALUE_CHARS, own, first.name,
                          VALUE_CHARS, was);
    }
}

static const struct model_finding *finding_of(const struct model_step *step, const char *id)
{
    for (size_t i = 0; i < step->finding_count; i++)
        if (strcmp(step->findings[i].id, id) == 0)
            return &step->findings[i];
    return NULL;
}

static bool says_other(const char *text, const char *other)
{
    static const char figures[] = "0123456789.";

    for (;; text++, other++) {
        text += strspn(text, figures);
        other += strspn(other, figures);
        if (*text != *other)
            return true;
        if (*text == '\0')
            return false;
    }
}

static const struct model_step *step_in(struct sweep_side side, const char *name)
{
    return side.model->run_count > 0 ? model_step_by_name(&side.model->runs[0], name) : NULL;
}

void sweep_survey(struct table *table, bool *headed, struct sweep_side first, struct sweep_side other,
                  const char *survey)
{
    const struct model_step *was = step_in(first, survey), *own = step_in(other, survey);

    for (size_t i = 0; was && own && i < own->finding_count; i++) {
        const struct model_finding *finding = finding_of(was, own->findings[i].id);

        if (finding && !says_other(own->findings[i].text, finding->text))
            continue;
        head_once(table, headed, "-- survey, where it says another thing");
        table_add_heading(table, "  %s: %.*s", other.name, FINDING_CHARS, own->findings[i].text);
        if (finding)
            table_add_heading(table, "    %s: %.*s", first.name, FINDING_CHARS, finding->text);
    }
}
