/* SPDX-License-Identifier: MIT */
/* The results of `breakeven`: each state at each interval, and each pair of neighbours. */
#include "arch/x86/cpu/placement.h"
#include "experiments/breakeven/parts.h"
#include "experiments/kit/row.h"
#include "experiments/kit/siblings.h"
#include "lib/energy.h"
#include "lib/fixed.h"
#include "lib/fmt.h"
#include "lib/stats.h"

enum { TEXT_BYTES = 128, NS_PER_US = 1000 };

static uint64_t ns_of(const struct step *step, uint64_t ticks_tsc)
{
    return (uint64_t)tsc_to_ns((int64_t)ticks_tsc, step->machine->clock.tsc_hz);
}

/* What of the package's power counters of its parts show; what has no counter is left out. */
static void add_parts(struct json *json, const struct rapl *rapl, const struct breakeven_cell *cell)
{
    static const char *const names[RAPL_DOMAINS] = {
        [RAPL_CORES] = "cores_uw", [RAPL_CORE] = "core_uw", [RAPL_DRAM] = "dram_uw"};

    for (unsigned domain = 0; domain < RAPL_DOMAINS; domain++)
        if (names[domain] && rapl_has(rapl, domain))
            json_uint(json, names[domain], energy_uw(cell->energy_nj[domain], cell->energy_ns));
}

/* Returns what the row says of the leader's timer. */
static uint64_t report_cell(struct step *step, struct breakeven *b, uint32_t point, uint32_t state)
{
    struct breakeven_cell *cell = breakeven_cell(b, point, state);
    uint32_t kept = cell->naps < BREAKEVEN_NAPS_KEPT ? cell->naps : BREAKEVEN_NAPS_KEPT;
    int64_t powers[BREAKEVEN_ROUNDS_MAX];
    uint32_t count = 0;
    uint64_t blur_tsc = 0;
    struct mean power;
    struct row row;

    if (!cell->naps && !cell->early && !cell->other)
        return 0;
    for (uint32_t r = 0; r < b->rounds; r++)
        if (cell->power_uw[r])
            powers[count++] = cell->power_uw[r];
    power = mean_of(powers, count);
    stats_sort(cell->latency_tsc, kept);
    row_begin(&row, step, "energy");
    json_add(&row.json, "state:%s ns:%lu n:%u rej:%u p50:%ld", b->states[state].word,
             ns_of(step, b->interval_tsc[point]), cell->naps, cell->early + cell->other,
             stats_median(cell->latency_tsc, kept));
    if (kept)
        blur_tsc = step_timer_blur_tsc(step, b->interval_tsc[point], stats_median(cell->latency_tsc, kept));
    if (blur_tsc)
        json_uint(&row.json, "off", blur_tsc);
    if (count > 1) {
        json_uint(&row.json, "slices", count);
        json_array_begin(&row.json, "uw");
        json_int(&row.json, NULL, power.value);
        json_uint(&row.json, NULL, power.error);
        json_array_end(&row.json);
        add_parts(&row.json, &b->rapl, cell);
    }
    row_end(&row, step);
    return blur_tsc;
}

/* The shallowest state has only staying awake above it. */
static const char *shallow_word(const struct breakeven *b, uint32_t deep)
{
    return deep ? b->states[deep - 1].word : "C0";
}

static void report_pair(struct step *step, const struct breakeven *b, uint32_t deep, const char *basis,
                        const struct crossing *crossing)
{
    struct row row;

    row_begin(&row, step, "breakeven");
    json_add(&row.json, "from:%s to:%s basis:%s out:%s ns:%lu low:%lu high:%lu sure:%u", shallow_word(b, deep),
             b->states[deep].word, basis, crossing_name(crossing->outcome), crossing->at, crossing->low, crossing->high,
             crossing->sure);
    json_bool(&row.json, "guest", b->guest);
    row_end(&row, step);
}

/* In short; the host tool has the sentences (docs/cstates.md). */
static void report_finding(struct step *step, const struct breakeven *b, uint32_t deep, const char *basis,
                           enum confidence confidence, const struct crossing *crossing)
{
    char text[TEXT_BYTES];

