/* SPDX-License-Identifier: MIT */
/* The readings of vitals.h as rows. */
#include "experiments/kit/experiment.h"
#include "experiments/kit/row.h"
#include "experiments/kit/vitals.h"
#include "lib/energy.h"
#include "lib/fixed.h"

enum {
    PPM = 1000000,
    BYTE = 0xff,
    RATIO = 0x7f,
    SHORT_NS = 1000 * 1000,            /* counters are late by about as much */
    POWER_SHORT_NS = 20 * 1000 * 1000, /* energy is counted once a millisecond */
    POWER_MOST_W = 500,                /* of a package: a counter may wrap once it has drawn that for so long */
    HEAT_SHIFT = 16,
    HEAT_BELOW = 0x7f,
    IRTL_VALUE = 0x3ff,
    IRTL_UNIT_SHIFT = 10,
    IRTL_UNIT = 7,
};

#define HEAT_VALID (UINT64_C(1) << 31)
#define IRTL_VALID (UINT64_C(1) << 15)
#define CORE_DEEP  (1u << RESIDENCY_CC3 | 1u << RESIDENCY_CC6 | 1u << RESIDENCY_CC7)

static uint64_t span_tsc(const struct vitals *vitals)
{
    return vitals->end.tsc - vitals->begin.tsc;
}

static uint64_t span_ns(const struct vitals *vitals)
{
    return (uint64_t)tsc_to_ns((int64_t)span_tsc(vitals), vitals->step->machine->clock.tsc_hz);
}

static bool has(const struct vitals *vitals, enum vitals_register i)
{
    return vitals->there >> i & 1;
}

/* Counters that are there and have counted at all since the reset. */
static uint32_t alive(const struct vitals *vitals)
{
    uint32_t counters = 0;

    for (unsigned i = 0; i < RESIDENCY_COUNT; i++)
        if ((vitals->counters >> i & 1) && vitals->end.residency[i])
            counters |= 1u << i;
    return counters;
}

static uint64_t counted_tsc(const struct vitals *vitals, unsigned i)
{
    return residency_tsc(vitals->model, i, vitals->end.residency[i] - vitals->begin.residency[i],
                         vitals->step->machine->clock.tsc_hz);
}

static uint64_t share_ppm(uint64_t part, uint64_t whole)
{
    return part >= whole ? PPM : muldiv_u64(part, PPM, whole);
}

static void begin(struct row *row, const struct vitals *vitals, const char *kind)
{
    row_begin(row, vitals->step, kind);
    json_uint(&row->json, "cpu", vitals->step->cpu->index);
}

/* Adds the shares of the counters from one to another. True where there is one. */
static bool add_shares(struct json *json, const struct vitals *vitals, unsigned first, unsigned last)
{
    bool any = false;

    for (unsigned i = first; i <= last; i++) {
        if (!(alive(vitals) >> i & 1))
            continue;
        json_uint(json, residency_name(i), share_ppm(counted_tsc(vitals, i), span_tsc(vitals)));
        any = true;
    }
    return any;
}

/*
 * C1 by its counter, else, as turbostat has it, what is neither awake nor deeper; where no deeper state is counted,
 * nobody knows.
 */
static void add_c1(struct json *json, const struct vitals *vitals, uint64_t mperf)
{
    uint64_t other_tsc = mperf;

    if (alive(vitals) >> RESIDENCY_CC1 & 1) {
        add_shares(json, vitals, RESIDENCY_CC1, RESIDENCY_CC1);
        return;
    }
    if (!(vitals->counters & CORE_DEEP))
        return;
    for (unsigned i = RESIDENCY_CC3; i <= RESIDENCY_CC7; i++)
        if (vitals->counters >> i & 1)
            other_tsc += counted_tsc(vitals, i);
    json_uint(json, "cc1",
              other_tsc < span_tsc(vitals) ? share_ppm(span_tsc(vitals) - other_tsc, span_tsc(vitals)) : 0);
    json_bool(json, "rest", true);
}

static void report_busy(const struct vitals *vitals)
{
    uint64_t factor = clocks_per_count(vitals->model);
    uint64_t mperf = (vitals->end.mperf - vitals->begin.mperf) * factor;
    uint64_t aperf = (vitals->end.aperf - vitals->begin.aperf) * factor;
    uint64_t tsc_khz = vitals->step->machine->clock.tsc_hz / 1000;
    struct row row;

    if (!vitals->clocks || !mperf)
        return;
    begin(&row, vitals, "busy");
    json_add(&row.json, "tsc_khz:%lu busy:%lu bzy_khz:%lu", tsc_khz, share_ppm(mperf, span_tsc(vitals)),
             muldiv_u64(tsc_khz, aperf, mperf));
    add_c1(&row.json, vitals, mperf);
    add_shares(&row.json, vitals, RESIDENCY_CC3, RESIDENCY_MC6);
    row_end(&row, vitals->step);
}

static void report_package(const struct vitals *vitals)
{
    struct row row;

    begin(&row, vitals, "package");
    if (add_shares(&row.json, vitals, RESIDENCY_PC2, RESIDENCY_PC10))
        row_end(&row, vitals->step);
}

