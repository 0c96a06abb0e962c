/* SPDX-License-Identifier: MIT */
/*
 * One visit to a pair of CPUs: the target waits, the sender interrupts it, several times.
 *
 * The target says which sample it is about to wait for, and answers when it has run again. The sender gives it the gap
 * to get there, sends, and reads only the answer, which stays while the target goes on: no CPU touches a line that the
 * target polls. The sender waits for the answer in bounded time, then calls the target back by another vector; likewise
 * where a visit takes too long.
 */
#include "experiments/ipi/parts.h"

#include "arch/x86/hv/kvm.h"
#include "arch/x86/irq/vectors_regs.h"
#include "arch/x86/time/tsc.h"

enum { RESCUE_TRIES = 4 };

static bool stopped(const struct ipi_link *link)
{
    return __atomic_load_n(&link->stop, __ATOMIC_ACQUIRE) != 0;
}

/*
 * By the window of the idle method, again while another interrupt ended it. A fixed interrupt cannot come between the
 * look and HLT, because interrupts are off; an NMI can, and the sender's nudge then ends the wait.
 */
static void wait_asleep(struct ipi_link *link)
{
    do {
        link->method->wait(&link->call);
    } while (!idle_is_over(&link->call) && !stopped(link));
}

/* Also polls the sender's word to stop, so that a lost interrupt does not end the run. */
static void wait_spinning(struct ipi_link *link)
{
    link->call.before_tsc = tsc_begin();
    sti();
    if (link->target == IPI_PAUSING)
        while (!idle_is_over(&link->call) && !stopped(link))
            pause();
    while (!idle_is_over(&link->call) && !stopped(link))
        ;
    link->call.after_tsc = tsc_now();
    cli();
}

void ipi_target_visit(void *argument)
{
    struct ipi_link *link = argument;

    link->call.watch = wake_watch(link->to, link->trace);
    for (uint64_t n = 1; n <= link->count && !stopped(link); n++) {
        link->call.watch_was = percpu_count(link->call.watch);
        __atomic_store_n(&link->ready, n, __ATOMIC_RELEASE);
        if (link->target == IPI_SPINNING || link->target == IPI_PAUSING)
            wait_spinning(link);
        else
            wait_asleep(link);
        link->answers[n - 1] = (struct ipi_answer){
            .before_tsc = link->call.before_tsc,
            .isr_tsc = wake_stamp(link->to, link->trace),
            .after_tsc = link->call.after_tsc,
            .wakes = percpu_count(link->call.watch) - link->call.watch_was,
        };
        __atomic_store_n(&link->done, n, __ATOMIC_RELEASE);
    }
    __atomic_store_n(&link->left, 1, __ATOMIC_RELEASE);
}

/*
 * Waits until the word has reached n, for limit_tsc ticks of which one poll counts for link->look_tsc at most: where a
 * host takes the whole machine away for long, the target had no more time than the sender.
 */
static bool reaches(const struct ipi_link *link, const uint64_t *word, uint64_t n, uint64_t limit_tsc)
{
    uint64_t waited_tsc = 0, last_tsc = tsc_now();

    while (__atomic_load_n(word, __ATOMIC_ACQUIRE) < n) {
        uint64_t now_tsc = tsc_now(), step_tsc = now_tsc - last_tsc;

        waited_tsc += step_tsc < link->look_tsc ? step_tsc : link->look_tsc;
        last_tsc = now_tsc;
        if (waited_tsc > limit_tsc)
            return false;
    }
    return true;
}

static void hold(uint64_t ticks_tsc)
{
    uint64_t start_tsc = tsc_now();

    while (tsc_now() - start_tsc < ticks_tsc)
        pause();
}

/*
 * Only the write that sends stands between the stamps: in xAPIC mode the destination is written before. In x2APIC mode
 * the write is not serialising, so earlier stores go first (SDM volume 3, 10.12.3). A hypercall takes all its targets
 * at once.
 */
static void send_timed(const struct ipi_link *link, uint64_t *begin_tsc, uint64_t *end_tsc)
{
    const struct apic *apic = &link->machine->apic;
    const struct ipi_form *form = &link->form;

    if (link->via == IPI_BY_PV) {
        *begin_tsc = tsc_end();
        kvm_send_ipi(form->vmmcall, form->low, form->high, form->first, form->command);
        *end_tsc = tsc_end();
        return;
    }
    if (apic->x2apic) {
        uint64_t icr = ((uint64_t)form->destination << 32) | form->command;

        mfence();
        *begin_tsc = tsc_end();
        wrmsr(MSR_X2APIC_ICR, icr);
        *end_tsc = tsc_end();
        return;
    }
    apic->mmio[APIC_ICR_HIGH / 4] = form->destination << 24;
    *begin_tsc = tsc_end();
    apic->mmio[APIC_ICR_LOW / 4] = form->command;
    *end_tsc = tsc_end();
}

