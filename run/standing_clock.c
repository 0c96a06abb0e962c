/* SPDX-License-Identifier: MIT */
/*
 * A wall clock that stands still, preloaded into Bochs: two boots of one script are then equal tick for tick. Bochs
 * reads the wall clock only to blink its drive lights. But that is an event in virtual time (bochs/gui/gui.cc registers
 * it as a real-time timer), and the fast string instructions end their bursts at the next event of any kind
 * (bochs/cpu/faststring.cc), so that a busy host moved the guest's time by some ticks in one boot of fifty.
 *
 * And random numbers that begin alike: RDRAND and RDSEED are the C library's rand() there (bochs/cpu/rdrand.cc), begun
 * with the wall clock's second (bochs/cpu/init.cc). A Linux inside takes its random numbers from RDRAND, and with them
 * where things lie, how long its hash tables' chains are, and when its timers go off.
 */
#include <stdlib.h>
#include <sys/time.h>

/* Replaces the C library's function, which Bochs calls by this name; no other program sees it. Never fails. */
int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    (void)zone;
    now->tv_sec = 0;
    now->tv_usec = 0;
    return 0;
}

/* The same for the beginning of rand(): it stays the one of a program that never calls this. Never fails. */
void srand(unsigned seed)
{
    (void)seed;
}
