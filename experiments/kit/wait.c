/* SPDX-License-Identifier: MIT */
#include "experiments/kit/wait.h"

void wait_prepare(const struct run *run, struct nap *nap)
{
    nap->machine = run->machine;
    nap->cpu = run->cpu;
    nap->from = run->waker;
    nap->no_from = run->no_waker;
}
