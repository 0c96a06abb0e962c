/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: experiments/cstate/round.c experiments/cstate/evidence.c experiments/cstate/clock.c arch/x86/power/power_model.c
/*
 * One round of naps of `cstate`, the evidence that is made of it, and the clock that was asked for, with naps and
 * counters that are made up: what counts, and what is left out.
 */
#include "experiments/cstate/parts.h"
#include "tests/unit/tap.h"

enum { NAPS = 8, SLEEP_TSC = 1000, LEAVE_TSC = 10, APERF_PER_NAP = 100, TSC_HZ = 1000 * 1000 * 1000 };

static struct machine machine;
static struct percpu cpu;
static struct step step;
static struct cstate cstate;
static struct cstate_cell cells[2];
static int64_t latencies[2][NAPS], arrived[NAPS];
static uint64_t taken, aperf, busy_aperf, now_tsc;
static bool stands_still; /* MPERF */
static const uint8_t rejects[] = {REJECT_NONE, REJECT_SPURIOUS, REJECT_EARLY, REJECT_NMI, REJECT_SKEW, REJECT_NONE};

/* The warm-up's naps are all right; the others are rejected for one reason after the other. */
void wait_take_state(struct step *of, struct nap *nap, uint64_t ticks_tsc, struct sample *sample)
{
    (void)of, (void)nap, (void)ticks_tsc;
    *sample = (struct sample){.before_tsc = 5000, .event_tsc = 5000 + SLEEP_TSC};
    sample->after_tsc = sample->isr_tsc = sample->event_tsc + LEAVE_TSC;
    if (taken >= CSTATE_WARMUP)
        sample->reject = rejects[taken - CSTATE_WARMUP];
    taken++;
    aperf += APERF_PER_NAP;
}

void nap_open_state(struct nap *nap, const struct nap_state *state, enum nap_source source, enum nap_others others)
{
    (void)nap, (void)state, (void)source, (void)others;
}

bool nap_close(struct nap *nap)
{
    (void)nap;
    return true;
}

void step_pet(struct step *of)
{
    (void)of;
}

bool step_should_return(struct step *of)
{
    (void)of;
    return false;
}

uint64_t step_now_tsc(void)
{
    aperf += busy_aperf;
    return now_tsc += 1000 * 1000;
}

uint64_t step_tsc(const struct step *of, uint64_t ns)
{
    (void)of;
    return ns;
}

void cstate_read(const struct cstate *of, struct cstate_reading *reading)
{
    (void)of;
    reading->residency[RESIDENCY_CC6] = 700 * taken;
}

/* MPERF counts what passes; APERF as fast or otherwise. */
void cstate_read_clocks(const struct cstate *of, struct cstate_reading *reading)
{
    (void)of;
    reading->aperf = aperf;
    reading->mperf = stands_still ? 1 : taken * 20 + now_tsc;
}

static int64_t core_clock_ppm;

void result_scalar(struct step *of, const char *key, int64_t value, const char *unit)
{
    (void)of, (void)unit;
    if (!strcmp(key, "core_clock"))
        core_clock_ppm = value;
}

void result_finding(struct step *of, const char *id, enum confidence confidence, const char *text)
{
    (void)of, (void)id, (void)confidence, (void)text;
}

void result_say(struct step *of, const char *id, enum confidence confidence, const char *format, ...)
{
    (void)of, (void)id, (void)confidence, (void)format;
}

/* State 0 asks for C6, state 1 for C1. */
static void begin(void)
{
    machine.clock.tsc_hz = TSC_HZ;
    step = (struct step){.machine = &machine, .cpu = &cpu};
    memset(cells, 0, sizeof(cells));
    cells[0].latency_tsc = latencies[0];
    cells[1].latency_tsc = latencies[1];
    cells[1].state = 1;
    cstate = (struct cstate){.step = &step,
                             .cells = cells,
                             .arrived_tsc = arrived,
                             .cell_count = 2,
                             .state_count = 2,
                             .point_count = 1,
                             .samples = sizeof(rejects),
                             .clocks = true,
                             .counters = 1 << RESIDENCY_CC6,
                             .states = {{.want = 6}, {.want = 1}},
                             .interval_tsc = {SLEEP_TSC}};
    prng_seed(&cstate.prng, 1);
    taken = aperf = now_tsc = busy_aperf = 0;
}

