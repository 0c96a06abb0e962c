/* SPDX-License-Identifier: MIT */
/* The launcher's own command line. */
#ifndef LAB_RUN_LAUNCH_OPTIONS_H
#define LAB_RUN_LAUNCH_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

enum { PACE_OF_REAL_TIME = 4 };

struct options {
    const char *name;         /* our name in messages: run/qemu, run/bochs */
    const char *log;          /* file for the serial bytes, as they came */
    const char *emulator_log; /* file for the emulator's own messages */
    const char *fifo;         /* FIFO to make for the serial; NULL = the command's stdout */
    bool qmp;                 /* the command has a QMP socket on descriptor 3 */
    bool resets_logged;       /* the emulator log names each triple fault: a reset without it is a reboot */
    bool host_stats;          /* answer the guest's sync records, with the host's counters in the log */
    bool force;               /* replace a file `log` that is no log of ours */
    bool quiet;
    uint64_t timeout_ms;    /* whole run; 0 = from the plan */
    uint64_t boot_limit_ms; /* start to IDLELAB-BEGIN */
    uint64_t silence_ms;    /* longest time without a byte after IDLELAB-BEGIN */
    uint64_t grace_ms;      /* IDLELAB-END to the emulator's own end */
    uint64_t pace; /* how many times slower than planned a run may be; above PACE_OF_REAL_TIME its time is virtual */
    const char *resume_argument; /* the argument of the command that holds the boot arguments */
    const char *resume_image;    /* ISO image that holds them instead; both NULL = never go on after a death */
    const char *pin;             /* host CPUs for the vCPUs, as vcpu_pin.h has it; NULL = none */
    const char *scratch;         /* folder that is removed at the end: whoever made it may be dead; NULL = none */
    uint64_t restarts_max;       /* fresh machines after the first one */
    char **command;              /* NULL-terminated */
};

/* 0, or -1 with the reason on stderr. */
int options_parse(struct options *options, int argc, char **argv);

#endif /* LAB_RUN_LAUNCH_OPTIONS_H */
