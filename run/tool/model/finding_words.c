/* SPDX-License-Identifier: MIT */
#include "run/tool/model/finding_words.h"

#include <stdio.h>
#include <string.h>

enum {
    WEIGHT_FINDING = 100,
    WEIGHT_SURE = 20,
    WEIGHT_UNSURE = -250,
};

/* What findings are about, and how much they matter to whoever asks what idle does here. */
static const struct {
    const char *id, *about;
    int weight;
} ABOUT[] = {
    {"halt_poll", "Halt polling", 250},
    {"breakeven", "Target residency", 240},
    {"not_entered", "Not entered", 240},
    {"governor", "Governor", 200},
    {"mwait_is", "MWAIT", 220},
    {"umwait_is", "UMWAIT", 220},
    {"mwaitx_is", "MWAITX", 220},
    {"waitpkg_is", "TPAUSE and UMWAIT", 90},
    {"ple", "Exits on PAUSE loops", 180},
    {"clock_ramp", "The clock behind the wake", 170},
    {"caches_lost", "Caches behind the wake", 170},
    {"tlb_lost", "The TLB behind the wake", 160},
    {"guest_poll", "Polling in the guest", 170},
    {"pending_hlt", "HLT with an interrupt pending", 160},
    {"host_tick", "The host's tick", 120},
    {"exit_disarms", "A monitor across an exit", 110},
    {"cap", "Longest wait", 60},
    {"floor", "Shortest wait", 50},
    {"quantum", "Steps of the wait", 70},
    {"c01_c02", "C0.1 against C0.2", 80},
    {"tick_cost", "Cost of the tick", 40},
    {"fires_late", "The timer", 40},
    {"intercepted", "Instructions that leave to a hypervisor", 20},
    {"no_energy", "Energy", 30},
    {"unverified", "Not verified", 130},
    {"preflight", "Preflight", 150},
    {"emulated", "The machine", -90},
    {"no_training", "Timer training", -80},
    {"apic_bus", "APIC timer", -50},
    {"hints", "MWAIT hints", 30},
    {"disarm", "Monitor", -40},
    {"line", "Monitored line", 0},
    {"neighbour", "Neighbouring lines", -30},
    {"asleep_clock", "The clock asleep", -20},
    {"pause", "PAUSE", 10},
};
#define ABOUT_COUNT (sizeof(ABOUT) / sizeof(ABOUT[0]))

static size_t about_of(const char *id)
{
    size_t at = 0;
    while (at < ABOUT_COUNT && strcmp(ABOUT[at].id, id) != 0)
        at++;
    return at;
}

const char *finding_words(char *text, const struct model_finding *finding)
{
    size_t at = about_of(finding->id);
    char name[64];

    snprintf(name, sizeof(name), "%.63s", at < ABOUT_COUNT ? ABOUT[at].about : finding->id);
    for (char *c = name; *c; c++)
        *c = *c == '_' ? ' ' : *c;
    if (name[0] >= 'a' && name[0] <= 'z')
        name[0] = (char)(name[0] - 'a' + 'A');
    snprintf(text, FINDING_WORDS_CHARS, "%s: %.400s", name, finding->text);
    return text;
}

int finding_weight(const struct model_finding *finding)
{
    static const char *const sure[] = {"high", "measured"};
    static const char *const unsure[] = {"low", "unverified", "none"};
    size_t at = about_of(finding->id);
    int weight = WEIGHT_FINDING + (at < ABOUT_COUNT ? ABOUT[at].weight : 0);

    for (size_t i = 0; i < sizeof(sure) / sizeof(sure[0]); i++)
        weight += strcmp(finding->conf, sure[i]) == 0 ? WEIGHT_SURE : 0;
    for (size_t i = 0; i < sizeof(unsure) / sizeof(unsure[0]); i++)
        weight += strcmp(finding->conf, unsure[i]) == 0 ? WEIGHT_UNSURE : 0;
    return weight;
}
