/* SPDX-License-Identifier: MIT */
#include "experiments/ple/steps.h"

#include "arch/x86/time/tsc.h"

/* About a core cycle a round; each depends on the one before. */
static inline __attribute__((always_inline)) void fill(uint32_t rounds)
{
    __asm__ volatile("1:\n\tsubl $1, %0\n\tjnz 1b" : "+r"(rounds) : : "cc");
}

static void end_stretch(struct ple_loop *loop, struct ple_stretch stretch)
{
    loop->stretches[loop->stretch_count++] = stretch;
}

/* One copy for both, so that a step without PAUSE differs by that instruction alone. */
void ple_steps_run(struct ple_loop *loop, uint64_t cut_tsc)
{
    const bool with_pause = loop->pause;
    uint64_t count = 0, first = 0, now_tsc = tsc_now(), start_tsc = now_tsc, begin_tsc = now_tsc;
    uint64_t break_at = loop->break_filler ? loop->break_after : UINT64_MAX, last_tsc;

    do {
        last_tsc = now_tsc;
        if (loop->filler)
            fill(loop->filler);
        if (count == break_at)
            fill(loop->break_filler);
        if (with_pause)
            pause();
        now_tsc = tsc_now();
        if (count++ == break_at) {
            loop->break_tsc = now_tsc - last_tsc;
        } else if (now_tsc - last_tsc > cut_tsc) {
            end_stretch(loop, (struct ple_stretch){last_tsc - begin_tsc, count - 1 - first, now_tsc - last_tsc});
            if (loop->stretch_count >= loop->stretch_limit)
                return;
            begin_tsc = now_tsc;
            first = count;
        }
    } while (now_tsc - start_tsc < loop->limit_tsc || count < loop->least_count);
    end_stretch(loop, (struct ple_stretch){now_tsc - begin_tsc, count - first, 0});
}

void ple_steps_fill(uint32_t rounds)
{
    fill(rounds);
}
