/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: experiments/haltpoll/advance.c
/*
 * Whether `haltpoll` sees KVM's timer advance behind its halt polling: in a host that polls for longer than the halts
 * of the look last, none sleeps unless poll control is 0, and only a sleep's wake has the sawtooth. What goes on where
 * events are counted is not the advance.
 */
#include "arch/x86/cpu/msr_save.h"
#include "experiments/haltpoll/parts.h"
#include "tests/unit/tap.h"

enum { POLL_NS = 1000000, WAY_NS = 6500, POLLED_NS = 200, LEARN_PART = 8 };

static bool polls, goes_on;
static int64_t advance_ns;

bool msr_change(struct msr_saves *saves, uint32_t msr, uint64_t value)
{
    (void)saves;
    polls = msr == MSR_KVM_POLL_CONTROL && value;
    return true;
}

/* KVM's rule (lib/infer/timer_advance.h) where the way out of a sleep takes WAY_NS. */
struct sample haltpoll_take(struct step *step, uint64_t ticks_tsc, struct haltpoll_guest *guest)
{
    int64_t late_ns = POLLED_NS;

    (void)guest;
    if (!polls || ticks_tsc > POLL_NS) {
        if (step->machine->timer.one_shot != APIC_TIMER_DEADLINE && !goes_on)
            return (struct sample){.event_tsc = ticks_tsc, .after_tsc = ticks_tsc + WAY_NS};
        late_ns = WAY_NS - advance_ns;
        advance_ns += late_ns / LEARN_PART;
        if (advance_ns > ADVANCE_MOST_NS)
            advance_ns = ADVANCE_FIRST_NS;
    }
    return (struct sample){.event_tsc = ticks_tsc, .after_tsc = ticks_tsc + (uint64_t)late_ns};
}

uint64_t step_tsc(const struct step *step, uint64_t ns)
{
    (void)step;
    return ns;
}

bool apic_timer_sharpen(struct machine *machine, uint64_t ticks_tsc)
{
    (void)machine, (void)ticks_tsc;
    return true;
}

void result_finding(struct step *step, const char *id, enum confidence confidence, const char *text)
{
    (void)step, (void)id, (void)confidence, (void)text;
}

/* The period that was found, on a KVM with poll control or an old one. */
static uint32_t look(bool has_control)
{
    static struct machine machine = {.hv = {.kind = HYPERVISOR_KVM, .kvm_base = 0x40000000},
                                     .clock.tsc_hz = 1000000000};
    static struct percpu cpu;
    static struct haltpoll hp;
    struct step step = {.machine = &machine, .cpu = &cpu, .state = &hp};

    polls = true;
    advance_ns = ADVANCE_FIRST_NS;
    hp.phase = PHASE_LOOK;
    machine.timer.one_shot = APIC_TIMER_DEADLINE;
    machine.hv.kvm_features = has_control ? 1u << KVM_FEATURE_POLL_CONTROL : 0;
    haltpoll_look_for_advance(&step);
    haltpoll_leave_deadlines(&step);
    if (hp.phase == PHASE_LOOK_AGAIN)
        haltpoll_look_for_advance(&step);
    TAP_INT(hp.phase, PHASE_COARSE, "the sweep is next");
    TAP_OK((machine.timer.one_shot == APIC_TIMER_DEADLINE) == !hp.advance.period, "it counts events if one was found");
    return hp.advance.period;
}

int main(void)
{
    uint32_t period = look(true);

    printf("# anew after %u wakes\n", period);
    TAP_OK(period >= 5 && period <= 20,
           "the advance is seen where the host polls for longer than the look's halts last");
    TAP_INT(look(false), 0, "without poll control these are polled: none is seen, and none made up");
    goes_on = true;
    TAP_INT(look(true), 0, "a sawtooth that goes on where events are counted is another thing's");
    return tap_done();
}
