/* SPDX-License-Identifier: MIT */
#include "arch/x86/time/delay.h"

#include "arch/x86/machine.h"
#include "arch/x86/time/tsc.h"
#include "lib/fixed.h"

uint64_t delay_tsc(const struct machine *machine, uint64_t us)
{
    return muldiv_u64(us, clock_wait_hz(&machine->clock), 1000000);
}

void delay_us(const struct machine *machine, uint64_t us)
{
    uint64_t start_tsc = tsc_now();
    uint64_t ticks_tsc = delay_tsc(machine, us);

    while (tsc_now() - start_tsc < ticks_tsc)
        pause();
}
