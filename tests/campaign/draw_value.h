/* SPDX-License-Identifier: MIT */
/* A value for a key, by what its descriptor says that it takes. */
#ifndef LAB_TESTS_CAMPAIGN_DRAW_VALUE_H
#define LAB_TESTS_CAMPAIGN_DRAW_VALUE_H

#include "tests/campaign/draw.h"

enum { DRAW_VALUE_BYTES = 160 };

/* A value, or a list of two where the key takes lists. It may make no sense with other keys. */
void draw_value(struct draw *draw, char to[DRAW_VALUE_BYTES], const struct param_spec *spec);

/* A count or a time (in ns) of at most `most`, or the least that the key takes. */
void draw_small_value(struct draw *draw, char to[DRAW_VALUE_BYTES], const struct param_spec *spec, uint64_t most);

#endif /* LAB_TESTS_CAMPAIGN_DRAW_VALUE_H */
