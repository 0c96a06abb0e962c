/* SPDX-License-Identifier: MIT */
#include "lib/infer/ple_gap.h"

#include "lib/stats.h"

enum {
    FILLER_FIRST = 8,
    FILLER_MAX = 8192,
    LOOPS_EACH_MAX = 24,
    VOTES_LEAST = 2,
    VOTES_TIMES = 2,   /* votes for it exceed the votes against it by this factor */
    NARROW_SHARE = 40, /* the search ends at a bracket this part of the distance wide */
    KNOWN_SHARE = 5,   /* a wider bracket than this part says nothing */
    PASSED = 17,       /* sixteenths of a window that a stretch must be clear to disprove it */
    PASSED_OF = 16,
    UNCLEAR_MAX = 2, /* steps of the search upwards that may give no answer */
    LIMIT_WINDOWS = 2,
};

static bool meets(struct ple_range a, struct ple_range b)
{
    return !ple_range_empty(ple_range_meet(a, b));
}

/* Counts whether the window ended the first stretch as without a break, or the stretch passed the whole window. */
static void take_vote(const struct ple_loop *loop, const struct ple_base *base, struct ple_probe *probe)
{
    const struct ple_stretch *first = &loop->stretches[0];

    probe->loops++;
    if (!loop->break_tsc)
        return;
    /* Takes the shortest break: the host may have made the others longer. */
    if (!probe->breaks || loop->break_tsc < probe->distance_tsc)
        probe->distance_tsc = loop->break_tsc;
    probe->breaks++;
    if (first->long_tsc &&
        (meets(ple_stretch_time(first), base->time_tsc) || meets(ple_stretch_count(first), base->count)))
        probe->joined++;
    else if (first->tsc * PASSED_OF > base->time_tsc.high * PASSED &&
             first->count * PASSED_OF > base->count.high * PASSED)
        probe->broken++;
}

static enum ple_exits judge(const struct ple_probe *probe)
{
    if (probe->joined >= VOTES_LEAST && probe->joined > VOTES_TIMES * probe->broken)
        return PLE_EXITS_YES;
    if (probe->broken >= VOTES_LEAST && probe->broken > VOTES_TIMES * probe->joined)
        return PLE_EXITS_NO;
    return probe->loops >= LOOPS_EACH_MAX ? PLE_EXITS_UNCLEAR : PLE_EXITS_PENDING;
}

void ple_gap_probe(const struct ple_loop *loops, uint32_t count, uint32_t filler, const struct ple_base *first,
                   struct ple_probe *probe)
{
    *probe = (struct ple_probe){.filler = filler};
    for (uint32_t i = 0; i < count; i++)
        if (loops[i].break_filler == filler && loops[i].stretch_count)
            take_vote(&loops[i], first, probe);
    probe->exits = judge(probe);
}

/*
 * How late a stamp may be, in ticks: a distance is too long by up to that. Twice the upper quartile of what breaks of
 * one filler are longer than the shortest of them; interrupts make less than a quarter of them longer.
 */
static uint64_t stamps_jitter_tsc(const struct ple_loop *loops, uint32_t count)
{
    int64_t longer_tsc[PLE_LOOPS_MAX];
    uint32_t n = 0;

    for (uint32_t i = 0; i < count; i++) {
        uint64_t least_tsc = UINT64_MAX;

        for (uint32_t k = 0; k < count && loops[i].break_tsc; k++)
            if (k != i && loops[k].break_filler == loops[i].break_filler && loops[k].break_tsc &&
                loops[k].break_tsc < least_tsc)
                least_tsc = loops[k].break_tsc;
        if (least_tsc <= loops[i].break_tsc && loops[i].break_tsc)
            longer_tsc[n++] = (int64_t)(loops[i].break_tsc - least_tsc);
    }
    stats_sort(longer_tsc, n);
    return n ? 2 * (uint64_t)longer_tsc[n * 3 / 4] : 0;
}

/* The search so far: exits at `yes`, none at `no` (has_no), and the current probe. */
struct search {
    struct ple_probe yes, no, at;
    bool has_no;
};

