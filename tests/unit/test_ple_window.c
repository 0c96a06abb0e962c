/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: tests/unit/synthetic_ple_host.c
/*
 * lib/infer/ple_window.c and ple_gap.c on hosts whose settings are KVM's own defaults, and on stretches written down by
 * hand. The many hosts by chance are in test_ple_hosts.c.
 */
#include "tests/unit/tap.h"

#include "lib/infer/ple_gap.h"
#include "lib/infer/ple_window.h"
#include "tests/unit/synthetic_ple_host.h"

enum { LIMIT_TSC = 50000000 };

static struct ple_loop loops[PLE_LOOPS_MAX];

/* A quiet host of 2.5 GHz with a tick of 250 Hz. */
static struct synthetic_ple_host quiet_host(uint64_t pause_tsc)
{
    struct synthetic_ple_host host = {.on = true,
                                      .gap_tsc = 128,
                                      .grow = 2,
                                      .pause_tsc = pause_tsc,
                                      .stamp_tsc = 24,
                                      .filler_tsc_x16 = 16,
                                      .exit_tsc = 1500,
                                      .tick_tsc = 10000000,
                                      .tick_length_tsc = 6000,
                                      .next_chance_tsc = UINT64_MAX / 2,
                                      .next_preempt_tsc = UINT64_MAX / 2,
                                      .rest_tsc = 2500000,
                                      .now_tsc = 1};

    prng_seed(&host.prng, 7);
    return host;
}

/* arch/x86/kvm/vmx/vmx.c: ple_gap 128, ple_window 4096, grow 2, shrink 0, max UINT_MAX. */
static struct synthetic_ple_host intel(uint64_t pause_tsc)
{
    struct synthetic_ple_host host = quiet_host(pause_tsc);

    host.base = host.window = 4096;
    host.max = UINT32_MAX;
    return host;
}

/* arch/x86/kvm/svm/svm.c: pause_filter_thresh 128, pause_filter_count 3000, grow 2, shrink 0, max 65535. */
static struct synthetic_ple_host amd(uint64_t pause_tsc)
{
    struct synthetic_ple_host host = quiet_host(pause_tsc);

    host.counts = true;
    host.tick_tsc = 25000000; /* 100 Hz: the longest window shows twice between two ticks */
    host.base = host.window = 3000;
    host.max = 65535;
    return host;
}

static struct ple_window window_of(struct synthetic_ple_host host)
{
    struct ple_window window;
    uint32_t count = 0;

    memset(loops, 0, sizeof(loops));
    while (count < PLE_LOOPS_MAX && ple_window_next(loops, count, LIMIT_TSC, &loops[count]))
        synthetic_ple_host_run(&host, &loops[count++]);
    ple_window_infer(loops, count, &window);
    return window;
}

static struct ple_gap gap_of(struct synthetic_ple_host host)
{
    struct ple_gap gap;
    uint32_t count = 0;

    memset(loops, 0, sizeof(loops));
    while (count < PLE_LOOPS_MAX && ple_gap_next(loops, count, LIMIT_TSC, &loops[count]))
        synthetic_ple_host_run(&host, &loops[count++]);
    ple_gap_infer(loops, count, &gap);
    return gap;
}

static bool holds(struct ple_range range, uint64_t value)
{
    return range.low <= value && value <= range.high;
}

static bool near(struct ple_range range, uint64_t value)
{
    uint64_t middle = ple_range_middle(range);

    return middle * 20 >= value * 19 && middle * 20 <= value * 21;
}

static void check_intel(void)
{
    struct ple_window window = window_of(intel(10));
    struct ple_gap gap = gap_of(intel(10));

    TAP_INT(window.first.verdict, PLE_FOUND, "intel_has_exits");
    TAP_INT(window.unit, PLE_UNIT_TIME, "intel_counts_time");
    TAP_OK(holds(window.levels.base, 4096) && near(window.levels.base, 4096), "intel_window_4096");
    TAP_INT(window.levels.growth, PLE_GROWTH_TIMES, "intel_window_is_multiplied");
    TAP_INT(window.levels.growth_by, 2, "intel_window_doubles");
    TAP_OK(!window.levels.has_max, "intel_maximum_is_out_of_sight");
    TAP_INT(window.reset, PLE_RESET_TO_BASE, "intel_rest_resets");
    TAP_INT(gap.verdict, PLE_FOUND, "intel_gap_found");
    TAP_OK(gap.has_end && near(gap.gap_tsc, 128), "intel_gap_128");
}

