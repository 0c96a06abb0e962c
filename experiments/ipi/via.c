/* SPDX-License-Identifier: MIT */
/* The ways in which `ipi` sends: the ICR, physical or logical, and KVM's hypercall, which is tried out first. */
#include "experiments/ipi/parts.h"

#include "arch/x86/cpu/smp.h"
#include "arch/x86/hv/kvm.h"
#include "arch/x86/irq/vectors_regs.h"
#include "arch/x86/time/delay.h"

enum {
    FLAT_CPUS = 8,        /* of xAPIC's flat logical destinations */
    CLUSTER_CPUS = 16,    /* of x2APIC's: cluster in bits 31:16, one bit of 16 (SDM volume 3, 10.12.10.2) */
    CALL_US = 500 * 1000, /* a host may take a virtual CPU away for long */
    WORD_BITS = 64,
};

const char *const ipi_via_words[] = {"icr", "logical", "pv", NULL};

/* The lowest and the highest APIC identifier of all CPUs except one. */
static void id_span(const struct machine *machine, const struct percpu *but, uint32_t *lowest, uint32_t *highest)
{
    *lowest = UINT32_MAX;
    *highest = 0;
    for (uint32_t i = 0; i < machine->cpu_count; i++) {
        const struct percpu *cpu = machine->cpus[i];
        uint32_t id;

        if (cpu == but)
            continue;
        id = cpu->apic_id;
        *lowest = id < *lowest ? id : *lowest;
        *highest = id > *highest ? id : *highest;
    }
}

const char *ipi_check_via(const struct step *step, const struct ipi_link *link)
{
    const struct machine *machine = step->machine;
    uint32_t lowest, highest;

    id_span(machine, NULL, &lowest, &highest);
    if (link->via == IPI_BY_LOGICAL && !machine->apic.x2apic && highest >= FLAT_CPUS)
        return "an xAPIC has logical destinations for 8 CPUs";
    if (link->via != IPI_BY_PV)
        return NULL;
    if (!kvm_has(&machine->hv, KVM_FEATURE_PV_SEND_IPI))
        return "no KVM that offers its hypercall for IPIs";
    if (link->mode == IPI_BROADCAST && highest - lowest >= KVM_IPI_TARGETS)
        return "the hypercall takes 128 APIC identifiers";
    return NULL;
}

static uint32_t command(const struct ipi_link *link)
{
    uint32_t command = APIC_ICR_ASSERT | APIC_ICR_DELIVERY_FIXED | VECTOR_WAKE_IPI;

    if (link->mode == IPI_NMI)
        command = APIC_ICR_ASSERT | APIC_ICR_DELIVERY_NMI;
    if (link->via == IPI_BY_LOGICAL)
        command |= APIC_ICR_LOGICAL;
    if (link->mode == IPI_BROADCAST && link->via == IPI_BY_ICR)
        command |= APIC_ICR_TO_OTHERS;
    return command;
}

static uint32_t destination(const struct ipi_link *link)
{
    uint32_t id = link->to->apic_id;

    if (link->via != IPI_BY_LOGICAL)
        return id;
    if (!link->machine->apic.x2apic)
        return UINT32_C(1) << id % FLAT_CPUS;
    return id / CLUSTER_CPUS << 16 | UINT32_C(1) << id % CLUSTER_CPUS;
}

/* All CPUs except the sender, or the target alone. */
static void fill_targets(const struct ipi_link *link, struct ipi_form *form)
{
    const struct machine *machine = link->machine;
    uint32_t highest;

    form->vmmcall = kvm_call_is_vmmcall(&machine->snapshot);
    form->first = link->to->apic_id;
    form->low = 1;
    form->high = 0;
    if (link->mode != IPI_BROADCAST)
        return;
    id_span(machine, link->from, &form->first, &highest);
    form->low = 0;
    for (uint32_t i = 0; i < machine->cpu_count; i++) {
        uint32_t bit = machine->cpus[i]->apic_id - form->first;

        if (machine->cpus[i] == link->from)
            continue;
        if (bit < WORD_BITS)
            form->low |= UINT64_C(1) << bit;
        else
            form->high |= UINT64_C(1) << (bit - WORD_BITS);
    }
}

void ipi_form(struct ipi_link *link)
{
    link->form.command = command(link);
    link->form.destination = destination(link);
    fill_targets(link, &link->form);
}

struct call_trial {
    struct percpu *cpu;
    bool vmmcall;
    struct fault fault;
    int64_t result;
};

/* An interrupt to itself, which stays pending and does nothing. */
static void try_call(void *argument)
{
    struct call_trial *trial = argument;

    trial->fault = kvm_send_ipi_try(trial->vmmcall, 1, trial->cpu->apic_id, APIC_ICR_DELIVERY_FIXED | VECTOR_NOTHING,
                                    &trial->result);
}

bool ipi_try_call(struct step *step, struct ipi *ipi)
{
    struct machine *machine = step->machine;
    struct call_trial trial = {.cpu = machine->cpus[1], .vmmcall = kvm_call_is_vmmcall(&machine->snapshot)};

    ipi->call_tried = true;
    smp_run(machine, trial.cpu, try_call, &trial);
    if (!smp_wait(trial.cpu, delay_tsc(machine, CALL_US))) {
        (void)smp_abort_all(machine);
        smp_join(trial.cpu); /* the trial is on this stack */
        ipi->no_call = "KVM does not come back from its hypercall within 500 ms";
    } else if (trial.fault.valid && trial.fault.vector == VECTOR_PF) {
        ipi->no_call = "KVM offers its hypercall, and would rewrite the instruction: page fault";
    } else if (trial.fault.valid) {
        ipi->no_call = "KVM offers its hypercall, which faults";
    } else if (trial.result != 1) {
        ipi->no_call = "KVM refuses to send by its hypercall";
    }
    return !ipi->no_call;
}
