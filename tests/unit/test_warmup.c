/* SPDX-License-Identifier: MIT */
/* lib/warmup.c: when it ends, by number, time and values; rates are in tests/statistics/settling.c. */
#include "lib/warmup.h"

#include "lib/prng.h"
#include "tests/unit/tap.h"

enum { LEAST_TSC = 1000, MOST_TSC = 10000, LEVEL = 1000 };

static int64_t values[WARMUP_MOST], scratch[WARMUP_MOST / 2 / WARMUP_BLOCKS];

struct course {
    uint32_t shift_at; /* from this value on, the level is halved */
    int64_t slope;     /* more by so much from value to value */
    uint64_t step_tsc; /* from value to value */
    unsigned noise;
    unsigned none_of; /* so many of 4 tries give no value */
};

static struct warmup warmup;

static enum warmup_state play(const struct course *course)
{
    enum warmup_state state = WARMUP_GOES_ON;
    struct prng prng;

    prng_seed(&prng, 11);
    warmup_begin(&warmup, values, scratch, LEAST_TSC, MOST_TSC);
    for (uint32_t i = 0; state == WARMUP_GOES_ON; i++) {
        int64_t level = course->shift_at && i >= course->shift_at ? LEVEL / 2 : LEVEL;

        level += course->slope * (int64_t)i + (int64_t)prng_below(&prng, course->noise + 1);
        state = warmup_add(&warmup, i % 4 >= course->none_of, level, i * course->step_tsc);
    }
    return state;
}

int main(void)
{
    TAP_INT(play(&(struct course){.step_tsc = 100}), WARMUP_SETTLED, "equal values settle");
    TAP_INT(warmup.tries, WARMUP_LEAST, "with the least number, where the time has passed");
    TAP_INT(play(&(struct course){.step_tsc = 10, .noise = 50}), WARMUP_SETTLED, "noise settles");
    TAP_OK(warmup.tries > 100 && warmup.tries < 200, "not before the least time");
    TAP_INT(play(&(struct course){.step_tsc = 10, .noise = 50, .shift_at = 90}), WARMUP_SETTLED, "a shift settles");
    TAP_OK(warmup.tries > 110, "some way behind it");
    TAP_INT(play(&(struct course){.step_tsc = 10, .noise = 5, .slope = 10}), WARMUP_LIMIT, "a ramp does not settle");
    TAP_INT(warmup.tries, MOST_TSC / 10 + 1, "it ends at the longest time");
    TAP_INT(play(&(struct course){.step_tsc = 100, .slope = 1}), WARMUP_LIMIT, "nor one of some per cent");
    play(&(struct course){.step_tsc = 100, .shift_at = WARMUP_LEAST - WARMUP_LEAST / 2 / 2});
    TAP_OK(warmup.tries > WARMUP_LEAST, "halves of the newer half that differ are no level");
    TAP_INT(play(&(struct course){.slope = 10}), WARMUP_LIMIT, "nor where no time passes");
    TAP_INT(warmup.tries, WARMUP_MOST, "it ends with the largest number");
    TAP_INT(play(&(struct course){.step_tsc = MOST_TSC}), WARMUP_LIMIT, "too few values within the longest time");
    TAP_INT(play(&(struct course){.step_tsc = 1, .none_of = 3}), WARMUP_BLIND, "few tries with a value are not judged");
    TAP_INT(warmup.tries, WARMUP_LEAST, "and end with the least number");
    TAP_INT(play(&(struct course){.step_tsc = 10, .noise = 50, .none_of = 1}), WARMUP_SETTLED,
            "some without do not matter");
    return tap_done();
}
