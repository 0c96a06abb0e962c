/* SPDX-License-Identifier: MIT */
/*
 * The sweep: where the counters say that a state begins to be entered, and the knees of the latency, named by what
 * changed there.
 *
 * A core counter's share that rises above a half between two intervals is an entry, and the end of demotion; of a
 * package counter a twentieth suffices, because the package follows after a delay of its own, which is then still most
 * of the time. A knee of the latency without one is a state that no counter shows: a timer in the hardware, such as
 * AMD's from CC1 to CC6, or a sub-state. A clock that falls with the load makes knees, too, so that a timer is named
 * only where APERF and MPERF show the same clock on both sides.
 *
 * Where the hardware demotes by what came before, a length has no state of its own. The cells are visited up and down,
 * so that long naps come before it as often as short ones, and both kinds of rows reach from the last point that is
 * surely before to the first one that is surely behind.
 */
#include "experiments/cstate/parts.h"
#include "lib/fixed.h"

enum {
    HALF_PPM = CSTATE_PPM / 2,
    SOME_PPM = CSTATE_PPM / 20,
    LEAST_RATIO_PERCENT = 150,
    LEAST_SAMPLES = 3,
    KNEES = 4,
    RESOLUTION_NS = 100,
    LEVEL_POINTS = 4,           /* on each side, whose medians are the levels */
    SAME_PPM = CSTATE_PPM / 10, /* a clock that falls by less makes no knee */
    SURE_SQUARED = 10,          /* standard deviations, squared: one median in a thousand lies beyond */
    WIDEN_MOST = 3,             /* points on each side of a knee */
    SURE_POINTS = 2,            /* of each level, at least */
};

/* Points of the sweep: the last one before, the first one behind. */
struct place {
    uint32_t low, high;
};

/* What counts as entered. */
static uint32_t least_ppm(enum residency counter)
{
    return counter >= RESIDENCY_PC2 ? SOME_PPM : HALF_PPM;
}

/*
 * The deepest counter whose entry lies between the two cells; RESIDENCY_COUNT: none. With `some` a tenth of the time
 * tells which counter it is: of naps that are demoted by turns none passes a half.
 */
static enum residency risen(const struct cstate *cstate, const struct cstate_cell *low, const struct cstate_cell *high,
                            bool some)
{
    struct cstate_evidence from, to;

    cstate_gather(cstate, low, &from);
    cstate_gather(cstate, high, &to);
    for (unsigned i = RESIDENCY_COUNT; i-- > (some ? RESIDENCY_CC3 : 0);)
        if (some ? to.share_ppm[i] > from.share_ppm[i] + CSTATE_PPM / 10
                 : from.share_ppm[i] < least_ppm(i) && to.share_ppm[i] >= least_ppm(i))
            return i;
    return RESIDENCY_COUNT;
}

static void report(const struct cstate *cstate, const struct cstate_cell *low, const char *kind, const char *is,
                   uint64_t high_tsc, const struct knee *knee)
{
    struct row row;

    cstate_begin_row(&row, cstate, low, kind);
    json_add(&row.json, "high:%lu is:%s", high_tsc, is);
    if (knee)
        json_add(&row.json, "before:%ld after:%ld conf:%s", knee->before, knee->after,
                 confidence_word(knee->confidence));
    row_end(&row, cstate->step);
}

/* The clock of the awake core, in ppm of MPERF's; 0: not known. */
static uint64_t awake_ppm(const struct cstate_cell *cell)
{
    return cell->mperf ? muldiv_u64(cell->aperf, CSTATE_PPM, cell->mperf) : 0;
}

static const char hardware_timer[] = "hardware_timer";

/* What a knee is that no counter shows. */
static const char *uncounted(const struct cstate *cstate, const struct cstate_cell *low, const struct cstate_cell *high)
{
    uint64_t low_ppm = awake_ppm(low), high_ppm = awake_ppm(high);
    uint8_t want = cstate->states[low->state].want;

    if (low_ppm > high_ppm + SAME_PPM)
        return "clock";
    return low_ppm && high_ppm && want > 1 && want != CSTATE_UNKNOWN ? hardware_timer : "unknown";
}

/*
 * Whether the cell's median is surely on that side of the middle, by how many naps lie beyond it; naps in groups count
 * for fewer. An interval of 95 % is too little here: where a state is entered by turns it would pick the points that
 * chance made clear.
 */
static bool is_sure(const struct cstate_cell *cell, int64_t middle, bool above)
{
    uint64_t beyond = 0, kept = cell->kept, more;

    for (uint32_t i = 0; i < cell->kept; i++)
        beyond += above ? cell->latency_tsc[i] < middle : cell->latency_tsc[i] > middle;
    more = kept - 2 * beyond;
    return 2 * beyond < kept && more * more * cell->p50_effective > SURE_SQUARED * kept * kept;
}

/* The level's points from there on are sure. */
static bool is_level(const struct cstate *cstate, const struct cstate_cell *cells, uint32_t from, int64_t middle,
                     bool above)
{
    uint32_t left = above ? cstate->point_count - from : from + 1, sure = 0;

    for (uint32_t i = 0; i < LEVEL_POINTS && i < left; i++) {
        const struct cstate_cell *cell = &cells[above ? from + i : from - i];

        if (cell->kept < LEAST_SAMPLES)
            continue;
        if (!is_sure(cell, middle, above))
            return false;
        sure++;
    }
    return sure >= SURE_POINTS;
}

/*
 * Widens the knee over points whose medians may be on either side: there the state is entered by turns, as where the
 * hardware demotes by what came before. False where the next points are no sure levels, as with much noise, or with
 * naps in groups, of which a neighbour's stretch may have made one side.
 */
