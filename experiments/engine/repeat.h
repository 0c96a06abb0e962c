/* SPDX-License-Identifier: MIT */
/*
 * Several boots of one series (repeat=): which one this is, noted in memory that a warm restart leaves alone.
 *
 * Boot CPU. Where the note does not survive the series begins again, and the log says "1 of N" once more.
 */
#ifndef LAB_EXPERIMENTS_ENGINE_REPEAT_H
#define LAB_EXPERIMENTS_ENGINE_REPEAT_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/x86/cpu/flush.h"

struct machine;

enum { REPEAT_COPIES = 2 };

/* What lies in memory; crc is over all in front of it. */
struct repeat_note {
    char magic[8];
    uint32_t boots;  /* of the series */
    uint32_t boot;   /* the one that wrote it, from 1 */
    uint64_t series; /* the first boot's run */
    uint32_t reserved;
    uint32_t crc;
};

struct repeat {
    uint32_t boots; /* 0: no series */
    uint32_t boot;
    uint64_t series;
    struct repeat_note *copies[REPEAT_COPIES]; /* NULL: no memory for it */
    flush_function *flush;                     /* NULL: the CPU has none */
};

/*
 * Takes two pages of the machine's memory, reads what the boot before left there, and notes this boot: a machine that
 * restarts by itself in the middle goes on with the next one. `boots` below 2: no series.
 */
void repeat_open(struct repeat *repeat, struct machine *machine, uint32_t boots, uint64_t run);

/* At the end of a run: true where another boot is to follow. Of the last one nothing stays in memory. */
bool repeat_goes_on(struct repeat *repeat);

#endif /* LAB_EXPERIMENTS_ENGINE_REPEAT_H */
