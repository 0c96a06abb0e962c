/* SPDX-License-Identifier: MIT */
#include "lib/infer/asleep_clock.h"

#include "lib/fixed.h"

enum { PPM = 1000000, SLEWED_PPM = 1000 };

struct asleep_answer asleep_clock_judge(const struct asleep_seen *seen)
{
    uint64_t asleep_hz = muldiv_u64(seen->passed_tsc, seen->hz, seen->passed_ticks), size_ppm;
    struct asleep_answer answer = {.word = "perhaps as", .confidence = CONFIDENCE_LOW};

    answer.ppm = ((int64_t)asleep_hz - (int64_t)seen->awake_hz) / (int64_t)(seen->awake_hz / PPM + 1);
    size_ppm = (uint64_t)(answer.ppm < 0 ? -answer.ppm : answer.ppm);
    /* The readings' width, a tick of the clock at each end, and what the boot's figure is good for. */
    answer.bound_ppm =
        muldiv_u64(seen->bound_tsc, PPM, seen->passed_tsc) + 2 * PPM / seen->passed_ticks + seen->awake_bound_ppm;
    if (size_ppm <= answer.bound_ppm) {
        answer.word = "as";
        answer.confidence = CONFIDENCE_MEASURED;
    } else if (size_ppm > answer.bound_ppm + SLEWED_PPM) {
        answer.word = "not as";
        answer.confidence = CONFIDENCE_MEASURED;
    }
    return answer;
}