static void test_round(void)
{
    struct cstate_cell *cell = &cells[0];

    begin();
    TAP_OK(cstate_round(&cstate, cell), "a round");
    TAP_INT(taken, CSTATE_WARMUP + sizeof(rejects), "its warm-up and as many naps as are wanted");
    TAP_OK(cell->tried == 6 && cell->kept == 2 && cell->early == 1 && cell->spurious == 1 && cell->disturbed == 2,
           "counted by what ended them");
    TAP_INT(cell->latency_tsc[0], LEAVE_TSC, "the latency is from the event on");
    TAP_INT(step.rejected, 4, "what is not kept is rejected");
    TAP_INT(cell->aperf, 2 * APERF_PER_NAP, "clocks of those that are kept");
    TAP_INT(cell->clock_slept_tsc, 2 * SLEEP_TSC, "and their time, without leaving the state");
    TAP_INT(cell->slept_tsc, 2 * SLEEP_TSC + 4 * (SLEEP_TSC + LEAVE_TSC), "the time of all, to what ended them");
    TAP_INT(cell->residency_tsc[RESIDENCY_CC6], 700 * sizeof(rejects), "residencies of all but the warm-up");
    TAP_OK(cstate.counters_set >> RESIDENCY_CC6 & 1, "a counter that is not zero");
}

static void test_evidence(void)
{
    struct cstate_evidence evidence;

    begin();
    cells[0].kept = cells[1].kept = 1;
    cells[0].latency_tsc[0] = 900;
    cells[1].latency_tsc[0] = 40;
    cstate.counters_set = cstate.counters;
    cstate_gather(&cstate, &cells[0], &evidence);
    TAP_OK(evidence.p50_tsc == 900 && evidence.c1_p50_tsc == 40, "held against the state that asks for C1");
    TAP_INT(evidence.share_ppm[RESIDENCY_CC6], 0, "nothing of no time is nothing");
    TAP_OK(!evidence.has_c0, "the clocks of short naps do not count");
    cells[0].clock_slept_tsc = 100 * 1000;
    cells[0].mperf = 1000;
    cells[0].slept_tsc = 1000;
    cells[0].residency_tsc[RESIDENCY_CC6] = 500;
    cstate_gather(&cstate, &cells[0], &evidence);
    TAP_OK(evidence.has_c0 && evidence.c0_ppm == 10000, "those of long ones do");
    TAP_INT(evidence.share_ppm[RESIDENCY_CC6], 500000, "half the time");
    cells[0].residency_tsc[RESIDENCY_CC6] = 2500;
    cstate_gather(&cstate, &cells[0], &evidence);
    TAP_INT(evidence.share_ppm[RESIDENCY_CC6], CSTATE_PPM, "a late counter: all of it");
    cells[0].residency_tsc[RESIDENCY_CC6] = 4000;
    cstate_gather(&cstate, &cells[0], &evidence);
    TAP_INT(evidence.counters, 0, "four times the time is no residency");
}

static void test_clock(void)
{
    begin();
    cstate.clock = (struct cstate_clock){.asked_ppm = CSTATE_PPM};
    cstate_verify_clock(&cstate);
    TAP_OK(!cstate.clock.found, "a clock that was not changed is not looked at");
    cstate.clock.changed = true;
    busy_aperf = 500 * 1000; /* half as fast as MPERF */
    cstate_verify_clock(&cstate);
    TAP_OK(cstate.clock.found && cstate.clock.found_ppm > 450000 && cstate.clock.found_ppm < 550000, "one that was is");
    stands_still = true;
    cstate.clock.found = false;
    cstate_verify_clock(&cstate);
    TAP_OK(cstate.clock.found && !cstate.clock.found_ppm, "nothing is found where MPERF stands still");
    stands_still = false;
    cells[0].aperf = 300;
    cells[0].mperf = 100;
    cstate_report_clock(&cstate);
    TAP_INT(core_clock_ppm, 3 * CSTATE_PPM, "the clock in parts of MPERF's");
}

int main(void)
{
    test_round();
    test_evidence();
    test_clock();
    return tap_done();
}
