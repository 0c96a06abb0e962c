/* SPDX-License-Identifier: MIT */
/* Holding back the one signal that is a measured wake: what CLI is to an interrupt. */
#include "arch/linux/os.h"
#include "arch/linux/system.h"

void os_signals_hold_wake(bool hold)
{
    enum { BLOCK, UNBLOCK }; /* SIG_BLOCK, SIG_UNBLOCK: sigprocmask(2) */
    const uint64_t wake = UINT64_C(1) << (OS_SIGNAL_WAKE - 1);

    (void)system_call(__NR_rt_sigprocmask, hold ? BLOCK : UNBLOCK, (int64_t)(uintptr_t)&wake, 0, sizeof(wake));
}
