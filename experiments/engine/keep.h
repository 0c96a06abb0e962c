/* SPDX-License-Identifier: MIT */
/*
 * The log in memory (lib/kept/kept.h): where its copies lie, and that each line survives a reset.
 *
 * Boot CPU, or the CPU that ends the run.
 */
#ifndef LAB_EXPERIMENTS_ENGINE_KEEP_H
#define LAB_EXPERIMENTS_ENGINE_KEEP_H

#include "lib/kept/kept.h"
#include "lib/record/record.h"

struct machine;

/*
 * Takes memory of the machine, clears what was kept there, begins the log of that run and becomes a sink of the stream.
 * Where there is little memory there is one copy, or none. `goes_on`: another boot of a series is to follow this one.
 * *kept is zeroed.
 */
void keep_open(struct kept *kept, struct machine *machine, uint64_t run, bool goes_on, struct record_stream *stream);

#endif /* LAB_EXPERIMENTS_ENGINE_KEEP_H */
