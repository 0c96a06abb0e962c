/* SPDX-License-Identifier: MIT */
#include "arch/x86/time/sync.h"

#include "arch/x86/cpu/smp.h"
#include "arch/x86/machine.h"
#include "arch/x86/time/delay.h"
#include "arch/x86/time/tsc.h"

enum {
    SYNC_ROUNDS = 200,
    SYNC_ROUNDS_CROWDED = 24, /* more CPUs than this lab will be timed on: keep the start quick */
    SYNC_CROWD_CPUS = 32,
    SYNC_ROUNDS_LEAST = 8,
    SYNC_ROUNDS_LEAST_CROWDED = 2, /* any round's interval holds; where the time is up two must do */
    SYNC_ROUNDS_MOST = 10, /* times as many, while the bound is poor: a busy host seldom runs both CPUs at once */
    SYNC_BOUND_GOOD_TSC = 2000,
    SYNC_ALL_US = 4 * 1000 * 1000, /* for all pairs together, where a host shares out few cores */
    SYNC_LIMIT_US = 500 * 1000,
    SYNC_LINE_BYTES = 128,
};

#define SYNC_STOP UINT64_MAX /* in `turn`: no more rounds */

/* The ball: odd = asked, even = answered. */
struct sync_line {
    uint64_t turn;
    uint64_t budget_tsc;
    uint64_t other_tsc;
    uint64_t limit_tsc;
    uint32_t rounds, least_rounds;
} __attribute__((aligned(SYNC_LINE_BYTES)));

/* An offset lies between the two; low > high: it is not constant. */
struct tsc_offset {
    int64_t low_tsc, high_tsc;
    uint32_t rounds;
    uint32_t narrowed; /* the round that narrowed it last */
};

/* One round's stamps narrow the interval. */
static void narrow(struct tsc_offset *offset, uint64_t first_tsc, uint64_t other_tsc, uint64_t second_tsc)
{
    int64_t low_tsc = (int64_t)(other_tsc - second_tsc);
    int64_t high_tsc = (int64_t)(other_tsc - first_tsc);

    offset->rounds++;
    if (low_tsc > offset->low_tsc) {
        offset->low_tsc = low_tsc;
        offset->narrowed = offset->rounds;
    }
    if (high_tsc < offset->high_tsc) {
        offset->high_tsc = high_tsc;
        offset->narrowed = offset->rounds;
    }
}

static int64_t middle_of(const struct tsc_offset *offset)
{
    return offset->low_tsc + (offset->high_tsc - offset->low_tsc) / 2;
}

/* Half the width, rounded up. */
static uint64_t bound_of(const struct tsc_offset *offset)
{
    int64_t width_tsc = offset->high_tsc - offset->low_tsc;

    /* An offset that is not constant is known no better than by how far the rounds contradict each other. */
    return (uint64_t)((width_tsc < 0 ? -width_tsc : width_tsc) + 1) / 2;
}

static bool wait_turn(const struct sync_line *line, uint64_t turn, uint64_t limit_tsc)
{
    uint64_t start_tsc = tsc_now();

    for (;;) {
        uint64_t now = __atomic_load_n(&line->turn, __ATOMIC_ACQUIRE);

        if (now == turn)
            return true;
        if (now == SYNC_STOP || tsc_now() - start_tsc > limit_tsc)
            return false;
        pause();
    }
}

static void answer(void *argument)
{
    struct sync_line *line = argument;

    for (uint32_t round = 0; round < line->rounds * SYNC_ROUNDS_MOST; round++) {
        if (!wait_turn(line, 2 * round + 1, line->limit_tsc))
            return;
        line->other_tsc = tsc_end();
        __atomic_store_n(&line->turn, 2 * round + 2, __ATOMIC_RELEASE);
    }
}

/* True where enough is known, or as many rounds as should do taught nothing any more, or the time is up. */
static bool is_enough(const struct sync_line *line, const struct tsc_offset *offset, uint64_t spent_tsc)
{
    if (offset->rounds < line->least_rounds)
        return false;
    if (spent_tsc > line->budget_tsc)
        return true;
    if (offset->rounds < line->rounds)
        return false;
    return bound_of(offset) <= SYNC_BOUND_GOOD_TSC || offset->rounds - offset->narrowed >= line->rounds;
}

static bool ask(struct sync_line *line, struct tsc_offset *offset)
{
    uint64_t begin_tsc = tsc_now();

    for (uint32_t round = 0; round < line->rounds * SYNC_ROUNDS_MOST; round++) {
        uint64_t first_tsc;

        if (is_enough(line, offset, tsc_now() - begin_tsc)) {
            __atomic_store_n(&line->turn, SYNC_STOP, __ATOMIC_RELEASE);
            return true;
        }
        first_tsc = tsc_end();

        __atomic_store_n(&line->turn, 2 * round + 1, __ATOMIC_RELEASE);
        if (!wait_turn(line, 2 * round + 2, line->limit_tsc))
            return false;
        narrow(offset, first_tsc, line->other_tsc, tsc_end());
    }
    return true;
}

static bool measure(struct machine *machine, struct percpu *cpu, struct sync_line *line, struct tsc_offset *offset)
{
    bool crowded = machine->cpu_count > SYNC_CROWD_CPUS, answered;

    *line = (struct sync_line){
        .limit_tsc = delay_tsc(machine, SYNC_LIMIT_US),
        .budget_tsc = delay_tsc(machine, SYNC_ALL_US / machine->cpu_count),
        .rounds = crowded ? SYNC_ROUNDS_CROWDED : SYNC_ROUNDS,
        .least_rounds = crowded ? SYNC_ROUNDS_LEAST_CROWDED : SYNC_ROUNDS_LEAST,
    };
    *offset = (struct tsc_offset){INT64_MIN, INT64_MAX, 0, 0};
    if (!smp_run(machine, cpu, answer, line))
        return false;
    answered = ask(line, offset);
    return smp_wait(cpu, 4 * line->limit_tsc) && answered;
}

/* A host may stop a virtual CPU for longer than any limit, and it then goes on with its line: that stays its own. */
static struct sync_line *unused_line(struct machine *machine, struct sync_line *last, const struct percpu *last_cpu)
{
    if (last && smp_parked(last_cpu))
        return last;
    return mem_alloc(&machine->mem, sizeof(*last), SYNC_LINE_BYTES);
}

void tsc_sync_all(struct machine *machine)
{
    struct clock *clock = &machine->clock;
    struct sync_line *line = NULL;

    clock->synchronised = true;
    clock->offsets_known = true;
    clock->worst_offset_tsc = 0;
    for (uint32_t i = 1; i < machine->cpu_count; i++) {
        struct percpu *cpu = machine->cpus[i];
        struct tsc_offset offset;
        uint64_t size;

        line = unused_line(machine, line, machine->cpus[i - 1]);
        if (!line || !measure(machine, cpu, line, &offset)) {
            clock->offsets_known = false;
            clock->synchronised = false;
            continue;
        }
        cpu->tsc_offset = middle_of(&offset);
        cpu->tsc_offset_bound = bound_of(&offset);
        if (offset.low_tsc > offset.high_tsc)
            clock->offsets_known = false;
        if (offset.low_tsc > 0 || offset.high_tsc < 0)
            clock->synchronised = false;
        size = (uint64_t)(cpu->tsc_offset < 0 ? -cpu->tsc_offset : cpu->tsc_offset);
        if (size + cpu->tsc_offset_bound > clock->worst_offset_tsc)
            clock->worst_offset_tsc = size + cpu->tsc_offset_bound;
    }
}
