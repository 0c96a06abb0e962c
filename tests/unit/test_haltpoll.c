// SPDX-License-Identifier: MIT
/*
 * The experiment haltpoll itself, its sweeps, trials, verdicts and words, on a synthetic host in the place of one halt: what it says of
 * hosts whose parameters are known, of one that sleeps at once, of a step that is no polling, and of poll control.
 */
// UNIT_EXTRA: experiments/haltpoll_sweep.c experiments/haltpoll_curve.c experiments/haltpoll_verdict.c experiments/haltpoll_words.c experiments/haltpoll_report.c tests/unit/synthetic_halt_host.c
#include <stdlib.h>

#include "arch/x86/cpu/msr_save.h"
#include "experiments/engine/results.h"
#include "experiments/haltpoll.h"
#include "lib/json.h"
#include "tests/unit/synthetic_halt_host.h"
#include "tests/unit/tap.h"

enum { SAYINGS = 4, SAYING_BYTES = 256, BLOCKS_MAX = 512 };

/* One run of the experiment against one host; the stubs below find it here. */
static struct {
    struct synthetic_halt_host host;
    uint64_t limit_ns;   /* of the host, while poll control is 1 */
    uint64_t step_at_ns; /* from here on a wake costs more, whatever came before; 0: nowhere */
    char id[SAYINGS][32], confidence[SAYINGS][16], text[SAYINGS][SAYING_BYTES];
    unsigned said;
    int64_t knee_ns;
    uint64_t halts;
    void *blocks[BLOCKS_MAX];
    unsigned block_count;
    unsigned cut_rows; /* records that did not fit */
} play;

/* --- What the engine and the machine would do: 1 ns is one tick. --- */
struct haltpoll_halt haltpoll_take(struct run *run, uint64_t ticks_tsc,
                                   struct haltpoll_guest *guest)
{
    struct haltpoll *hp = run->state;
    struct synthetic_halt halt = synthetic_halt(&play.host, ticks_tsc);

    (void)guest;
    play.halts++;
    hp->hlts++;
    if (play.step_at_ns && ticks_tsc >= play.step_at_ns)
        halt.latency_ns *= 2;
    return (struct haltpoll_halt){
        .outcome = HALT_KEPT, .silent_tsc = halt.silent_ns, .latency_tsc = halt.latency_ns};
}

uint64_t run_tsc(const struct run *run, uint64_t ns)
{
    (void)run;
    return ns;
}

void *run_alloc(struct run *run, uint64_t bytes)
{
    (void)run;
    if (play.block_count == BLOCKS_MAX)
        return NULL;
    return play.blocks[play.block_count++] = calloc(1, bytes);
}

/* As often as a real batch would return. */
bool run_should_return(struct run *run)
{
    (void)run;
    return play.halts % 1000 < 30;
}

bool msr_change(struct msr_saves *saves, uint32_t msr, uint64_t value)
{
    (void)saves;
    if (msr == MSR_KVM_POLL_CONTROL && !value)
        play.host.halt_poll_ns = 0;
    play.host.budget_ns = 0;
    return msr == MSR_KVM_POLL_CONTROL;
}

uint32_t msr_restore(struct msr_saves *saves)
{
    (void)saves;
    play.host.halt_poll_ns = play.limit_ns;
    return 0;
}

void calibrate_empty(struct run *run, void (*wait)(struct idle_call *call), struct idle_call *call,
                     struct empty_path *empty)
{
    (void)run, (void)wait, (void)call;
    *empty = (struct empty_path){.count = 200, .min_tsc = 1500, .p50_tsc = 1600};
}

void calibrate_emit(struct run *run, const char *irq, const char *method,
                    const struct empty_path *empty)
{
    (void)run, (void)irq, (void)method, (void)empty;
}

void result_record(struct run *run, struct json *json)
{
    (void)run;
    play.cut_rows += !json_end(json);
}

void result_scalar(struct run *run, const char *key, int64_t value, const char *unit)
{
    (void)run, (void)unit;
    if (!strcmp(key, "knee"))
        play.knee_ns = value;
}

void result_metric(struct run *run, const char *word, int64_t value, const char *unit)
{
    (void)run, (void)word, (void)value, (void)unit;
}

void result_finding(struct run *run, const char *id, const char *confidence, const char *text)
{
    (void)run;
    if (play.said == SAYINGS)
        return;
    snprintf(play.id[play.said], sizeof play.id[0], "%s", id);
    snprintf(play.confidence[play.said], sizeof play.confidence[0], "%s", confidence);
    snprintf(play.text[play.said++], sizeof play.text[0], "%s", text);
}

/* --- One step of the experiment. --- */
static void prepare(struct run *run, struct haltpoll *hp)
{
    hp->coarse.count = hp->test == TEST_CONTROL ? 2 : 1;
    hp->coarse.sweep_list[0].name = "host";
    hp->coarse.sweep_list[1].name = "off";
    hp->coarse.sweep_list[1].host_off = true;
    hp->ladder = run_alloc(run, sizeof *hp->ladder);
    prng_seed(&hp->prng, 1);
    if (haltpoll_sweeps_begin(run, &hp->coarse, 40, 30))
        haltpoll_spread(run, &hp->coarse, 5000, 20000000);
}

