/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>

#include "run/tool/compare/view.h"

bool compare_family(struct compare_rows *rows, struct relabel_boots boots)
{
    struct relabel_question *questions = calloc(rows->count + 1, sizeof(*questions));
    double(*values)[RELABEL_BOOTS_MAX] = calloc(rows->count + 1, sizeof(*values));
    size_t *places = calloc(rows->count + 1, sizeof(*places)), count = 0;
    bool done = false;

    /* Questions of one group stand together: quantile by quantile. */
    for (size_t index = 0; index < QUANTILE_COUNT && questions && values && places; index++)
        for (size_t i = 0; i < rows->count; i++) {
            const struct compare_row *row = &rows->rows[i];
            if (!row->shown || !row->tested || row->quantile_index != index)
                continue;
            compare_scaled(row, boots.a_count, 1, values[count]);
            questions[count] = (struct relabel_question){values[count], RELABEL_EITHER, 0, index, 1, 0};
            places[count++] = i;
        }
    if (questions && values && places)
        done = count == 0 || relabel_test(boots, questions, count);
    for (size_t i = 0; i < count && done; i++)
        rows->rows[places[i]].p_all = questions[i].p;
    free(questions);
    free(values);
    free(places);
    return done;
}
