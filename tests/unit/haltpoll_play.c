/* SPDX-License-Identifier: MIT */
#include "tests/unit/haltpoll_play.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/x86/cpu/msr_save.h"
#include "experiments/kit/results.h"
#include "lib/json.h"

enum { BEFORE_TSC = 1000 };

struct haltpoll_play play;

/* --- What the engine and the machine would do: 1 ns is one tick. --- */
struct sample haltpoll_take(struct run *run, uint64_t ticks_tsc, struct haltpoll_guest *guest)
{
    struct haltpoll *hp = run->state;
    struct synthetic_halt halt = synthetic_halt(&play.host, ticks_tsc);

    (void)guest;
    play.halts++;
    hp->nap.waits++;
    if (play.step_at_ns && ticks_tsc >= play.step_at_ns)
        halt.latency_ns *= 2;
    return (struct sample){.before_tsc = BEFORE_TSC,
                           .event_tsc = BEFORE_TSC + halt.silent_ns,
                           .after_tsc = BEFORE_TSC + halt.silent_ns + (uint64_t)halt.latency_ns};
}

uint64_t run_tsc(const struct run *run, uint64_t ns)
{
    (void)run;
    return ns;
}

void *run_alloc(struct run *run, uint64_t bytes)
{
    (void)run;
    if (play.block_count == PLAY_BLOCKS_MAX)
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
    *empty = (struct empty_path){
        .count = 200, .min_tsc = (int64_t)play.host.empty_ns, .p50_tsc = (int64_t)play.host.empty_ns + 100};
}

void calibrate_emit(struct run *run, const char *irq, const char *method, const struct empty_path *empty)
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

void result_finding(struct run *run, const char *id, enum confidence confidence, const char *text)
{
    (void)run;
    if (play.said == PLAY_SAYINGS)
        return;
    snprintf(play.id[play.said], sizeof play.id[0], "%s", id);
    snprintf(play.confidence[play.said], sizeof play.confidence[0], "%s", confidence_word(confidence));
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

void haltpoll_play_run(enum haltpoll_test test)
{
    static struct machine machine = {
        .hv = {.kind = HYPERVISOR_KVM,
               .bit = true,
               .kvm_base = 0x40000000,
               .kvm_features = 1u << KVM_FEATURE_POLL_CONTROL},
        .clock = {.tsc_hz = 1000000000, .read_min_tsc = 20},
    };
    static struct percpu cpu;
    struct results results = {.step = 2};
    struct plan_value values[KEY_COUNT] = {[KEY_TRIALS] = {.count = 320}};
    struct plan_step step = {.values = values};
    struct haltpoll *hp = calloc(1, sizeof *hp);
    struct run run = {.machine = &machine, .cpu = &cpu, .state = hp, .step = &step, .results = &results};

    play.said = 0;
    play.knee_ns = 0;
    play.limit_ns = play.host.halt_poll_ns;
    hp->test = test;
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

const char *haltpoll_play_said(const char *id)
{
    for (unsigned i = 0; i < play.said; i++)
        if (!strcmp(play.id[i], id))
            return play.text[i];
    return "";
}

const char *haltpoll_play_confidence(const char *id)
{
    for (unsigned i = 0; i < play.said; i++)
        if (!strcmp(play.id[i], id))
            return play.confidence[i];
    return "";
}

void haltpoll_play_show(const char *name)
{
    for (unsigned i = 0; i < play.said; i++)
        printf("# %s: %s: %s (%s)\n", name, play.id[i], play.text[i], play.confidence[i]);
}
