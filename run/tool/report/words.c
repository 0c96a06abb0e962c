/* SPDX-License-Identifier: MIT */
#include "run/tool/report/words.h"

const struct report_word report_words[REPORT_WORDS] = {
    {"kept (n), rejected (rej)",
     "samples that count, and samples that do not, each with a reason; the warm-up is in neither"},
    {"p50, p99, p99.9", "the value that half, 99 %, 99.9 % of the kept samples do not exceed; a measured one, never "
                        "interpolated"},
    {"method, source",
     "how a CPU waits (HLT, MWAIT with its hint, PAUSE ...), and what ends the wait (its timer, another "
     "CPU's interrupt or store, the instruction's own limit)"},
    {"wake latency",
     "from the event to the first time stamp behind it: that in the interrupt's stub, or that behind the "
     "instruction"},
    {"floor", "the latency of the same code without a wait: nothing shorter can be seen"},
    {"noise", "time taken from a loop that does nothing else: SMIs, a hypervisor, other work on the same core"},
    {"offset bound",
     "the TSCs of two CPUs are known to stand apart by no more than this; a latency between two CPUs is "
     "known no better, and one that is not above it is not usable"},
    {"give or take", "the bound of a measurement: the true value lies no further away"},
    {"doubtful", "it ran to its end, but more samples were rejected than kept, or fewer than six were kept, or none"},
    {"budget", "its time was up before it had all samples"},
    {"clustered, drifts",
     "neighbouring samples are alike; the level changes between halves or quarters: the interval is that "
     "of fewer samples, or there is none"},
    {"seen once", "most of a tail came at once in this run: how often it comes is not known, so no quantile has an "
                  "interval"},
    {"tail cut", "with the rejected wakes p99, p99.9 or max would be more than 10 % higher"},
    {"all that woke", "kept and rejected samples together, as far as they woke"},
    {"every ...", "as a load of that period would see it: a wake that is late by more than the period delays those "
                  "behind it, too"},
    {"knee, edge", "the length of idle at which the latency steps up: from there on the host no longer polls, or a "
                   "deeper state is entered"},
    {"halt polling", "a host's CPU looks for the guest's next wake for a while before it sleeps: wakes that come early "
                     "are quick, and the CPU is busy meanwhile"},
    {"steal", "the time in which a virtual CPU was ready and the host ran something else"},
    {"requested, entered", "the C-state that an instruction asked for, and the one that residency counters show"},
    {"demoted", "the processor entered a shallower state than the one that was asked for, by a choice of its own"},
    {"exit latency", "what leaving a state costs: the wake latency where the state was entered"},
    {"target residency", "the length of idle from which on a deeper state costs less than the one above it"},
    {"spurious", "a wait that ended without the event that it waited for"},
    {"intercepted, leaves", "the instruction makes the CPU leave the guest: the hypervisor runs it"},
    {"confidence", "high: several signs agree; medium, low: fewer; measured: counted here; inferred: from times alone; "
                   "unverified: nothing here can confirm it"},
    {"boot", "one start of the machine: samples of one boot are not independent, so two machines or settings are "
             "compared by several boots of each"},
};