static bool settle(const struct cstate *cstate, const struct cstate_cell *cells, struct place *place,
                   const struct knee *knee)
{
    int64_t middle = (int64_t)knee_middle((uint64_t)(knee->before > 0 ? knee->before : 1), (uint64_t)knee->after);
    uint32_t last = cstate->point_count - 1;

    for (uint32_t i = 0; i < WIDEN_MOST && place->low > 0 && !is_sure(&cells[place->low], middle, false); i++)
        place->low--;
    for (uint32_t i = 0; i < WIDEN_MOST && place->high < last && !is_sure(&cells[place->high], middle, true); i++)
        place->high++;
    return is_level(cstate, cells, place->low, middle, false) && is_level(cstate, cells, place->high, middle, true);
}

/*
 * A nap has a state or not. A point whose median lies well between the levels is on a slope: what costs more little by
 * little, as caches and buses do, begins nowhere.
 */
static bool is_slope(const struct cstate_cell *cells, const struct place *place, const struct knee *knee)
{
    int64_t rise = knee->after - knee->before;

    for (uint32_t i = place->low + 1; i < place->high; i++) {
        int64_t risen4 = 4 * (cstate_p50(&cells[i]) - knee->before);

        if (risen4 > rise && risen4 < 3 * rise)
            return true;
    }
    return false;
}

/* Reports a knee between two levels, named by the counter that rose there. */
static void report_knee(const struct cstate *cstate, const struct cstate_cell *cells, struct knee *knee)
{
    const struct cstate_cell *before, *behind;
    const char *is;
    uint32_t low = 0, high;
    enum residency counter;
    struct place place;

    while (cstate->interval_tsc[low] < knee->low)
        low++;
    for (high = low; cstate->interval_tsc[high] < knee->high;)
        high++;
    /* A share may pass one half one point before or after the median rises. */
    before = &cells[low ? low - 1 : 0];
    behind = &cells[high + 1 < cstate->point_count ? high + 1 : high];
    counter = risen(cstate, before, behind, false);
    if (counter == RESIDENCY_COUNT)
        counter = risen(cstate, before, behind, true);
    if (cstate->guest)
        is = "host";
    else if (counter != RESIDENCY_COUNT)
        is = residency_name(counter);
    else
        is = uncounted(cstate, &cells[low], &cells[high]);
    place = (struct place){low, high};
    if (!settle(cstate, cells, &place, knee) || (is == hardware_timer && is_slope(cells, &place, knee)))
        knee->confidence = CONFIDENCE_LOW;
    report(cstate, &cells[place.low], "cstate_knee", is, cstate->interval_tsc[place.high], knee);
}

static void find_knees(const struct cstate *cstate, const struct cstate_cell *cells)
{
    struct knee_limits limits = {
        .least_ratio_percent = LEAST_RATIO_PERCENT,
        .least_value = (int64_t)step_tsc(cstate->step, RESOLUTION_NS),
        .least_count = LEAST_SAMPLES,
        .most = KNEES,
    };
    struct knee_point points[CSTATE_POINTS];
    struct knees knees;

    for (uint32_t i = 0; i < cstate->point_count; i++)
        points[i] = (struct knee_point){cstate->interval_tsc[i], cstate_p50(&cells[i]), cells[i].kept};
    knees_find(points, cstate->point_count, &limits, &knees);
    for (uint32_t i = 0; i < knees.count; i++)
        report_knee(cstate, cells, &knees.knee[i]);
}

static uint32_t share_ppm(const struct cstate *cstate, const struct cstate_cell *cell, enum residency counter)
{
    struct cstate_evidence evidence;

    cstate_gather(cstate, cell, &evidence);
    return evidence.share_ppm[counter];
}

/* From where the counter's share is surely below what counts to where it is surely above: between, it is by turns. */
static struct place entry_at(const struct cstate *cstate, const struct cstate_cell *cells, enum residency counter,
                             uint32_t at)
{
    struct place place = {at - 1, at};

    while (place.low > 0 && share_ppm(cstate, &cells[place.low], counter) > least_ppm(counter) / 2)
        place.low--;
    while (place.high + 1 < cstate->point_count &&
           share_ppm(cstate, &cells[place.high], counter) < least_ppm(counter) / 4 * 5)
        place.high++;
    return place;
}

static void find_entries(const struct cstate *cstate, const struct cstate_cell *cells)
{
    uint32_t beyond[RESIDENCY_COUNT] = {0};

    for (uint32_t i = 1; i < cstate->point_count; i++) {
        enum residency counter = risen(cstate, &cells[i - 1], &cells[i], false);
        struct place place;

        if (counter == RESIDENCY_COUNT || i <= beyond[counter])
            continue;
        place = entry_at(cstate, cells, counter, i);
        beyond[counter] = place.high;
        report(cstate, &cells[place.low], "cstate_entry", residency_name(counter), cstate->interval_tsc[place.high],
               NULL);
    }
}

uint32_t cstate_cell_of_turn(const struct cstate *cstate, uint32_t turn)
{
    uint32_t at = turn % (2 * cstate->cell_count);

    return at < cstate->cell_count ? at : 2 * cstate->cell_count - 1 - at;
}

/* The cells of one state and source are in a row, by interval. */
void cstate_report_sweep(const struct cstate *cstate)
{
    for (uint32_t i = 0; i < cstate->cell_count; i += cstate->point_count) {
        find_entries(cstate, &cstate->cells[i]);
        find_knees(cstate, &cstate->cells[i]);
    }
}