static void call_back(const struct ipi_link *link)
{
    apic_send_fixed(&link->machine->apic, link->to->apic_id, VECTOR_NOTHING);
}

/* Ticks of the target's TSC less the sender's at one moment. */
static int64_t ahead_tsc(const struct ipi_link *link, const struct percpu *cpu)
{
    return cpu->tsc_offset - link->from->tsc_offset;
}

static void note_counts(struct ipi_link *link)
{
    const struct machine *machine = link->machine;

    for (uint32_t i = 0; i < machine->cpu_count; i++)
        link->counts[i] = percpu_count(&machine->cpus[i]->wake_count);
}

/*
 * When the last CPU's stub ran, from begin_tsc on; false: one was not reached. Parked CPUs run the measured stub too.
 */
static bool last_stub(const struct ipi_link *link, uint64_t begin_tsc, int64_t *last_tsc)
{
    const struct machine *machine = link->machine;

    *last_tsc = INT64_MIN;
    for (uint32_t i = 0; i < machine->cpu_count; i++) {
        const struct percpu *cpu = machine->cpus[i];
        int64_t value_tsc;

        if (cpu == link->from)
            continue;
        if (!reaches(link, &cpu->wake_count, link->counts[i] + 1, link->limit_tsc))
            return false;
        value_tsc = (int64_t)(percpu_count(&cpu->wake_tsc) - begin_tsc) - ahead_tsc(link, cpu);
        if (value_tsc > *last_tsc)
            *last_tsc = value_tsc;
    }
    return true;
}

static enum ipi_outcome judge(const struct ipi_link *link, const struct ipi_answer *answer,
                              const struct ipi_values *values)
{
    int64_t before_tsc = (int64_t)(answer->before_tsc - values->at_tsc) - ahead_tsc(link, link->to);
    int64_t bound_tsc = (int64_t)(link->to->tsc_offset_bound + link->from->tsc_offset_bound);

    if (!answer->wakes)
        return IPI_LOST;
    if (answer->wakes > 1)
        return IPI_EXTRA;
    if (!link->machine->clock.offsets_known)
        return IPI_KEPT;
    if (before_tsc > 0 || values->tsc[IPI_DELIVER] + bound_tsc < 0)
        return IPI_EARLY;
    return IPI_KEPT;
}

static enum ipi_outcome take_sample(struct ipi_link *link, uint64_t n, struct ipi_values *values)
{
    const struct ipi_answer *answer = &link->answers[n - 1];
    uint64_t begin_tsc, end_tsc;
    int64_t ahead = ahead_tsc(link, link->to);
    bool nudged = false;

    if (!reaches(link, &link->ready, n, link->limit_tsc))
        return IPI_LOST;
    hold(link->gap_tsc);
    if (link->mode == IPI_BROADCAST)
        note_counts(link);
    if (__atomic_load_n(&link->done, __ATOMIC_ACQUIRE) >= n)
        return IPI_EARLY;
    send_timed(link, &begin_tsc, &end_tsc);
    if (!reaches(link, &link->done, n, link->nudge_tsc)) {
        nudged = true;
        call_back(link);
        if (!reaches(link, &link->done, n, link->limit_tsc))
            return IPI_LOST;
    }
    values->tsc[IPI_ROUND] = (int64_t)(tsc_end() - begin_tsc);
    values->tsc[IPI_SEND] = (int64_t)(end_tsc - begin_tsc);
    values->tsc[IPI_DELIVER] = (int64_t)(answer->isr_tsc - begin_tsc) - ahead;
    values->tsc[IPI_WAKE] = (int64_t)(answer->after_tsc - begin_tsc) - ahead;
    values->at_tsc = begin_tsc;
    if (nudged)
        return IPI_NUDGED;
    if (link->mode == IPI_BROADCAST && !last_stub(link, begin_tsc, &values->tsc[IPI_LAST]))
        return IPI_LOST;
    return judge(link, answer, values);
}

/* Ends the target's wait, and waits for its end. */
static void rescue(struct ipi_link *link)
{
    __atomic_store_n(&link->stop, 1, __ATOMIC_RELEASE);
    for (unsigned i = 0; i < RESCUE_TRIES && !__atomic_load_n(&link->left, __ATOMIC_ACQUIRE); i++) {
        call_back(link);
        hold(link->nudge_tsc);
    }
}

void ipi_send_visit(void *argument)
{
    struct ipi_link *link = argument;
    uint64_t start_tsc = tsc_now();
    enum ipi_outcome outcome = IPI_KEPT;

    while (link->taken < link->count && outcome != IPI_LOST && tsc_now() - start_tsc < link->visit_tsc) {
        uint32_t i = link->taken;

        outcome = take_sample(link, i + 1, &link->values[i]);
        link->outcomes[i] = !i && outcome != IPI_LOST ? IPI_WARMUP : outcome;
        link->taken++;
    }
    if (link->taken < link->count || outcome == IPI_LOST)
        rescue(link);
}