/* Degrees below the temperature at which the processor throttles. SDM volume 3, 15.8.2.5. */
static bool add_heat(struct json *json, const struct vitals *vitals, const char *key, enum vitals_register i)
{
    uint64_t target_c = vitals->value[VITALS_HEAT_TARGET] >> HEAT_SHIFT & BYTE;
    uint64_t below_c = vitals->value[i] >> HEAT_SHIFT & HEAT_BELOW;
    bool valid = i == VITALS_PACKAGE_HEAT || (vitals->value[i] & HEAT_VALID);

    if (!has(vitals, i) || !has(vitals, VITALS_HEAT_TARGET) || !target_c || !valid)
        return false;
    json_int(json, key, (int64_t)target_c - (int64_t)below_c);
    return true;
}

static bool add_power(struct json *json, const struct vitals *vitals, const char *key, enum rapl_domain domain)
{
    uint64_t ns = span_ns(vitals);
    uint64_t wraps_nj = vitals->rapl.unit_pj[domain] * (UINT64_C(1) << 32) / 1000;

    if (!vitals->energy || !rapl_has(&vitals->rapl, domain) || ns < POWER_SHORT_NS || ns > wraps_nj / POWER_MOST_W)
        return false;
    json_uint(json, key, energy_uw(rapl_nj(&vitals->rapl, domain, &vitals->begin.energy, &vitals->end.energy), ns));
    return true;
}

static void report_power(const struct vitals *vitals)
{
    struct row row;
    bool any;

    begin(&row, vitals, "power");
    any = add_heat(&row.json, vitals, "core_c", VITALS_CORE_HEAT);
    any |= add_heat(&row.json, vitals, "pkg_c", VITALS_PACKAGE_HEAT);
    any |= add_power(&row.json, vitals, "pkg_uw", RAPL_PKG);
    any |= add_power(&row.json, vitals, "cores_uw", RAPL_CORES);
    any |= add_power(&row.json, vitals, "core_uw", RAPL_CORE);
    any |= add_power(&row.json, vitals, "dram_uw", RAPL_DRAM);
    if (vitals->smi)
        json_uint(&row.json, "smi", vitals->end.smi - vitals->begin.smi);
    if (any || vitals->smi)
        row_end(&row, vitals->step);
}

static void report_limits(const struct vitals *vitals)
{
    uint64_t hwp = vitals->value[VITALS_HWP], uncore = vitals->value[VITALS_UNCORE_LIMIT];
    struct row row;

    if (!(vitals->there & (1u << VITALS_EPB | 1u << VITALS_HWP | 1u << VITALS_UNCORE_LIMIT | 1u << VITALS_UNCORE)))
        return;
    begin(&row, vitals, "limits");
    if (has(vitals, VITALS_EPB))
        json_uint(&row.json, "epb", vitals->value[VITALS_EPB] & 0xf);
    if (has(vitals, VITALS_HWP))
        json_add(&row.json, "hwp_min:%lu hwp_max:%lu hwp_des:%lu epp:%lu", hwp & BYTE, hwp >> 8 & BYTE,
                 hwp >> 16 & BYTE, hwp >> 24 & BYTE);
    if (has(vitals, VITALS_UNCORE_LIMIT))
        json_add(&row.json, "unc_min:%lu unc_max:%lu", uncore >> 8 & RATIO, uncore & RATIO);
    if (has(vitals, VITALS_UNCORE))
        json_uint(&row.json, "unc", vitals->value[VITALS_UNCORE] & RATIO);
    row_end(&row, vitals->step);
}

/* Limits that are not marked valid are none. SDM volume 4, 60AH to 60CH and 633H to 635H. */
static void report_irtl(const struct vitals *vitals)
{
    static const uint32_t unit_ns[IRTL_UNIT + 1] = {1, 32, 1024, 32768, 1048576, 33554432, 0, 0};
    static const uint8_t names[] = {RESIDENCY_PC3, RESIDENCY_PC6, RESIDENCY_PC7,
                                    RESIDENCY_PC8, RESIDENCY_PC9, RESIDENCY_PC10};
    bool any = false;
    struct row row;

    begin(&row, vitals, "irtl");
    for (unsigned i = 0; i < sizeof(names); i++) {
        uint64_t value = vitals->value[VITALS_IRTL_PC3 + i];

        if (!has(vitals, VITALS_IRTL_PC3 + i) || !(value & IRTL_VALID))
            continue;
        json_uint(&row.json, residency_name(names[i]),
                  (value & IRTL_VALUE) * unit_ns[value >> IRTL_UNIT_SHIFT & IRTL_UNIT]);
        any = true;
    }
    if (any)
        row_end(&row, vitals->step);
}

void vitals_report(const struct vitals *vitals)
{
    if (!vitals->whole || span_ns(vitals) < SHORT_NS)
        return;
    report_busy(vitals);
    report_package(vitals);
    report_power(vitals);
    report_limits(vitals);
    report_irtl(vitals);
}
