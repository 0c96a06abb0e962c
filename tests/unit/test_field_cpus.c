/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/cpu/cpuid.c arch/x86/cpu/features.c arch/x86/idle/mwait_hints.c arch/x86/idle/known_states.c
// UNIT_EXTRA: arch/x86/idle/errata.c arch/x86/power/power_model.c
/*
 * Real processors that were once read wrong: the few leaves that decide, as published dumps have them, and the right
 * answers by the makers' manuals and Linux. States: hint=name, in the order in which they are tried.
 */
#include "arch/x86/cpu/features.h"
#include "arch/x86/idle/errata.h"
#include "arch/x86/idle/mwait_hints.h"
#include "arch/x86/power/power_model.h"
#include "tests/golden/cpuid/recorded.h"
#include "tests/unit/tap.h"

enum { AMD = 1, TIMER_RUNS = 2, RAPID_C6 = 4, E400 = 8, RYZEN_IDLE = 16 };

struct processor {
    const char *name;
    uint32_t signature, mwait_edx, power_eax;
    struct cpuid_regs clock; /* leaf 15h */
    unsigned flags;
    uint32_t tsc_mhz;           /* by leaf 15h; 0: it does not tell */
    uint32_t deadline_revision; /* of the microcode that mends TSC-deadline mode */
    const char *states, *counters;
};

static const struct processor processors[] = {
    {"bay_trail",
     0x30673,
     0x33000020,
     7,
     {0},
     TIMER_RUNS,
     0,
     0,
     "00=1 01=1 58=6 52=6 60=7 64=7",
     "cc1 cc6 mc6 pc6@3fa"},
    {"bay_trail_d0", 0x30679, 0x03000020, 7, {0}, TIMER_RUNS, 0, 0, "00=1 01=1 58=6 52=6", "cc1 cc6 mc6 pc6@3fa"},
    {"braswell", 0x406c3, 0x33000020, 7, {0}, TIMER_RUNS, 0, 0, "00=1 01=1 58=6 52=6 60=7 64=7", "cc1 cc6 pc6@3fa"},
    {"centerton", 0x30669, 0x03020220, 5, {0}, TIMER_RUNS, 0, 0, "00=1 01=1 10=2 11=2 30=4 31=4 50=6 51=6 52=6", NULL},
    {"penryn",
     0x10676,
     0x03122220,
     1,
     {0},
     0,
     0,
     0,
     "00=1 01=1 10=2 11=2 20=3 21=3 30=4 31=4 40=5 50=6 51=6 52=6",
     NULL},
    {"knights_landing", 0x50671, 0x00000110, 5, {0}, TIMER_RUNS, 0, 0, "00=1 10=6", "cc6@3ff pc2 pc3 pc6"},
    {"nehalem_ep", 0x106a5, 0x1120, 1, {0}, RAPID_C6, 0, 0, "00=1 01=1 10=3 20=6", "cc3 cc6 pc3 pc6"},
    {"westmere_ep", 0x206c2, 0x1120, 5, {0}, RAPID_C6 | TIMER_RUNS, 0, 0, "00=1 01=1 10=3 20=6", "cc3 cc6 pc3 pc6"},
    {"westmere_ex", 0x206f2, 0x1120, 5, {0}, TIMER_RUNS, 0, 0, "00=1 01=1 10=3 20=6", "cc3 cc6 pc3 pc6"},
    {"haswell",
     0x306c3,
     0x42120,
     0x75,
     {0},
     TIMER_RUNS,
     0,
     0x22,
     "00=1 01=1 10=3 20=6 21=6 30=7 31=7 32=7 33=7",
     "cc3 cc6 cc7 pc2 pc3 pc6 pc7"},
    {"haswell_ex",
     0x306f4,
     0x2120,
     4,
     {0},
     TIMER_RUNS,
     0,
     0x0f,
     "00=1 01=1 10=3 20=6 21=6",
     "cc3 cc6 cc7 pc2 pc3 pc6 pc7"},
    {"broadwell_d",
     0x50664,
     0x2120,
     4,
     {0},
     TIMER_RUNS,
     0,
     0x0f00000c,
     "00=1 01=1 10=3 20=6 21=6",
     "cc3 cc6 pc2 pc3 pc6"},
    {"i9_7900x",
     0x50654,
     0x2020,
     0xef7,
     {2, 276, 0, 0},
     TIMER_RUNS,
     0,
     0x02000014,
     "00=1 01=1 20=6 21=6",
     "cc6 pc2 pc6"},
    {"i9_10980xe", 0x50657, 0x2020, 0xef7, {2, 250, 0, 0}, TIMER_RUNS, 0, 0, "00=1 01=1 20=6 21=6", "cc6 pc2 pc6"},
    {"airmont_np",
     0x7065a,
     0x03000020,
     4,
     {4, 288, 0x18cba80, 0},
     TIMER_RUNS,
     1872,
     0,
     "00=1 01=1 50=6 51=6 52=6",
     "cc1 cc6 pc6@3fa"},
    {"bartlett_lake",
     0xd0670,
     0x10101020,
     0xdfcff7,
     {2, 178, 0x249f000, 0},
     TIMER_RUNS,
     3417,
     0,
     "00=1 01=1 20=6 40=8 60=10",
     "cc1 cc6 cc7 pc2 pc3 pc6 pc8 pc10"},
    {"wildcat_lake",
     0xd0651,
     0x10002020,
     0xdfcff7,
     {2, 130, 0x249f000, 0},
     TIMER_RUNS,
     2496,
     0,
     "00=1 01=1 20=6 21=6 60=10",
     "cc1 cc6 cc7 pc2 pc6 pc10"},
    {"nova_lake",
     0x300f10,
     0x10002020,
     4,
     {0},
     TIMER_RUNS,
     0,
     0,
     "00=1 01=1 20=6 21=6 60=10",
     "cc1 cc6 cc7 mc6 pc2 pc6 pc10"},
    {"diamond_rapids", 0x400f10, 0x2020, 4, {0}, TIMER_RUNS, 0, 0, "00=1 01=1 20=6 21=6", "cc1 cc6 mc6 pc2 pc6"},
    {"brisbane", 0x60fb1, 0, 0, {0}, AMD | E400, 0, 0, "00=1", NULL},
    {"k8_rev_e", 0x20f32, 0, 0, {0}, AMD, 0, 0, "00=1", NULL},
    {"deneb", 0x100f42, 0, 0, {0}, AMD | E400, 0, 0, "00=1", NULL},
    {"vishera", 0x600f20, 0, 0, {0}, AMD | TIMER_RUNS, 0, 0, "00=1", NULL},
    {"beema", 0x730f01, 0, 0, {0}, AMD | TIMER_RUNS, 0, 0, "00=1", NULL},
    {"griffin_11h", 0x200f31, 0, 0, {0}, AMD, 0, 0, "00=1", NULL},
    {"ryzen_1700", 0x800f11, 0x11, 4, {0}, AMD | TIMER_RUNS | RYZEN_IDLE, 0, 0, "00=1", NULL},
    {"rome", 0x830f10, 0x11, 4, {0}, AMD | TIMER_RUNS, 0, 0, "00=1", NULL},
};