static void run_experiment(enum haltpoll_test test)
{
    static struct machine machine = {
        .hv = {.kind = HYPERVISOR_KVM,
               .bit = true,
               .kvm_base = 0x40000000,
               .kvm_features = 1u << KVM_FEATURE_POLL_CONTROL},
        .clock = {.tsc_hz = 1000000000, .read_min_tsc = 20},
    };
    static struct percpu cpu;
    static struct idle_method hlt;
    struct results results = {.step = 2};
    struct plan_value values[KEY_COUNT] = {[KEY_TRIALS] = {.count = 320}};
    struct plan_step step = {.values = values};
    struct haltpoll *hp = calloc(1, sizeof *hp);
    struct run run = {
        .machine = &machine, .cpu = &cpu, .state = hp, .step = &step, .results = &results};

    play.said = 0;
    play.knee_ns = 0;
    play.limit_ns = play.host.halt_poll_ns;
    hp->test = test;
    hp->hlt = &hlt;
    prepare(&run, hp);
    while (!run.complete)
        haltpoll_curve_go(&run);
    haltpoll_curve_conclude(&run);
    haltpoll_report_curve(&run);
    haltpoll_find_words(&run);
    while (play.block_count)
        free(play.blocks[--play.block_count]);
    free(hp);
}

/* The words of one finding; "" where it was not made. */
static const char *said(const char *id)
{
    for (unsigned i = 0; i < play.said; i++) {
        if (!strcmp(play.id[i], id))
            return play.text[i];
    }
    return "";
}

static const char *confidence_of(const char *id)
{
    for (unsigned i = 0; i < play.said; i++) {
        if (!strcmp(play.id[i], id))
            return play.confidence[i];
    }
    return "";
}

static void show(const char *name)
{
    for (unsigned i = 0; i < play.said; i++)
        printf("# %s: %s: %s (%s)\n", name, play.id[i], play.text[i], play.confidence[i]);
}

/* Today's defaults of KVM on a quiet machine. */
static void take_host(uint64_t limit_ns, uint32_t grow, uint64_t start_ns, uint32_t shrink)
{
    synthetic_halt_host_draw(&play.host, 7);
    play.host.halt_poll_ns = limit_ns;
    play.host.grow = grow;
    play.host.grow_start_ns = start_ns;
    play.host.shrink = shrink;
    play.host.entry_ns = 800;
    play.host.poll_wake_ns = 2500;
    play.host.sleep_wake_ns = 8000;
    play.host.slack_ns = 500;
    play.host.preempt_ppm = 2000;
    play.host.crowd_ppm = 2000;
    play.step_at_ns = 0;
}

static bool begins(const char *text, const char *with)
{
    return !strncmp(text, with, strlen(with));
}

static void check_ladder(void)
{
    take_host(200000, 2, 10000, 2);
    run_experiment(TEST_LADDER);
    show("defaults");
    TAP_OK(begins(said("halt_poll"), "the host polls up to"), "defaults: the host polls");
    TAP_OK(play.knee_ns > 190000 && play.knee_ns < 210000, "up to 200 us");
    TAP_STR(confidence_of("halt_poll"), "high", "for sure");
    TAP_OK(begins(said("halt_poll_rule"), "grow 2, shrink 2"), "grow 2, shrink 2");
    take_host(50000, 4, 8000, 0);
    run_experiment(TEST_LADDER);
    show("old kernel");
    TAP_OK(play.knee_ns > 45000 && play.knee_ns < 55000, "another limit: up to 50 us");
    TAP_OK(begins(said("halt_poll_rule"), "grow 4, shrink 0"), "grow 4, shrink 0");
}

static void check_nothing(void)
{
    take_host(0, 2, 10000, 2);
    run_experiment(TEST_LADDER);
    show("never polls");
    TAP_OK(begins(said("halt_poll"), "no halt polling seen, from"), "a host that sleeps at once");
    TAP_OK(!*said("halt_poll_rule"), "no rule of it");
    take_host(0, 2, 10000, 2);
    play.step_at_ns = 150000;
    run_experiment(TEST_LADDER);
    show("deeper state");
    TAP_OK(begins(said("halt_poll"), "no halt polling seen; a step"),
           "a step that does not care for what came before is no polling");
    take_host(200000, 2, 10000, 2);
    play.host.crowd_ppm = 1000000;
    run_experiment(TEST_LADDER);
    show("crowded");
    TAP_OK(!begins(said("halt_poll"), "the host polls"), "polls that all end early are none");
}

static void check_control(void)
{
    take_host(200000, 2, 10000, 2);
    run_experiment(TEST_CONTROL);
    show("control");
    TAP_OK(begins(said("halt_poll"), "the host polls up to"), "by poll control: the host polls");
    TAP_OK(begins(said("poll_control"), "poll control moves the knee"), "and it moves the knee");
    TAP_STR(confidence_of("poll_control"), "high", "for sure");
    take_host(0, 2, 10000, 2);
    play.step_at_ns = 150000;
    run_experiment(TEST_CONTROL);
    show("control of another step");
    TAP_OK(begins(said("poll_control"), "poll control does not move"), "another step stays");
    TAP_OK(!begins(said("halt_poll"), "the host polls"), "and is not called polling");
}

int main(void)
{
    check_ladder();
    check_nothing();
    check_control();
    TAP_INT(play.cut_rows, 0, "every row fits its record");
    return tap_done();
}
