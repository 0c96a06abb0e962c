/* SPDX-License-Identifier: MIT */
/* Registers, time and energy of the model; naps are in model_nap.c. */
#include "tests/machine/model.h"

#include <assert.h>
#include <string.h>

#include "arch/x86/cpu/msr.h"

enum {
    TSC_HZ = 2000000000,
    UPDATE_TSC = 1000000 * MODEL_TICKS_PER_NS, /* RAPL is brought up to date every millisecond */
    LATE_TSC = 25 * UPDATE_TSC,
    ENERGY_START = 0xfffff000, /* the counters wrap soon after the start */
    ACCESS_TSC = 200,
    MPERF = 0xe7,
    APERF = 0xe8,
    TURBO_PERCENT = 150, /* APERF against MPERF, while nobody holds the clock */
    SLOW_PERCENT = 60,   /* AMD's slowest P-state */
};

/* The seams have no context, so there is one machine at a time. */
static struct model_machine *current;

struct model_machine *model_now(void)
{
    return current;
}

static struct model_register *find_register(struct model_machine *at, uint32_t cpu, uint32_t msr)
{
    struct model_register *registers = at->registers[at->plan.shared_registers ? 0 : cpu];

    for (unsigned i = 0; i < MODEL_REGISTERS && registers[i].msr; i++)
        if (registers[i].msr == msr)
            return &registers[i];
    return NULL;
}

uint64_t model_register_of(const struct model_machine *at, uint32_t cpu, uint32_t msr)
{
    const struct model_register *found = find_register((struct model_machine *)(uintptr_t)at, cpu, msr);

    assert(found);
    return found->value;
}

uint64_t model_register(const struct model_machine *at, uint32_t msr)
{
    return model_register_of(at, 0, msr);
}

static void plant_limit(struct model_machine *at, uint32_t cpu)
{
    struct model_register *limit = find_register(at, cpu, 0xe2);

    if (at->plan.limit_locked)
        limit->value |= 1 << 15;
    if (at->plan.limit_locked || at->plan.limit_sticks)
        limit->value &= ~UINT64_C(0xf); /* 0 is the lowest limit on all models here */
}

void model_start(struct model_machine *at, const struct model *model, const struct model_plan *plan)
{
    memset(at, 0, sizeof(*at));
    at->model = model;
    at->plan = *plan;
    at->now_tsc = TSC_HZ;
    at->publish_in = 1;
    prng_seed(&at->prng, 42);
    for (uint32_t i = 0; i < MODEL_CPUS_MAX; i++) {
        memcpy(at->registers[i], model->registers, sizeof(at->registers[i]));
        plant_limit(at, i);
    }
    at->all = plan->shape.cpus ? plan->shape.cpus : MODEL_CPUS;
    cpu_snapshot_read(&at->machine.snapshot, (struct cpuid_source){.read = model_cpuid, .ctx = at});
    at->machine.hv.bit = plan->hypervisor;
    at->machine.hv.kind = plan->hypervisor ? HYPERVISOR_KVM : HYPERVISOR_NONE;
    at->machine.clock.tsc_hz = TSC_HZ;
    at->machine.clock.offsets_known = true;
    at->machine.clock.invariant = true;
    model_place_cpus(at);
    current = at;
}

void model_pass(struct model_machine *at, uint64_t ticks_tsc, uint32_t power_mw)
{
    uint64_t due_tsc = (at->now_tsc / UPDATE_TSC + 1) * UPDATE_TSC;
    uint64_t end_tsc = at->now_tsc + ticks_tsc;

    /* mW times ns is pJ. */
    if (end_tsc >= due_tsc && end_tsc >= at->late_until_tsc) {
        uint64_t last_tsc = end_tsc / UPDATE_TSC * UPDATE_TSC;

        at->published_pj = at->energy_pj + (last_tsc - at->now_tsc) / MODEL_TICKS_PER_NS * power_mw;
    }
    at->energy_pj += ticks_tsc / MODEL_TICKS_PER_NS * power_mw;
    at->now_tsc = end_tsc;
}