static void check_amd(void)
{
    struct ple_window window = window_of(amd(50));
    struct ple_gap gap = gap_of(amd(50));

    TAP_INT(window.first.verdict, PLE_FOUND, "amd_has_exits");
    TAP_INT(window.unit, PLE_UNIT_COUNT, "amd_counts_pauses");
    TAP_OK(holds(window.levels.base, 3000) && near(window.levels.base, 3000), "amd_window_3000");
    TAP_INT(window.levels.growth_by, 2, "amd_window_doubles");
    TAP_OK(window.levels.has_max && near(window.levels.max, 65535), "amd_maximum_65535");
    TAP_INT(window.reset, PLE_RESET_TO_BASE, "amd_rest_resets");
    TAP_OK(gap.has_end && near(gap.gap_tsc, 128), "amd_gap_128");
}

static void check_absence(void)
{
    struct synthetic_ple_host off = intel(10);
    struct ple_window window;
    struct ple_gap gap;

    off.on = false;
    window = window_of(off);
    gap = gap_of(off);
    TAP_INT(window.first.verdict, PLE_NONE, "off_is_none");
    TAP_INT(gap.verdict, PLE_NONE, "off_has_no_gap");
    TAP_OK(window.first.clear_tsc > 5000000, "up_to_more_than_half_a_tick");
    window = window_of(intel(140));
    TAP_INT(window.first.verdict, PLE_NONE, "pause_of_140_never_exits_within_a_gap_of_128");
    TAP_INT(window.first.distance_tsc, 164, "and_the_distance_says_why");
}

static void check_halving(void)
{
    struct synthetic_ple_host host = intel(10);
    struct ple_window window;

    host.shrink = 2;
    window = window_of(host);
    TAP_INT(window.reset, PLE_RESET_DIVIDES, "a_host_that_halves");
    TAP_INT(window.reset_by, 2, "by_two");
    TAP_OK(near(window.levels.base, 4096), "and_its_window");
    host.grow = 1;
    window = window_of(host);
    TAP_INT(window.levels.growth, PLE_GROWTH_NONE, "a_window_that_does_not_grow");
    TAP_INT(window.reset, PLE_RESET_UNKNOWN, "shows_no_reset");
}

/* So disturbed that no stretch is long enough to say anything. */
static void check_disturbed(void)
{
    struct synthetic_ple_host host = intel(10);
    struct ple_window window;

    host.on = false;
    host.tick_tsc = 9000;
    window = window_of(host);
    TAP_INT(window.first.verdict, PLE_UNKNOWN, "always_disturbed_is_unknown");
    /* A tick that comes soon after each rest ends the same loop without PAUSE as well. */
    host.tick_tsc = 10000000;
    for (uint32_t i = 0; i < 16; i++)
        loops[i] = (struct ple_loop){.pause = i % 2 == 0,
                                     .rests = PLE_RESTS,
                                     .stretch_limit = 2,
                                     .stretch_count = 2,
                                     .stretches = {{20000, 400, 9000}, {90000, 1800, 0}}};
    ple_window_infer(loops, 16, &window);
    TAP_INT(window.first.verdict, PLE_UNKNOWN, "the_control_shows_it_too");
    TAP_INT(window.first.agree, 8, "though_all_agree");
    for (uint32_t i = 1; i < 16; i += 2)
        loops[i].stretches[0] = (struct ple_stretch){500000, 10000, 9000};
    ple_window_infer(loops, 16, &window);
    TAP_INT(window.first.verdict, PLE_FOUND, "the_control_runs_on");
    for (uint32_t i = 0; i < 8; i += 2)
        loops[i].stretches[0] = (struct ple_stretch){60000 + 9000 * i, 1200 + 180 * i, 9000};
    ple_window_infer(loops, 16, &window);
    TAP_INT(window.first.agree, 4, "four_agree");
    TAP_OK(window.first.verdict != PLE_FOUND, "four_that_run_on_speak_against_them");
}

int main(void)
{
    check_intel();
    check_amd();
    check_absence();
    check_halving();
    check_disturbed();
    return tap_done();
}
