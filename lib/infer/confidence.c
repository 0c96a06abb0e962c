/* SPDX-License-Identifier: MIT */
#include "lib/infer/confidence.h"

#include <stddef.h>

const char *confidence_word(enum confidence confidence)
{
    static const char *const words[] = {
        [CONFIDENCE_NONE] = NULL,           [CONFIDENCE_UNVERIFIED] = "unverified",
        [CONFIDENCE_LOW] = "low",           [CONFIDENCE_MEDIUM] = "medium",
        [CONFIDENCE_HIGH] = "high",         [CONFIDENCE_FEW_SAMPLES] = "few samples",
        [CONFIDENCE_LIKELY] = "likely",     [CONFIDENCE_INFERRED] = "inferred",
        [CONFIDENCE_MODELLED] = "modelled", [CONFIDENCE_MEASURED] = "measured",
    };

    return words[confidence];
}
