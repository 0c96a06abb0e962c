/* SPDX-License-Identifier: MIT */
#include "run/tool/fleet/judge.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/median.h"

/* A figure is counted as off from so many spreads on. */
#define SPREADS_OFF 3

double judge_level(const struct data *data, size_t machine, size_t figure)
{
    double boots[CAMPAIGN_BOOTS_MAX];
    memcpy(boots, &DATA_AT(data, machine, figure, 0), data->boot_room * sizeof(*boots));
    return median_of(boots, data->boot_room);
}

static bool is_p50(const struct data *data, size_t figure)
{
    return figure < data->names->figures.count && strcmp(data_quantile_of(data->names, figure), "p50") == 0;
}

/* The group's machines as odd.h has them, judged, and put back. */
static bool judge_group(struct judged *judged, size_t number, double *p)
{
    const struct data *data = judged->data;
    size_t figures = data->figure_room, count = 0, row = figures * data->boot_room;
    size_t *members = calloc(data->machine_room + 1, sizeof(*members));
    struct odd_group group = {.figures = figures, .boots = data->boot_room, .least = judged->least};
    double *values, *deviations, *scores, *own_p;
    bool good;

    for (size_t m = 0; members && m < data->machine_room; m++)
        if (data->machines[m].boots > 0 && data->machines[m].group == number)
            members[count++] = m;
    judged->groups[number].machines = count;
    group.machines = count;
    group.values = values = calloc(count * row + 1, sizeof(*values));
    group.deviations = deviations = calloc(count * figures + 1, sizeof(*deviations));
    group.scores = scores = calloc(count * figures + 1, sizeof(*scores));
    group.p = own_p = calloc(count + 1, sizeof(*own_p));
    group.spreads = judged->spreads + number * figures;
    good = members && values && deviations && scores && own_p;
    for (size_t i = 0; good && i < count; i++)
        memcpy(values + i * row, &DATA_AT(data, members[i], 0, 0), row * sizeof(*values));
    good = good && odd_judge(&group);
    for (size_t i = 0; good && i < count; i++) {
        memcpy(&JUDGED_AT(judged, deviations, members[i], 0), deviations + i * figures, figures * sizeof(*deviations));
        memcpy(&JUDGED_AT(judged, scores, members[i], 0), scores + i * figures, figures * sizeof(*scores));
        p[members[i]] = own_p[i];
    }
    free(members);
    free(values);
    free(deviations);
    free(scores);
    free(own_p);
    return good;
}

/* The group's level of each figure. */
static bool find_levels(struct judged *judged, size_t group)
{
    const struct data *data = judged->data;
    double *work = calloc(data->machine_room + 1, sizeof(*work));

    for (size_t f = 0; work && f < data->figure_room; f++) {
        size_t n = 0;
        for (size_t m = 0; m < data->machine_room; m++)
            if (data->machines[m].boots > 0 && data->machines[m].group == group)
                work[n++] = judge_level(data, m, f);
        judged->levels[group * data->figure_room + f] = median_of(work, n);
    }
    free(work);
    return work != NULL;
}

/* The spread of a machine over its boots: the median deviation of each boot's p50 figures. */
static void find_boots(const struct judged *judged, size_t m, struct judged_machine *machine)
{
    const struct data *data = judged->data;
    double work[DATA_FIGURES_MAX];

    machine->low = INFINITY;
    machine->high = -INFINITY;
    for (size_t b = 0; b < data->boot_room; b++) {
        double middle;
        size_t n = 0;
        for (size_t f = 0; f < data->figure_room; f++)
            if (is_p50(data, f))
                work[n++] = DATA_AT(data, m, f, b) - judged->levels[data->machines[m].group * data->figure_room + f];
        middle = median_of(work, n);
        if (isnan(middle))
            continue;
        machine->low = fmin(machine->low, middle);
        machine->high = fmax(machine->high, middle);
    }
}

static void judge_machine(struct judged *judged, size_t m, double p, bool odd)
{
    const struct data *data = judged->data;
    struct judged_machine *machine = &judged->machines[m];
    double middle[DATA_FIGURES_MAX], tail[DATA_FIGURES_MAX], most = 0;
    size_t middles = 0, tails = 0;

    machine->p = p;
    machine->odd = odd;
    machine->worst = NAMES_NONE;
    machine->change.p = 1;
    for (size_t f = 0; f < data->figure_room && f < data->names->figures.count; f++) {
        double own = judge_level(data, m, f) - judged->levels[data->machines[m].group * data->figure_room + f];
        double score = fabs(JUDGED_AT(judged, scores, m, f));
        bool off = fabs(own) >= judged->least && score >= SPREADS_OFF;
        if (isnan(own))
            continue;
        if (is_p50(data, f))
            middle[middles++] = own;
        else
            tail[tails++] = own;
        machine->of++;
        machine->off += off;
        if (fabs(own) >= judged->least && score > most) {
            most = score;
            machine->worst = f;
        }
    }
    machine->middle = median_of(middle, middles);
    machine->tail = median_of(tail, tails);
    find_boots(judged, m, machine);
    machine->far = !odd && data->machines[m].boots >= ODD_BOOTS_LEAST &&
                   (machine->low >= judged->least || machine->high <= -judged->least);
}

static bool judge_all(struct judged *judged, double *p, bool *odd)
{
    const struct data *data = judged->data;
    size_t groups = data->names->groups.count;

    for (size_t m = 0; m < data->machine_room; m++)
        p[m] = 1;
    for (size_t g = 0; g < groups; g++)
        if (!judge_group(judged, g, p) || !find_levels(judged, g))
            return false;
    if (!odd_discover(p, data->machine_room, ODD_RATE, odd))
        return false;
    for (size_t m = 0; m < data->machine_room; m++)
        if (data->machines[m].boots > 0)
            judge_machine(judged, m, p[m], odd[m]);
    for (size_t m = 0; m < data->machine_room; m++)
        if (judged->machines[m].odd || judged->machines[m].far)
            judge_reason(judged, m);
    return true;
}

bool judge(struct judged *judged, const struct data *data, double least)
{
    size_t cells = data->machine_room * data->figure_room + 1, groups = data->names->groups.count + 1;
    double *p = calloc(data->machine_room + 1, sizeof(*p));
    bool *odd = calloc(data->machine_room + 1, sizeof(*odd)), good;

    *judged = (struct judged){.data = data, .least = least};
    judged->deviations = malloc(cells * sizeof(double));
    judged->scores = malloc(cells * sizeof(double));
    judged->spreads = calloc(groups * (data->figure_room + 1), sizeof(double));
    judged->levels = calloc(groups * (data->figure_room + 1), sizeof(double));
    judged->machines = calloc(data->machine_room + 1, sizeof(*judged->machines));
    judged->groups = calloc(groups, sizeof(*judged->groups));
    good = p && odd && judged->deviations && judged->scores && judged->spreads && judged->levels && judged->machines &&
           judged->groups;
    for (size_t i = 0; good && i < cells; i++)
        judged->deviations[i] = judged->scores[i] = NAN;
    for (size_t g = 0; good && g < groups; g++)
        judged->groups[g].change.p = 1;
    good = good && judge_all(judged, p, odd);
    free(p);
    free(odd);
    return good;
}

void judge_free(struct judged *judged)
{
    free(judged->deviations);
    free(judged->scores);
    free(judged->spreads);
    free(judged->levels);
    free(judged->machines);
    free(judged->groups);
}
