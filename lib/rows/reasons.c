/* SPDX-License-Identifier: MIT */
#include "lib/rows/reasons.h"

#include "lib/cstring.h"

const struct reason sample_rejects[REJECT_COUNT] = {
    [REJECT_NONE] = {"none", "it counts"},
    [REJECT_EARLY] = {"early", "the event came before the CPU slept"},
    [REJECT_SMI] = {"smi", "an SMI came between"},
    [REJECT_STEAL] = {"steal", "the hypervisor took the CPU away"},
    [REJECT_SKEW] = {"skew", "the stamps of two CPUs contradict each other"},
    [REJECT_GUARD] = {"guard", "the wake never came"},
    [REJECT_NMI] = {"nmi", "an NMI came between"},
    [REJECT_SPURIOUS] = {"spurious", "the wait ended before its event"},
    [REJECT_WARMUP] = {"warmup", "it is one of the first, which warm up"},
    [REJECT_PREEMPTED] = {"preempted", "the operating system ran another thread, or moved this one"},
};

const struct reason step_ends[STEP_ENDS] = {
    [STEP_DONE] = {"done", "it has done its work"},
    [STEP_SAMPLES] = {"samples", "it has all its samples"},
    [STEP_SKIP] = {"skip", "it cannot run here"},
    [STEP_BUDGET] = {"budget", "its time was up"},
    [STEP_LOST_WAKE] = {"lost_wake", "a wake never came, and the watchdog ended the wait"},
    [STEP_HANG] = {"hang", "it hung, and the watchdog ended it"},
    [STEP_FAULT] = {"fault", "an exception that nothing expected ended it"},
};

const struct reason preflight_states[PREFLIGHT_STATES] = {
    [PREFLIGHT_OK] = {"ok", "ok"},
    [PREFLIGHT_SPOILS] = {"spoils", "WILL SPOIL"},
    [PREFLIGHT_UNKNOWN] = {"unknown", "cannot tell"},
};

size_t reason_find(const struct reason *list, size_t count, const char *word)
{
    size_t i = 0;

    while (i < count && strcmp(list[i].word, word) != 0)
        i++;
    return i;
}
