/* SPDX-License-Identifier: MIT */
/*
 * Hosts of kinds that a wake latency over the time to the event may be taken from: what their schedulers, governors,
 * firmware and neighbours do, not what `haltpoll` infers. Sources: Linux virt/kvm/kvm_main.c (kvm_vcpu_halt),
 * drivers/cpuidle/governors, drivers/cpufreq/cpufreq_ondemand.c, timer slack in prctl(2); FreeBSD acpi_cpu_idle() and
 * callout(9).
 */
#ifndef LAB_TESTS_STATISTICS_VERDICT_HALT_HOSTS_H
#define LAB_TESTS_STATISTICS_VERDICT_HALT_HOSTS_H

#include "lib/governor/governor.h"
#include "tests/unit/haltpoll_play.h"

enum halt_kind {
    HALT_POLLS,      /* KVM, quiet */
    HALT_POLLS_DEEP, /* KVM, and deep states behind the poll */
    HALT_POLLS_BUSY, /* KVM, whose polls a second task on the CPU ends */
    /* KVM, and what comes beside: each of these delays a wake that slept. */
    HALT_POLLS_NEIGHBOURS,
    HALT_POLLS_SMI,
    HALT_POLLS_STEAL,
    HALT_POLLS_SLACK,
    HALT_POLLS_RAMP,
    HALT_POLLS_NESTED,
    HALT_POLLS_DRIFTS,
    HALT_POLLS_FIXED, /* polls for a fixed time: VMware, Hyper-V, KVM before Linux 4.3 */
    HALT_SLEEPS,      /* sleeps at once, one state */
    HALT_MENU,        /* menu, the wake unknown to it: an IPI, a timer of another CPU */
    HALT_TEO,
    HALT_LADDER,
    HALT_MENU_TIMER, /* menu, which knows the timer */
    HALT_FOLLOWS,    /* by the mean of the last sleeps: FreeBSD */
    HALT_DEMOTES,    /* the processor demotes by the last idle times */
    HALT_CLOCK,      /* the clock follows the load, in windows of 10 ms: ondemand, HWP */
    HALT_CLOCK_RAMP, /* it falls with the length of an idle time and rises within a millisecond */
    HALT_SLACK,      /* the VMM's timers have slack and are gathered */
    HALT_SLACK_PART, /* slack in proportion to the time, up to a limit: bhyve, poll() */
    HALT_NEIGHBOURS, /* bursts of other VMs on the core */
    HALT_PERIODIC,   /* a neighbour with a period */
    HALT_FILLS,      /* another task takes the CPU once it has been idle for a while */
    HALT_FLUSHES,    /* caches that a long idle time loses */
    HALT_SMI,        /* firmware takes the CPU for 100 to 400 us at a time */
    HALT_STEAL,      /* bursts of steal, told */
    HALT_NESTED,     /* a hypervisor in another: dear exits, a heavy tail */
    HALT_DRIFTS,     /* all wakes get dearer in the middle of the run */
    HALT_KINDS,
};

enum { HALT_STATES = 3 };

struct halt_host {
    enum halt_kind kind;
    struct prng prng;
    struct synthetic_halt_host kvm; /* of the kinds that poll */
    bool polling_off;               /* by poll control */
    uint64_t now_ns;
    uint64_t base_ns, spread_ns; /* of a wake from the shallowest state */
    uint64_t fixed_ns;           /* of a fixed poll, a flush, a task that fills in */
    uint64_t extra_ns;           /* that a slow wake costs more */
    /* Idle states, and who chooses. */
    struct idle_table table;
    struct governor_run governor;
    int64_t ahead_ns; /* to the timer that it knows */
    double mean_ns;   /* of the last idle times */
    /* The clock, as a share of the highest. */
    double clock, lowest, up;  /* up: the load that raises it */
    uint64_t busy_ns, host_ns; /* in the window; the host's own work around a wake */
    /* What comes by itself. */
    uint64_t on_ns, off_ns, phase_ns, until_ns;
    bool on;
    uint64_t drift_at_ns;
};

void halt_host_draw(struct halt_host *host, enum halt_kind kind, uint64_t seed);

/* As struct haltpoll_play asks for them; owner is a struct halt_host. */
struct play_halt halt_host_take(void *owner, uint64_t length_ns);
void halt_host_set_polling(void *owner, bool on);

/* Adaptive polling; and anything else whose wakes depend on the halts before. */
bool halt_kind_polls(enum halt_kind kind);
bool halt_kind_learns(enum halt_kind kind);

const char *halt_kind_words(enum halt_kind kind);

#endif
