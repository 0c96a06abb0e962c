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
static struct play_halt halt_of(uint64_t length_ns)
{
    struct synthetic_halt halt;

    if (play.other)
        return play.other(play.owner, length_ns);
    halt = synthetic_halt(&play.host, length_ns);
    if (play.step_at_ns && length_ns >= play.step_at_ns)
        halt.latency_ns *= 2;
    return (struct play_halt){halt.silent_ns, halt.latency_ns, 0};
}

struct sample haltpoll_take(struct step *step, uint64_t ticks_tsc, struct haltpoll_guest *guest)
{
    struct haltpoll *hp = step->state;
    struct play_halt halt;

    (void)guest;
    play.longest_ns = ticks_tsc > play.longest_ns ? ticks_tsc : play.longest_ns;
    if (ticks_tsc > PLAY_LONGEST_NS)
        return (struct sample){.reject = REJECT_EARLY};
    halt = halt_of(ticks_tsc > play.lead_ns ? ticks_tsc - play.lead_ns : 0);
    play.halts++;
    hp->nap.waits++;
    haltpoll_count_steal(hp, ticks_tsc <= HALTPOLL_SHORT_NS, halt.steal_ns);
    return (struct sample){.before_tsc = BEFORE_TSC,
                           .event_tsc = BEFORE_TSC + halt.silent_ns,
                           .after_tsc = BEFORE_TSC + halt.silent_ns + (uint64_t)halt.latency_ns,
                           .steal_ns = halt.steal_ns,
                           .reject = halt.steal_ns ? REJECT_STEAL : REJECT_NONE};
}

uint64_t step_tsc(const struct step *step, uint64_t ns)
{
    (void)step;
    return ns;
}

void *step_alloc(struct step *step, uint64_t bytes)
{
    (void)step;
    if (play.block_count == PLAY_BLOCKS_MAX)
        return NULL;
    return play.blocks[play.block_count++] = calloc(1, bytes);
}

/* As often as a real batch would return. */
bool step_should_return(struct step *step)
{
    (void)step;
    return play.halts % 1000 < 30;
}

bool msr_change(struct msr_saves *saves, uint32_t msr, uint64_t value)
{
    (void)saves;
    if (msr == MSR_KVM_POLL_CONTROL && !value)
        play.host.halt_poll_ns = 0;
    play.host.budget_ns = 0;
    if (play.set_polling)
        play.set_polling(play.owner, value != 0);
    return msr == MSR_KVM_POLL_CONTROL;
}

uint32_t msr_restore(struct msr_saves *saves)
{
    (void)saves;
    play.host.halt_poll_ns = play.limit_ns;
    if (play.set_polling)
        play.set_polling(play.owner, true);
    return 0;
}

void calibrate_empty(struct step *step, const struct idle_method *method, bool masked, struct idle_call *call,
                     struct empty_path *empty)
{
    (void)step, (void)method, (void)masked, (void)call;
    *empty = (struct empty_path){
        .waits = 400,
        .plain = {.count = 200, .min_tsc = (int64_t)play.host.empty_ns, .p50_tsc = (int64_t)play.host.empty_ns + 100}};
}

void calibrate_emit(struct step *step, const char *irq, const char *method, const struct empty_path *empty)
{
    (void)step, (void)irq, (void)method, (void)empty;
}

void result_record(struct step *step, struct json *json)
{
    (void)step;
    play.cut_rows += !json_end(json);
}

void result_scalar(struct step *step, const char *key, int64_t value, const char *unit)
{
    (void)step, (void)unit;
    if (!strcmp(key, "knee"))
        play.knee_ns = value;
}

void result_metric(struct step *step, const char *word, int64_t value, const char *unit)
{
    (void)step, (void)word, (void)value, (void)unit;
}

void result_no_samples(struct step *step)
{
    (void)step;
}

void result_finding(struct step *step, const char *id, enum confidence confidence, const char *text)
{
    (void)step;
    if (play.said == PLAY_SAYINGS)
        return;
    snprintf(play.id[play.said], sizeof(play.id[0]), "%s", id);
    snprintf(play.confidence[play.said], sizeof(play.confidence[0]), "%s", confidence_word(confidence));
    snprintf(play.text[play.said++], sizeof(play.text[0]), "%s", text);
}

/* --- One step of the experiment. --- */
static void prepare(struct step *step, struct haltpoll *hp)
{
    hp->coarse.count = hp->test == TEST_CONTROL ? 2 : 1;
    hp->coarse.sweep_list[0].name = "host";
    hp->coarse.sweep_list[1].name = "off";
    hp->coarse.sweep_list[1].host_off = true;
    hp->ladder = step_alloc(step, sizeof(*hp->ladder));
    hp->nap.steal = play.tells_no_steal ? NULL : step_alloc(step, sizeof(*hp->nap.steal));
    prng_seed(&hp->prng, 1);
    if (haltpoll_sweeps_begin(step, &hp->coarse, 40, 30))
        haltpoll_spread(step, &hp->coarse, 5000, 20000000);
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
    struct plan_step plan = {.values = values};
    struct haltpoll *hp = calloc(1, sizeof(*hp));
    struct step step = {.machine = &machine, .cpu = &cpu, .state = hp, .plan = &plan, .results = &results};

    play.said = 0;
    play.knee_ns = 0;
    play.limit_ns = play.host.halt_poll_ns;
    hp->test = test;
    prepare(&step, hp);
    while (!step.complete)
        haltpoll_curve_go(&step);
    haltpoll_curve_conclude(&step);
    haltpoll_report_curve(&step);
    haltpoll_find_words(&step);
    play.ceiling_low_ns = hp->ceiling.low_ns;
    play.ceiling_high_ns = hp->ceiling.high_ns;
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

void haltpoll_play_take(uint64_t limit_ns, uint32_t grow, uint64_t start_ns, uint32_t shrink)
{
    synthetic_halt_host_draw(&play.host, 7);
    play.host.halt_poll_ns = limit_ns;
    play.host.grow = grow;
    play.host.grow_start_ns = start_ns;
    play.host.shrink = shrink;
    play.host.entry_ns = 800;
    play.host.empty_ns = 1500;
    play.host.poll_wake_ns = 2500;
    play.host.sleep_wake_ns = 8000;
    play.host.slack_ns = 500;
    play.host.preempt_ppm = 2000;
    play.host.crowd_ppm = 2000;
    play.step_at_ns = 0;
}

bool haltpoll_play_begins(const char *id, const char *with)
{
    return !strncmp(haltpoll_play_said(id), with, strlen(with));
}
