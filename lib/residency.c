/* SPDX-License-Identifier: MIT */
#include "lib/residency.h"

#include <stdint.h>

static const struct {
    char name[5];
    uint8_t depth;
} counters[RESIDENCY_COUNT] = {
    [RESIDENCY_CC1] = {"cc1", 1}, [RESIDENCY_CC3] = {"cc3", 3}, [RESIDENCY_CC6] = {"cc6", 6},
    [RESIDENCY_CC7] = {"cc7", 7}, [RESIDENCY_MC6] = {"mc6", 6}, [RESIDENCY_PC2] = {"pc2", 2},
    [RESIDENCY_PC3] = {"pc3", 3}, [RESIDENCY_PC6] = {"pc6", 6}, [RESIDENCY_PC7] = {"pc7", 7},
    [RESIDENCY_PC8] = {"pc8", 8}, [RESIDENCY_PC9] = {"pc9", 9}, [RESIDENCY_PC10] = {"pc10", 10},
};

const char *residency_name(enum residency counter)
{
    return counters[counter].name;
}

unsigned residency_depth(enum residency counter)
{
    return counters[counter].depth;
}