    fmt(text, sizeof(text), "%s over %s by %s: %s, %lu us (%lu to %lu)", b->states[deep].word, shallow_word(b, deep),
        basis, crossing_name(crossing->outcome), crossing->at / NS_PER_US, crossing->low / NS_PER_US,
        crossing->high / NS_PER_US);
    report_pair(step, b, deep, basis, crossing);
    result_finding(step, "breakeven", b->guest ? CONFIDENCE_UNVERIFIED : confidence, text);
}

/* How sure the crossing of a state and the one above it is, by the naps of both at all lengths. */
static enum confidence confidence_of(struct breakeven *b, uint32_t deep, const struct crossing *crossing)
{
    uint64_t naps = 0, disturbed = 0;

    for (uint32_t point = 0; point < b->point_count; point++)
        for (uint32_t state = deep - 1; state <= deep; state++) {
            const struct breakeven_cell *cell = breakeven_cell(b, point, state);

            naps += cell->naps;
            disturbed += cell->other;
        }
    return crossing_confidence(crossing, naps, disturbed);
}

/*
 * By latency alone: the state does not pay at the length before the bound, and lengths between the two were not tried.
 * Where the shortest length is long enough, the bound is that or less.
 */
static void report_bound(struct step *step, struct breakeven *b, uint32_t deep)
{
    struct crossing crossing = {.outcome = CROSSING_NONE};
    uint32_t bound = breakeven_latency_bound(b, deep);

    if (bound < b->sweep_points) {
        crossing.at = ns_of(step, b->interval_tsc[bound]);
        crossing.outcome = bound ? CROSSING_ABOVE : CROSSING_BELOW;
        if (bound)
            crossing.low = ns_of(step, b->interval_tsc[bound - 1]);
        else
            crossing.high = crossing.at;
    }
    report_finding(step, b, deep, "latency", CONFIDENCE_INFERRED, &crossing);
}

/* The deepest state says the most about who was not as deep. */
static void note_beside(struct step *step, const struct breakeven *b)
{
    struct beside beside = {.machine = step->machine,
                            .cpu = step->cpu,
                            .state = b->states[b->state_count - 1].nap,
                            .others = NAP_OTHERS_SAME};

    siblings_note(step, &beside);
    if (!b->no_energy)
        siblings_note_package(step, &beside);
}

void breakeven_finish(struct step *step)
{
    struct breakeven *b = step->state;
    uint64_t blur_tsc = 0, naps = 0;
    uint32_t found = 0;

    if (b->no_energy)
        result_finding(step, "no_energy", CONFIDENCE_NONE, b->no_energy);
    else if (placement_find(step->machine, step->cpu, CPU_RELATION_OTHER))
        result_finding(step, "one_package", CONFIDENCE_NONE, "the energy is that of CPU 0's package alone");
    note_beside(step, b);
    if (b->guest)
        result_finding(step, "unverified", CONFIDENCE_NONE, "a hypervisor's or emulator's times");
    if (b->lost_slices)
        result_scalar(step, "lost_slices", b->lost_slices, "count");
    for (uint32_t deep = 0; deep < b->state_count; deep++) {
        if (deep && !b->no_energy) {
            struct crossing crossing = breakeven_crossing(step, b, deep - 1, deep);

            report_finding(step, b, deep, "energy", confidence_of(b, deep, &crossing), &crossing);
            found += crossing.outcome == CROSSING_FOUND;
        }
        report_bound(step, b, deep);
    }
    for (uint32_t point = 0; point < b->point_count; point++)
        for (uint32_t state = 0; state < b->state_count; state++) {
            uint64_t row_tsc = report_cell(step, b, point, state);

            naps += breakeven_cell(b, point, state)->naps;
            blur_tsc = row_tsc > blur_tsc ? row_tsc : blur_tsc;
        }
    result_timer_blur(step, blur_tsc);
    if (!naps)
        result_no_samples(step);
    result_metric(step, "found", found, "count");
}
