/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/time/adjust.c arch/x86/cpu/cpuid.c arch/x86/cpu/features.c arch/x86/time/delay.c
/* The TSC's offsets between CPUs: what rounds of stamps say of them, with both ends of the interval, and the sums. */
#include "arch/x86/time/sync.c"
#include "tests/unit/tap.h"

static struct machine machine;
static struct percpu cpus[3];
static bool runs = true;

bool smp_run(struct machine *of, struct percpu *cpu, void (*fn)(void *argument), void *argument)
{
    (void)of, (void)cpu, (void)fn, (void)argument;
    return runs;
}

bool smp_wait(const struct percpu *cpu, uint64_t limit_tsc)
{
    (void)cpu, (void)limit_tsc;
    return true;
}

bool smp_parked(const struct percpu *cpu)
{
    (void)cpu;
    return true;
}

void *mem_alloc(struct mem *mem, uint64_t bytes, uint64_t align)
{
    static struct sync_line line;

    (void)mem, (void)bytes, (void)align;
    return &line;
}

/* The rounds of a CPU that is `ahead` ticks ahead: the way there takes `to`, the way back `back`. */
static void round_of(struct tsc_offset *offset, uint64_t at_tsc, int64_t ahead_tsc, uint64_t to, uint64_t back)
{
    narrow(offset, at_tsc, at_tsc + to + (uint64_t)ahead_tsc, at_tsc + to + back);
}

static void test_interval(void)
{
    struct tsc_offset offset = {INT64_MIN, INT64_MAX, 0, 0};

    round_of(&offset, 1000, 5000, 300, 100);
    TAP_OK(offset.low_tsc == 4900 && offset.high_tsc == 5300, "one round bounds it by both ways");
    TAP_INT(middle_of(&offset), 5100, "the offset is in the middle");
    TAP_INT(bound_of(&offset), 200, "and is known to half the width");
    round_of(&offset, 2000, 5000, 80, 400);
    TAP_OK(offset.low_tsc == 4900 && offset.high_tsc == 5080, "a better way there narrows one end");
    round_of(&offset, 3000, 5000, 500, 60);
    TAP_OK(offset.low_tsc == 4940 && offset.high_tsc == 5080, "a better way back the other");
    TAP_INT(middle_of(&offset), 5010, "the middle moves");
    TAP_INT(offset.rounds, 3, "rounds are counted");
    offset.high_tsc--;
    TAP_INT(bound_of(&offset), 70, "half of an odd width is rounded up");
    round_of(&offset, 4000, 6000, 50, 50);
    TAP_OK(offset.low_tsc > offset.high_tsc, "an offset that moved contradicts itself");
    TAP_INT(bound_of(&offset), (5950 - 5079 + 1) / 2, "and is known no better than by how much");
    offset = (struct tsc_offset){INT64_MIN, INT64_MAX, 0, 0};
    round_of(&offset, 1000000, -7000, 100, 100);
    TAP_OK(middle_of(&offset) == -7000 && bound_of(&offset) == 100, "a CPU that is behind");
}

static void test_enough(void)
{
    struct sync_line line = {.budget_tsc = 1000, .rounds = 20, .least_rounds = 8};
    struct tsc_offset offset = {0, 4000, 7, 7};

    TAP_OK(!is_enough(&line, &offset, 5000), "fewer than the least, though the time is up");
    offset.rounds = 8;
    TAP_OK(is_enough(&line, &offset, 1001) && !is_enough(&line, &offset, 1000), "the least, where it is up");
    offset.rounds = 19;
    TAP_OK(!is_enough(&line, &offset, 0), "a good bound by few rounds");
    offset.rounds = 20;
    TAP_OK(is_enough(&line, &offset, 0), "a good bound");
    offset.high_tsc = 4001;
    TAP_OK(!is_enough(&line, &offset, 0), "a poor bound");
    offset.high_tsc = 8001;
    offset.rounds = 26;
    TAP_OK(!is_enough(&line, &offset, 0), "19 rounds that narrow nothing");
    offset.rounds = 27;
    TAP_OK(is_enough(&line, &offset, 0), "20 of them: no more is to be learnt");
    round_of(&offset, 1000, 0, 7000, 4000);
    TAP_OK(offset.narrowed == 28 && !is_enough(&line, &offset, 0), "one that narrows begins the count anew");
}

static void test_adjust(void)
{
    TAP_STR(tsc_adjust_kind_name(tsc_adjust_kind(&machine)), "absent", "no IA32_TSC_ADJUST");
    runs = false;
    tsc_sync_all(&machine);
    TAP_OK(!machine.clock.offsets_known && !machine.clock.synchronised, "a CPU that does not answer has no offset");
    machine.cpu_count = 1;
    tsc_sync_all(&machine);
    TAP_OK(machine.clock.offsets_known && machine.clock.synchronised && machine.clock.worst_offset_tsc == 0,
           "one CPU is synchronised with itself");
}

int main(void)
{
    for (unsigned i = 0; i < 3; i++)
        machine.cpus[i] = &cpus[i];
    machine.cpu_count = 3;
    machine.clock.tsc_hz = 1000 * 1000;
    test_interval();
    test_enough();
    test_adjust();
    return tap_done();
}
