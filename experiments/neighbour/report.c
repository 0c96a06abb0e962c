/* SPDX-License-Identifier: MIT */
/* Results of `neighbour`: for each class of working CPU the ratio, its floor, and the rates that it comes from. */
#include "experiments/neighbour/parts.h"

#include "lib/fmt.h"
#include "lib/stats.h"

enum { NAME_BYTES = 32 };

static const char *const class_names[NEIGHBOUR_CLASSES] = {"sibling", "package", "remote"};

static void report_scalar(struct step *step, const char *what, unsigned class, int64_t value)
{
    char name[NAME_BYTES];

    fmt(name, sizeof(name), "%s_%s", what, class_names[class]);
    result_scalar(step, name, value, "count");
}

/* The floor is what two equal parts of a round, both with HLT, differ by: the median of their distance from 1. */
static void report_class(struct step *step, struct neighbour *n, unsigned class)
{
    uint32_t count = n->kept[class];
    char name[NAME_BYTES];

    report_scalar(step, "cpu", class, n->workers[class].cpu->index);
    report_scalar(step, "units_per_s_hlt", class, stats_sort_median(n->hlt_rate[class], count));
    report_scalar(step, "units_per_s", class, stats_sort_median(n->method_rate[class], count));
    fmt(name, sizeof(name), "ratio_%s", class_names[class]);
    result_series(step, &(struct series){.metric = name,
                                         .unit = "ppm",
                                         .values = n->ratio_ppm[class],
                                         .count = count,
                                         .has_floor = true,
                                         .floor = stats_sort_median(n->again_ppm[class], count),
                                         .floor_count = count});
    if (count)
        result_metric(step, class_names[class], stats_median(n->ratio_ppm[class], count), "ppm");
}

void neighbour_finish(struct step *step)
{
    struct neighbour *n = step->state;
    bool any = false;

    if (n->unreal) {
        result_not_real(step, result_no_wait);
        return;
    }
    if (n->hlt != idle_find("hlt"))
        result_say(step, "reference", CONFIDENCE_NONE,
                   "what stands as hlt here is %s: the thread sleeps, and Linux "
                   "idles the CPU",
                   n->hlt->name);
    result_scalar(step, "idlers", n->idler_count, "count");
    result_scalar(step, "returns_hlt", (int64_t)n->returns[PART_HLT], "count");
    result_scalar(step, "returns", (int64_t)n->returns[PART_METHOD], "count");
    result_scalar(step, "missed", n->missed, "count");
    for (unsigned class = 0; class < NEIGHBOUR_CLASSES; class ++) {
        if (!n->workers[class].cpu)
            continue;
        report_class(step, n, class);
        any |= n->kept[class] != 0;
    }
    if (!any)
        result_fail(step, "rounds", 0, "count");
}
