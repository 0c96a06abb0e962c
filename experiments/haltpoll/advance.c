/* SPDX-License-Identifier: MIT */
/*
 * KVM's timer advance beside `haltpoll`: where it is learnt and lost again, wakes by a deadline are late by a sawtooth
 * of 4 us, which is more than a sleep costs on a fast host. An event that is armed by the count register is not
 * advanced, so the step goes on with that. It is said only where the sawtooth is gone then.
 */
#include "arch/x86/cpu/percpu.h"
#include "experiments/haltpoll/parts.h"
#include "lib/fmt.h"

enum {
    LOOKS = 64,
    /* Longer than most hosts poll, where that cannot be switched off; a host's tick of 4 ms falls into one of six. */
    LOOK_NS = 700000,
    SHARP_NS = 4000000, /* up to here the count's ratio to the TSC shall be known well */
    TEXT_BYTES = 200,
};

bool haltpoll_may_be_advanced(const struct step *step)
{
    const struct haltpoll *hp = step->state;
    const struct apic_timer *timer = &step->machine->timer;

    return step->machine->hv.kind == HYPERVISOR_KVM && timer->one_shot == APIC_TIMER_DEADLINE && timer->hz &&
           hp->nap.source->arm;
}

/* No sawtooth, or one that is none of KVM's. */
static void forget_advance(struct step *step, struct haltpoll *hp)
{
    if (hp->phase == PHASE_LOOK_AGAIN)
        step->machine->timer.one_shot = APIC_TIMER_DEADLINE;
    hp->advance.period = 0;
    hp->phase = PHASE_COARSE;
}

void haltpoll_look_for_advance(struct step *step)
{
    struct haltpoll *hp = step->state;
    int64_t late_ns[LOOKS], scratch[LOOKS];
    size_t count = 0;

    /* Each of these halts shall sleep: wakes from the host's poll have no sawtooth. The batch's end puts it back. */
    if (kvm_has(&step->machine->hv, KVM_FEATURE_POLL_CONTROL))
        (void)msr_change(&step->cpu->msr_saves, MSR_KVM_POLL_CONTROL, 0);
    for (unsigned i = 0; i < LOOKS; i++) {
        struct sample halt = haltpoll_take(step, step_tsc(step, LOOK_NS), NULL);

        if (halt.reject == REJECT_NONE)
            late_ns[count++] = (int64_t)haltpoll_ns(step, sample_wake_latency(&halt));
    }
    if (hp->phase == PHASE_LOOK_AGAIN ? !advance_is_gone(&hp->advance, late_ns, count, scratch)
                                      : !advance_find(late_ns, count, scratch, &hp->advance))
        forget_advance(step, hp);
    else
        hp->phase = hp->phase == PHASE_LOOK ? PHASE_LOOK_AGAIN : PHASE_COARSE;
}

void haltpoll_leave_deadlines(struct step *step)
{
    const struct haltpoll *hp = step->state;

    if (!hp->advance.period || step->machine->timer.one_shot != APIC_TIMER_DEADLINE)
        return;
    step->machine->timer.one_shot = APIC_TIMER_ONE_SHOT;
    (void)apic_timer_sharpen(step->machine, step_tsc(step, SHARP_NS));
}

void haltpoll_report_advance(struct step *step)
{
    const struct haltpoll *hp = step->state;
    char text[TEXT_BYTES];

    if (!hp->advance.period)
        return;
    step->machine->timer.one_shot = APIC_TIMER_DEADLINE;
    fmt(text, sizeof(text),
        "a timer advance that is learnt and lost again, as KVM's: wakes from deadlines are %ld ns late, ever less down "
        "to %ld, and anew after %u; so events of this step are counted, which are not advanced",
        hp->advance.high_ns, hp->advance.low_ns, hp->advance.period);
    result_finding(step, "timer_advance", hp->advance.fits ? CONFIDENCE_INFERRED : CONFIDENCE_LOW, text);
}
