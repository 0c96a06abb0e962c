/* SPDX-License-Identifier: MIT */
/*
 * A host that polls before it lets a halted vCPU sleep, by KVM's rule (Linux Documentation/virt/kvm/halt-polling.rst),
 * with the noise of a real one. Written from the rule, not from the code that infers it.
 */
#ifndef LAB_TESTS_UNIT_SYNTHETIC_HALT_HOST_H
#define LAB_TESTS_UNIT_SYNTHETIC_HALT_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/prng.h"

struct synthetic_halt_host {
    /* The module's parameters. */
    uint64_t halt_poll_ns, grow_start_ns;
    uint32_t grow, shrink;
    /* The machine. */
    uint64_t entry_ns;      /* from the guest's stamp to the poll */
    uint64_t empty_ns;      /* what the guest knows of it: at most so much, by its empty path */
    uint64_t poll_wake_ns;  /* from the event to the guest, where it was polled for */
    uint64_t sleep_wake_ns; /* the same where the thread slept */
    uint64_t dozing_ns;     /* an event that comes so soon behind the poll keeps the thread awake */
    uint64_t blur_ns;       /* or by up to so much later */
    uint64_t slack_ns;      /* a timer is late by up to so much */
    uint32_t preempt_ppm;   /* halts after which something else runs, 50 us to 3 ms */
    uint32_t crowd_ppm;     /* halts whose poll ends early: another task wants the CPU */
    /* Its state. */
    uint64_t budget_ns;
    uint64_t attempted, successful; /* polls */
    struct prng prng;
};

struct synthetic_halt {
    uint64_t silent_ns; /* the guest's last stamp before HLT to the event */
    int64_t latency_ns; /* the event to the guest's next instruction */
};

/*
 * A host with parameters drawn from the seed: halt_poll_ns 0 to 1 ms, grow 1 to 4, grow_start 5 to 50 us, shrink 0 or
 * 2.
 */
void synthetic_halt_host_draw(struct synthetic_halt_host *host, uint64_t seed);

/* What a guest can see of a host. */
struct synthetic_halt_truth {
    uint64_t ceiling_ns;     /* the highest budget that halts within it can reach; 0: none */
    uint64_t ceiling_top_ns; /* the same where all sleeps are the cheapest that the host has */
    bool start_shows, grow_shows, shrink_shows;
};

/* The rule by hand: which budgets follow each other, without noise. */
struct synthetic_halt_truth synthetic_halt_host_truth(const struct synthetic_halt_host *host);

/* One HLT whose event comes after length_ns. */
struct synthetic_halt synthetic_halt(struct synthetic_halt_host *host, uint64_t length_ns);

#endif /* LAB_TESTS_UNIT_SYNTHETIC_HALT_HOST_H */