static void search_up(const struct ple_loop *loops, uint32_t count, const struct ple_base *first, struct search *search)
{
    uint32_t filler = FILLER_FIRST, unclear = 0;

    search->yes = (struct ple_probe){.distance_tsc = first->distance_tsc};
    search->has_no = false;
    do {
        ple_gap_probe(loops, count, filler, first, &search->at);
        if (search->at.exits == PLE_EXITS_YES)
            search->yes = search->at;
        if (search->at.exits == PLE_EXITS_NO) {
            search->no = search->at;
            search->has_no = true;
        }
        unclear += search->at.exits == PLE_EXITS_UNCLEAR;
        filler += filler / 2;
    } while (!search->has_no && search->at.exits != PLE_EXITS_PENDING && unclear < UNCLEAR_MAX && filler <= FILLER_MAX);
}

static bool is_narrow(const struct search *search)
{
    return search->no.filler - search->yes.filler <= 1 ||
           search->no.distance_tsc * NARROW_SHARE <= search->yes.distance_tsc * (NARROW_SHARE + 1);
}

/* Both phases over what was taken; search->at is pending where another loop is needed. */
static void search_all(const struct ple_loop *loops, uint32_t count, const struct ple_base *first,
                       struct search *search)
{
    search_up(loops, count, first, search);
    while (search->has_no && !is_narrow(search) && search->at.exits != PLE_EXITS_PENDING) {
        uint32_t middle = search->yes.filler + (search->no.filler - search->yes.filler) / 2;

        ple_gap_probe(loops, count, middle, first, &search->at);
        if (search->at.exits == PLE_EXITS_YES)
            search->yes = search->at;
        else if (search->at.exits == PLE_EXITS_NO)
            search->no = search->at;
        else
            return;
    }
}

bool ple_gap_next(const struct ple_loop *loops, uint32_t count, uint64_t limit_tsc, struct ple_loop *next)
{
    bool begun = count && loops[count - 1].break_filler;
    struct ple_base first;
    struct search search;

    if (!begun && ple_base_next(loops, count, limit_tsc, next))
        return true;
    ple_base_infer(loops, count, 0, &first);
    if (first.verdict != PLE_FOUND || count >= PLE_LOOPS_MAX)
        return false;
    search_all(loops, count, &first, &search);
    if (search.at.exits != PLE_EXITS_PENDING)
        return false;
    *next = (struct ple_loop){.pause = true,
                              .break_filler = search.at.filler,
                              .break_after = (uint32_t)(first.count.low / 2),
                              .rests = PLE_RESTS,
                              .stretch_limit = 1,
                              .limit_tsc = first.time_tsc.high * LIMIT_WINDOWS,
                              .least_count = first.count.high * LIMIT_WINDOWS};
    return true;
}

static bool is_known(struct ple_range range)
{
    return (range.high - range.low) * KNOWN_SHARE <= range.low;
}

void ple_gap_infer(const struct ple_loop *loops, uint32_t count, struct ple_gap *gap)
{
    uint64_t jitter_tsc = stamps_jitter_tsc(loops, count);
    struct search search;

    *gap = (struct ple_gap){.verdict = PLE_UNKNOWN};
    ple_base_infer(loops, count, 0, &gap->first);
    gap->verdict = gap->first.verdict;
    if (gap->verdict != PLE_FOUND)
        return;
    search_all(loops, count, &gap->first, &search);
    gap->has_end = search.has_no;
    gap->gap_tsc =
        (struct ple_range){search.yes.distance_tsc, search.has_no ? search.no.distance_tsc : search.yes.distance_tsc};
    if (gap->gap_tsc.low > gap->gap_tsc.high) /* apart by less than the stamps jitter */
        gap->gap_tsc = (struct ple_range){gap->gap_tsc.high, gap->gap_tsc.low};
    gap->gap_tsc.low -= jitter_tsc < gap->gap_tsc.low ? jitter_tsc : gap->gap_tsc.low;
    gap->setting_tsc = gap->gap_tsc;
    gap->setting_tsc.low -= gap->first.pause_tsc < gap->gap_tsc.low ? gap->first.pause_tsc : 0;
    gap->is_exact = is_known(gap->setting_tsc);
    if (!search.has_no && search.at.exits != PLE_EXITS_YES)
        gap->verdict = PLE_UNKNOWN;
    if (search.has_no && !is_known(gap->gap_tsc))
        gap->verdict = PLE_UNKNOWN;
}
