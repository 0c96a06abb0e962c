/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: experiments/survey/intercept.c experiments/kit/row.c
/* What `survey` says of exits: the reason given is the one that decided, and no more is said than was measured. */
#include "experiments/survey/parts.h"

#include "tests/unit/findings.h"
#include "tests/unit/tap.h"

void waitpkg_describe(const struct waitpkg_proof *proof, char *text, size_t bytes)
{
    (void)proof;
    fmt(text, bytes, "absent");
}

/* A KVM whose exits cost 2000 cycles, of a TSC as fast as the core. */
static struct survey kvm(void)
{
    static const int64_t cycles[INTERCEPT_COUNT] = {2000, 25, 140, 3500, 3000, 2600, 2200};
    struct survey survey = {.costs = {.hypervisor = true,
                                      .multiply = {64, 0, 3000, 3010},
                                      .again = {64, 0, 3000, 3010},
                                      .load = {64, 0, 5000, 5100},
                                      .pending = {64, 0, 1300000, 1350000}}};

    for (unsigned i = 0; i < INTERCEPT_COUNT; i++)
        survey.costs.insns[i] = (struct intercept_cost){64, 0, cycles[i] * 1000, cycles[i] * 1050};
    return survey;
}

/* All lines on an id. */
static const char *say(const struct survey *survey, const char *id)
{
    struct results results = {.step = 1};
    struct step step = {.results = &results};
    const char *line;

    said[0] = '\0';
    survey_report_costs(&step, survey);
    line = strstr(said, id);
    return line ? line : "";
}

static bool is_software(const struct survey *survey, const char *reason)
{
    const char *line = say(survey, "intercepted ");

    return strstr(line, "software: none leaves to a hypervisor (") && strstr(line, reason) && !strstr(said, "exit_");
}

/* As on TCG: a multiplication in 1.625 ticks is no reason, and is not given as one. */
static void check_software(void)
{
    struct survey survey = kvm();

    TAP_OK(!strstr(say(&survey, "intercepted "), "software"), "a KVM");
    survey.costs.multiply.floor_mtsc = survey.costs.again.floor_mtsc = 1625;
    survey.costs.load.floor_mtsc = 1700;
    survey.costs.insns[INTERCEPT_CPUID] = (struct intercept_cost){64, 0, 30125, 31000};
    TAP_OK(is_software(&survey, "(CPUID takes 30.125 ticks, less than 20 multiplications)"), said);
    TAP_OK(!strstr(said, "multiplication takes"), "what did not decide is not said");
    survey.costs.hardware = true;
    TAP_OK(strstr(say(&survey, "intercepted "), "leave to a hypervisor: hlt arm icr eoi; stay inside: cpuid"),
           "host=hardware: by the costs alone");
    survey = kvm();
    survey.costs.load.floor_mtsc = 12001;
    TAP_OK(is_software(&survey, "(a load from the first cache takes 12.001 ticks, over 4 multiplications)"), said);
    survey = kvm();
    survey.costs.multiply.floor_mtsc = survey.costs.again.floor_mtsc = 64001;
    TAP_OK(is_software(&survey, "(a multiplication takes 64.001 ticks)"), said);
    survey.costs.emulator = true;
    TAP_OK(is_software(&survey, "(by its name)"), said);
}

static void check_exits(void)
{
    struct survey survey = kvm();
    struct intercept_cost *cpuid = &survey.costs.insns[INTERCEPT_CPUID];

    TAP_OK(!say(&survey, "exit_kind ")[0] && strstr(said, "exit_cost high an exit costs 2100 ticks, some 2100 core"),
           "an exit of a hardware KVM");
    cpuid->median_mtsc = 9000000;
    TAP_OK(!say(&survey, "exit_kind ")[0] && strstr(said, "exit_cost low "),
           "that a busy host makes dear, most of them: of its kind nothing is said");
    cpuid->floor_mtsc = 8001000;
    TAP_OK(strstr(say(&survey, "exit_kind "), "exit_kind low can't tell: ") && strstr(said, "software below") &&
               strstr(said, "answers in user space"),
           "dear at the least: one level or two, nothing tells");
    survey.costs.insns[INTERCEPT_RDTSC].floor_mtsc = survey.costs.insns[INTERCEPT_PAUSE].floor_mtsc = 1900000;
    survey.costs.insns[INTERCEPT_RDTSC].median_mtsc = survey.costs.insns[INTERCEPT_PAUSE].median_mtsc = 2000000;
    TAP_OK(strstr(say(&survey, "exit_kind "), "exit_kind medium RDTSC and each PAUSE leave too"), "stamps leave, too");
}

int main(void)
{
    check_software();
    check_exits();
    return tap_done();
}