static void take_snapshot(struct cpu_snapshot *snapshot, const struct processor *p)
{
    struct cpuid_regs first = p->flags & AMD ? (struct cpuid_regs){0x16, 0x68747541, 0x444d4163, 0x69746e65}
                                             : (struct cpuid_regs){0x16, 0x756e6547, 0x6c65746e, 0x49656e69};
    const struct cpuid_leaf leaves[] = {
        {0, 0, first},
        {1, 0, {p->signature, 0, 8, 0}},
        {5, 0, {0x40, 0x40, 3, p->mwait_edx}},
        {6, 0, {p->power_eax, 0, 0, 0}},
        {0x15, 0, p->clock},
    };
    const struct recorded_cpu cpu = {p->name, leaves, sizeof(leaves) / sizeof(leaves[0]), NULL, 0};

    recorded_snapshot(snapshot, &cpu);
}

static void append(char *text, size_t bytes, const char *word)
{
    size_t used = strlen(text);

    snprintf(text + used, bytes - used, "%s%s", used ? " " : "", word);
}

static void list_states(char *text, size_t bytes, const struct cpu_snapshot *snapshot)
{
    uint8_t hints[MWAIT_HINTS_MAX];
    uint32_t count = mwait_hints_list(snapshot, hints);

    text[0] = '\0';
    for (uint32_t i = 0; i < count; i++) {
        char word[16];

        snprintf(word, sizeof(word), "%02x=%u%s", hints[i], mwait_hint_target(snapshot, hints[i]).name,
                 mwait_hint_problem(snapshot, hints[i]) ? "!" : "");
        append(text, bytes, word);
    }
}

/* A counter's register where it is not the usual one. */
static void list_counters(char *text, size_t bytes, const struct power_model *model)
{
    text[0] = '\0';
    for (unsigned i = 0; i < RESIDENCY_COUNT; i++) {
        char word[16];

        if (!(residency_counters(model) >> i & 1))
            continue;
        snprintf(word, sizeof(word), "%s", residency_name(i));
        if (residency_msr(model, i) != residency_msr(NULL, i))
            snprintf(word, sizeof(word), "%s@%x", residency_name(i), residency_msr(model, i));
        append(text, bytes, word);
    }
}

static void check(const struct processor *p)
{
    static struct cpu_snapshot snapshot;
    const struct power_model *model;
    char text[256];
    unsigned flags;

    take_snapshot(&snapshot, p);
    model = power_model_of(&snapshot);
    list_states(text, sizeof(text), &snapshot);
    TAP_STR(text, p->states, p->name);
    list_counters(text, sizeof(text), model);
    TAP_STR(model ? text : "none", p->counters ? p->counters : "none", p->name);
    flags = (p->flags & AMD) | (cpu_timer_always_runs(&snapshot) ? TIMER_RUNS : 0) |
            (errata_rapid_c6(&snapshot) ? RAPID_C6 : 0) | (errata_amd_e400(&snapshot, 0, 0) ? E400 : 0) |
            (errata_ryzen_idle(&snapshot) ? RYZEN_IDLE : 0);
    TAP_INT(flags, p->flags, p->name);
    TAP_INT(cpu_tsc_hz_leaf15(&snapshot) / 1000000, p->tsc_mhz, p->name);
    TAP_INT(errata_deadline_revision(&snapshot), p->deadline_revision, p->name);
}

int main(void)
{
    for (size_t i = 0; i < sizeof(processors) / sizeof(processors[0]); i++)
        check(&processors[i]);
    return tap_done();
}
