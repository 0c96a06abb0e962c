/* SPDX-License-Identifier: MIT */
/*
 * Why a machine is odd: the facts and settings in which it differs from its group, where the machines that share its
 * value are odd as well; or the socket that all of it is on. A coincidence, and said as one.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/fleet/judge.h"

#define REASONS_MAX 3
#define SOCKETS_MAX 64

/* How many of the machine's group have a value of this label. */
static void count_value(const struct judged *judged, size_t machine, size_t label, size_t value, size_t *have,
                        size_t *odd)
{
    const struct data *data = judged->data;
    *have = *odd = 0;
    for (size_t m = 0; m < data->machine_room; m++) {
        const struct data_machine *other = &data->machines[m];
        if (other->boots == 0 || other->group != data->machines[machine].group || other->values[label] != value)
            continue;
        (*have)++;
        *odd += judged->machines[m].odd || judged->machines[m].far;
    }
}

/* The value that most of the group have; NAMES_NONE: most have none. */
static size_t usual_value(const struct judged *judged, size_t machine, size_t label)
{
    const struct data *data = judged->data;
    size_t best = NAMES_NONE, most = 0;
    for (size_t m = 0; m < data->machine_room; m++) {
        const struct data_machine *other = &data->machines[m];
        size_t have, odd;
        if (other->boots == 0 || other->group != data->machines[machine].group || other->values[label] == best)
            continue;
        count_value(judged, machine, label, other->values[label], &have, &odd);
        if (have > most) {
            most = have;
            best = other->values[label];
        }
        if (most * 2 > judged->groups[other->group].machines)
            break;
    }
    return best;
}

/* The one socket that has nearly all figures that are off, and of which nearly all are off; -1: there is none. */
static int slow_socket(const struct judged *judged, size_t machine)
{
    const struct data *data = judged->data;
    size_t off[SOCKETS_MAX] = {0}, all[SOCKETS_MAX] = {0}, total = 0, sockets = 0;
    int found = -1;

    for (size_t f = 0; f < data->figure_room && f < data->names->figures.count; f++) {
        int socket = data->names->socket[f];
        bool is_off = fabs(JUDGED_AT(judged, scores, machine, f)) >= 3 &&
                      fabs(JUDGED_AT(judged, deviations, machine, f)) >= judged->least;
        if (socket < 0 || socket >= SOCKETS_MAX || isnan(JUDGED_AT(judged, scores, machine, f)))
            continue;
        all[socket]++;
        off[socket] += is_off;
        total += is_off;
    }
    for (int s = 0; s < SOCKETS_MAX; s++) {
        sockets += all[s] > 0;
        if (all[s] > 0 && off[s] * 10 >= all[s] * 7 && off[s] * 10 >= total * 8)
            found = s;
    }
    return sockets > 1 ? found : -1;
}

static const char *text_of(const struct names *values, size_t number)
{
    return number == NAMES_NONE ? "nothing" : values->texts[number];
}

void judge_reason(struct judged *judged, size_t machine)
{
    const struct data *data = judged->data;
    struct judged_machine *out = &judged->machines[machine];
    int socket = slow_socket(judged, machine);
    size_t used = 0, reasons = 0;

    if (socket >= 0)
        used += (size_t)snprintf(out->reason, sizeof(out->reason), "socket %d alone", socket);
    for (size_t label = 0; label < data->names->labels.count && reasons < REASONS_MAX; label++) {
        size_t own = data->machines[machine].values[label], usual = usual_value(judged, machine, label), have, odd;
        if (own == usual || used >= sizeof(out->reason))
            continue;
        count_value(judged, machine, label, own, &have, &odd);
        /* Where most machines with that value are as the others, it is not the reason. */
        if (odd * 2 < have)
            continue;
        used += (size_t)snprintf(out->reason + used, sizeof(out->reason) - used, "%s%s is %.60s, the others have %.60s",
                                 used ? "; " : "", data->names->labels.texts[label], text_of(&data->names->values, own),
                                 text_of(&data->names->values, usual));
        reasons++;
    }
    if (used == 0)
        snprintf(out->reason, sizeof(out->reason), JUDGE_NO_REASON);
}
