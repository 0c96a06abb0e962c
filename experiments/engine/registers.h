/* SPDX-License-Identifier: MIT */
/* Whether the registers that a step changed are as before. */
#ifndef LAB_EXPERIMENTS_ENGINE_REGISTERS_H
#define LAB_EXPERIMENTS_ENGINE_REGISTERS_H

struct step;

/*
 * Fails the step, and names the CPU, where one did not take its old value back or where a CPU could not be reached to
 * do so. Boot CPU, all others parked, after the last batch, whichever way it ended.
 */
void registers_judge(struct step *step);

#endif /* LAB_EXPERIMENTS_ENGINE_REGISTERS_H */
