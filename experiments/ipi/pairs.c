/* SPDX-License-Identifier: MIT */
/* Which pairs of CPUs `ipi` takes. */
#include "experiments/ipi/parts.h"

#include "arch/x86/cpu/placement.h"

static uint32_t add_cpu(struct percpu **chosen, uint32_t count, struct percpu *cpu)
{
    for (uint32_t i = 0; i < count; i++)
        if (chosen[i] == cpu)
            return count;
    chosen[count] = cpu;
    return count + 1;
}

/* Half of them evenly over the numbers, each with its sibling; then the rest from the lowest number on. */
static uint32_t choose_cpus(const struct machine *machine, uint32_t limit, struct percpu **chosen)
{
    uint32_t count = 0, spread = limit / 2;

    for (uint32_t i = 0; i < spread; i++) {
        struct percpu *cpu = machine->cpus[i * machine->cpu_count / spread];
        struct percpu *sibling = placement_find(machine, cpu, CPU_RELATION_SIBLING);

        count = add_cpu(chosen, count, cpu);
        if (sibling && count < limit)
            count = add_cpu(chosen, count, sibling);
    }
    for (uint32_t i = 0; i < machine->cpu_count && count < limit; i++)
        count = add_cpu(chosen, count, machine->cpus[i]);
    return count;
}

static const char *add_pair(struct step *step, struct ipi *ipi, struct percpu *from, struct percpu *to)
{
    struct ipi_pair *pair = &ipi->pairs[ipi->pair_count++];

    pair->from = from;
    pair->to = to;
    pair->values = step_alloc(step, ipi->samples * sizeof(*pair->values));
    return pair->values ? NULL : step_no_memory;
}

static const char *choose_matrix(struct step *step, struct ipi *ipi)
{
    struct percpu *chosen[IPI_MATRIX_CPUS];
    uint32_t limit = (uint32_t)step->plan->values[KEY_CPUS].count;
    uint32_t count;

    if (limit > step->machine->cpu_count)
        limit = step->machine->cpu_count;
    count = choose_cpus(step->machine, limit, chosen);
    ipi->pairs = step_alloc(step, count * (count - 1) * sizeof(*ipi->pairs));
    if (!ipi->pairs)
        return step_no_memory;
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t k = 0; k < count; k++)
            if (i != k && add_pair(step, ipi, chosen[i], chosen[k]))
                return step_no_memory;
    }
    return NULL;
}

static const char *choose_one(struct step *step, struct ipi *ipi)
{
    const struct plan_cpu *cpu = &step->plan->values[KEY_FROM].cpu;
    uint32_t number = cpu->place == PLAN_CPU_NUMBER ? cpu->number : 0;
    struct percpu *to;

    if (number >= step->machine->cpu_count)
        return "that CPU does not run (from=)";
    to = placement_wished(step->machine, step->machine->cpus[number], &step->plan->values[KEY_TO].cpu);
    if (!to)
        return "no CPU stands in that relation to the sender (to=)";
    ipi->pairs = step_alloc(step, sizeof(*ipi->pairs));
    return ipi->pairs ? add_pair(step, ipi, step->machine->cpus[number], to) : step_no_memory;
}

const char *ipi_choose_pairs(struct step *step, struct ipi *ipi)
{
    return step->plan->values[KEY_MATRIX].flag ? choose_matrix(step, ipi) : choose_one(step, ipi);
}
