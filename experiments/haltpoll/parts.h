/* SPDX-License-Identifier: MIT */
/* What the files of the experiment `haltpoll` offer each other. */
#ifndef LAB_EXPERIMENTS_HALTPOLL_PARTS_H
#define LAB_EXPERIMENTS_HALTPOLL_PARTS_H

#include "experiments/haltpoll/model.h"

/* Time of a difference of stamps, in ns; 0 where it is negative. */
static inline uint64_t haltpoll_ns(const struct step *step, int64_t ticks_tsc)
{
    int64_t time_ns = tsc_to_ns(ticks_tsc, step->machine->clock.tsc_hz);

    return time_ns > 0 ? (uint64_t)time_ns : 0;
}

/* advance.c */

/* True where the step's events are deadlines that KVM may advance. */
bool haltpoll_may_be_advanced(const struct step *step);

/*
 * One batch of long halts: fills in hp->advance. The coarse sweep is next, or, where a sawtooth was found, another look
 * by counted events: one that goes on there is no advance, and the step goes back to deadlines.
 */
void haltpoll_look_for_advance(struct step *step);

/* Behind that batch, the timer disarmed: from here on the events are counted, where the advance is no constant. */
void haltpoll_leave_deadlines(struct step *step);

/* Says so, and gives the machine its deadlines back. Boot CPU, nothing measuring, on every way out. */
void haltpoll_report_advance(struct step *step);

/* curve.c */

/* One test's share of a batch; each sets step->complete. */
void haltpoll_curve_go(struct step *step);

/*
 * After the batches: judges what the last one has left, where the budget ended the step. With poll control the interval
 * of a knee that is not exact goes up to the limit.
 */
void haltpoll_curve_conclude(struct step *step);

/* Whether hp->knee, which must be there, is known within a tenth. */
bool haltpoll_knee_is_exact(const struct haltpoll *hp);

/* halt.c */

/*
 * One wait for an event ticks_tsc ticks away, by HLT, or by the guest's polling where `guest` is given; `reject` says
 * whether it counts. On step->cpu, in a batch.
 */
struct sample haltpoll_take(struct step *step, uint64_t ticks_tsc, struct haltpoll_guest *guest);

/*
 * Counts a halt's steal. A long one is woken by the host's own timers meanwhile, and each of these wakes may cost some;
 * only among short ones is it a sign that the host has other work for this CPU.
 */
static inline void haltpoll_count_steal(struct haltpoll *hp, bool is_short, uint64_t steal_ns)
{
    hp->steal_samples += steal_ns != 0;
    hp->steal_ns += steal_ns;
    hp->short_halts += is_short;
    hp->short_stolen += is_short && steal_ns;
}

/* history.c */

/* After the sweeps, where there is a knee: the phase is PHASE_HISTORY. */
void haltpoll_begin_history(struct step *step);

/* The phases PHASE_HISTORY and PHASE_LADDER, one after the other; nothing in any other. */
void haltpoll_history_go(struct step *step);

/* keys.c */

extern const struct param_spec haltpoll_params[KEY_COUNT];

/* Pure, for the plan. */
const char *haltpoll_check(const struct plan_step *plan);
uint64_t haltpoll_estimate_ns(const struct plan_step *plan);
uint64_t haltpoll_memory_bytes(const struct plan_step *plan);

/* levels.c */

/* What HLT costs with its interrupt there: more than the time from the guest's stamp to the host's poll. 0: unknown. */
uint64_t haltpoll_empty_ns(const struct step *step);

/* The most that this time can be. */
uint64_t haltpoll_entry_ns(const struct step *step);

/* The median over the points up to limit_ns of their medians; 0: none. */
uint64_t haltpoll_level_ns(const struct step *step, const struct haltpoll_sweeps *sweeps, uint32_t sweep,
                           uint64_t limit_ns);

/* Points at which both sweeps have samples. */
struct haltpoll_moved {
    uint32_t points;
    uint32_t moved; /* of these: most wakes without polling cost 1.2 times what most cost with it */
    uint32_t clean; /* and every one without it costs 1.2 times what any with it cost */
};

/*
 * The second sweep, without polling, against the first one, at points whose halts last from_ns at least and limit_ns at
 * most. The latencies are sorted.
 */
void haltpoll_compare(const struct step *step, const struct haltpoll_sweeps *sweeps, uint64_t from_ns,
                      uint64_t limit_ns, struct haltpoll_moved *moved);

/*
 * Of the second sweep, where the host does not poll: the shortest halt in which it slept, where it did not in shorter
 * ones. Before so much time the host has come to the place where it would poll. 0: that is not seen, or it is most_ns
 * and more, what HLT costs with its interrupt there: then the wakes have a step for another reason. Sorted samples.
 */
uint64_t haltpoll_sleeps_from_ns(const struct step *step, const struct haltpoll_sweeps *sweeps, uint64_t most_ns);

/*
 * Of the first sweep: by this time the host has come to the place where it would poll or sleep, and not before
 * *after_ns (0: not known). Shorter halts all take one time, their event is there before, or one of two times, where
 * the host looks twice; this one takes longer. 0: that is not seen below most_ns. Sorted samples.
 */
uint64_t haltpoll_enters_by_ns(const struct step *step, const struct haltpoll_sweeps *sweeps, uint64_t most_ns,
                               uint64_t *after_ns);

/*
 * From here on a wake is slow: the middle of the levels, but at most 1.5 times the lower one, because a short sleep may
 * cost far less than those behind the knee.
 */
int64_t haltpoll_slow_ns(const struct knee *knee);

/* Of 100 wakes of the first sweep clearly before the knee, the slow ones. */
uint32_t haltpoll_slow_percent(const struct step *step, const struct haltpoll_sweeps *sweeps, const struct knee *knee);

/* pending.c */

/* One test's share of a batch; each sets step->complete. */
void haltpoll_pending_go(struct step *step);

/* test=pending: the four series and whether HLT exits early. Boot CPU. */
void haltpoll_report_pending(struct step *step);

/* report.c */

/* The tests with sweeps: the rows of both sweeps and the knees found in them. Boot CPU. */
void haltpoll_report_curve(struct step *step);

/* sweep.c */

/* False: no memory. Points by factors from low to high, or as they stand in at_ns. In prepare() and in a batch. */
bool haltpoll_sweeps_begin(struct step *step, struct haltpoll_sweeps *sweeps, uint32_t point_count, uint32_t passes);
void haltpoll_spread(struct step *step, struct haltpoll_sweeps *sweeps, uint64_t low_ns, uint64_t high_ns);

/* Goes on with the sweeps until they are complete (true) or the batch should return. */
bool haltpoll_sweeps_go(struct step *step, struct haltpoll_sweeps *sweeps);

/* The knees of one sweep's medians, of halts longer than from_ns, in ns. Sorts its samples. */
void haltpoll_find_knees(struct step *step, const struct haltpoll_sweeps *sweeps, uint32_t sweep, uint64_t from_ns,
                         struct knees *knees);

/* verdict.c */

/* Whether the knee is that of polling, by poll control's two sweeps or by the history; KNEE_NOT_JUDGED: not tested. */
enum haltpoll_knee haltpoll_judge_knee(const struct step *step);

/* words.c */

/* The findings in words, with their confidence: what the host does with a halted vCPU. Boot CPU. */
void haltpoll_find_words(struct step *step);

#endif /* LAB_EXPERIMENTS_HALTPOLL_PARTS_H */
