/* SPDX-License-Identifier: MIT */
/*
 * What one boot of the campaign is: drawn from the campaign's seed and the boot's number, which find it again.
 * Host programs of tests/campaign only.
 */
#ifndef LAB_TESTS_CAMPAIGN_DRAW_H
#define LAB_TESTS_CAMPAIGN_DRAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/prng.h"
#include "lib/script/plan.h"

enum {
    DRAW_SCRIPT_BYTES = 4000,
    DRAW_WORDS_BYTES = 400,
    DRAW_STEPS_MAX = 64,
    DRAW_ERROR_BYTES = SCRIPT_ERROR_LINE_BYTES,
};

/* Something that happens to the machine from outside. */
enum draw_trouble {
    TROUBLE_NONE,
    TROUBLE_MONITOR, /* a command of QEMU's monitor: an NMI, a machine check, a reset, a pause */
    TROUBLE_DAMAGE,  /* the serial line loses, changes, repeats or swaps bytes */
    TROUBLE_KILL,    /* a signal to the emulator, the supervisor or the launcher */
    TROUBLE_COUNT,
};

struct draw {
    struct prng prng;
    bool quick; /* short boots only: for `make test` */
    const char *path;
    bool bochs;
    bool through_grub; /* which makes one blank of several */
    unsigned smp, mem_mib;
    char smp_words[40]; /* as --smp takes them */
    const char *cpu;    /* "": the launcher's choice */
    bool refuses;       /* the machine lacks what the image needs, which says so */
    char machine[80];   /* words of QEMU's -machine; "": the launcher's */
    char append[DRAW_WORDS_BYTES];
    const char *selftest;     /* the plant that `append` names, or NULL */
    bool wants_quiet;         /* `append` has quiet=yes */
    const char *append_error; /* what is wrong with `append`, or NULL */
    char script[DRAW_SCRIPT_BYTES];
    bool host_checks;                            /* the launcher has the script checked on the host, before it boots */
    bool script_in_words;                        /* the script stands on the command line, else in a file of its own */
    bool wild;                                   /* the script asks for a failure */
    char script_error[DRAW_ERROR_BYTES];         /* the image's first complaint; "": there is none */
    char steps[DRAW_STEPS_MAX][PLAN_NAME_BYTES]; /* of the good script, in their order */
    size_t step_count;
    uint64_t estimate_ns;
    enum draw_trouble trouble;
    char events[200]; /* what tests/campaign/machine.c does, or run does to the launcher */
};

/* One of `count` words. */
const char *draw_word(struct draw *draw, const char *const *words, size_t count);
#define DRAW_ONE_OF(draw, words) draw_word((draw), (words), sizeof(words) / sizeof((words)[0]))

/* True once in `n` on average. */
bool draw_once_in(struct draw *draw, unsigned n);

/* The machine and how it starts; its command line; its script, for which the machine must be known; the trouble. */
void draw_machine(struct draw *draw);
void draw_append(struct draw *draw);
void draw_script(struct draw *draw);
void draw_trouble(struct draw *draw);

/* Makes a good script a bad one; false: this try was still good. `script` has room for DRAW_SCRIPT_BYTES. */
bool draw_spoil(struct draw *draw, char *script);

#endif /* LAB_TESTS_CAMPAIGN_DRAW_H */