/* The running CPU's clock, by HWP's levels, the ratio, or AMD's P-state. */
static uint64_t clock_percent(struct model_machine *at)
{
    const struct model_register *request = find_register(at, at->running, 0x774);
    const struct model_register *levels = find_register(at, at->running, 0x771);
    const struct model_register *ratio = find_register(at, at->running, 0x199);
    const struct model_register *info = find_register(at, at->running, 0xce);
    const struct model_register *pstate = find_register(at, at->running, 0xc0010062);

    if (at->plan.clock_sticks)
        return TURBO_PERCENT;
    if (request && levels && (request->value & 0xff) == (request->value >> 8 & 0xff))
        return (request->value & 0xff) * 100 / (levels->value >> 8 & 0xff);
    if (ratio && info && ratio->value >> 8 != (info->value >> 8 & 0xff))
        return (ratio->value >> 8) * 100 / (info->value >> 8 & 0xff);
    return pstate && pstate->value ? SLOW_PERCENT : TURBO_PERCENT;
}

void model_work(uint64_t ticks_tsc)
{
    current->awake_tsc += ticks_tsc;
    current->aperf += ticks_tsc * clock_percent(current) / 100;
    model_pass(current, ticks_tsc, current->model->awake_mw);
}

static bool is_energy(const struct model *model, uint32_t msr)
{
    if (!model->energy_shift)
        return false;
    return model->amd ? msr == 0xc001029a || msr == 0xc001029b : msr == 0x611;
}

/* AMD's 29Ah is one core's; here a core takes its share of the package. */
static uint64_t energy_value(const struct model_machine *at, uint32_t msr)
{
    uint64_t energy_pj = msr == 0xc001029a ? at->published_pj / at->all : at->published_pj;
    uint64_t unit_pj = UINT64_C(1000000000000) >> at->model->energy_shift;

    if (at->plan.rapl_zero)
        return 0;
    if (at->plan.rapl_still)
        return ENERGY_START;
    return (uint32_t)(ENERGY_START + energy_pj / unit_pj);
}

/* False: #GP. */
static bool read_energy(struct model_machine *at, uint32_t msr, uint64_t *value)
{
    at->energy_reads++;
    if (at->energy_reads == at->plan.rapl_late_read)
        at->late_until_tsc = at->now_tsc + LATE_TSC;
    if (at->energy_reads == at->plan.rapl_gp_read)
        return false;
    *value = energy_value(at, msr);
    return true;
}

static bool read_counter(const struct model_machine *at, uint32_t msr, uint64_t *value)
{
    for (unsigned i = 0; i < MODEL_COUNTERS; i++) {
        if (at->model->counters[i].msr != msr)
            continue;
        *value = 1000 + at->published_tsc[i] * (at->plan.counter_rate ? at->plan.counter_rate : 1);
        if (at->model->counters[i].in_us)
            *value = 1000 + at->published_tsc[i] / (1000 * MODEL_TICKS_PER_NS);
        if (at->plan.counter_stands_still)
            *value = 1000;
        if (at->plan.counter_zero)
            *value = 0;
        return true;
    }
    return false;
}

bool msr_read(uint32_t msr, uint64_t *value)
{
    const struct model_register *found = find_register(current, current->running, msr);

    model_work(ACCESS_TSC);
    *value = 0;
    if (msr == MPERF)
        *value = current->awake_tsc >> current->model->clock_shift;
    else if (msr == APERF)
        *value = current->aperf >> current->model->clock_shift;
    else if (is_energy(current->model, msr))
        return read_energy(current, msr, value);
    else if (found)
        *value = found->value;
    else
        return msr && read_counter(current, msr, value);
    return true;
}

/* CPU 0 refuses nothing: a plan without these lies has CPU 0 there. */
static bool is_refused(const struct model_machine *at, uint32_t msr, uint64_t change)
{
    if (!at->running)
        return false;
    return (at->running == at->plan.locked_cpu && msr == 0xe2 && (change & 0x6000000)) ||
           (at->running == at->plan.jammed_cpu && at->naps);
}

bool msr_write(uint32_t msr, uint64_t value)
{
    struct model_register *found = find_register(current, current->running, msr);
    bool low_bits = found && msr == 0xe2 && ((value ^ found->value) & 0xffff);

    model_work(ACCESS_TSC);
    if (!found || ((value ^ found->value) & ~found->writable))
        return false;
    if (low_bits && (found->value & 0x8000))
        return false;
    if (is_refused(current, msr, value ^ found->value))
        return false;
    if (low_bits && current->plan.limit_sticks)
        value = (value & ~UINT64_C(0xffff)) | (found->value & 0xffff);
    found->value = value;
    current->writes++;
    return true;
}
