// SPDX-License-Identifier: MIT
/*
 * A sleeper in MWAIT, woken by a store to the monitored line, by an IPI, an NMI or its timer; with interrupts on, or masked with
 * break-on-interrupt. The guard is the watchdog's NMI (arch/x86/irq/watchdog.c); the sleeper is the loop of arch/x86/idle and of
 * settle() in arch/x86/wake/nap_native.c.
 *
 * Proved: a wake that was sent is taken without the guard's help; one that was not sent ends by the guard, and is not counted as taken.
 * In disorder, each at any moment: a store to the line that is not the wake, a stray interrupt, an NMI that is not the guard's, a
 * monitor that an interrupt disarms or does not, an MWAIT that a hypervisor runs as a NOP.
 *
 * The guard's NMI leaves the call from wherever it is (guard_resume, arch/x86/irq/guard_call.S); here the sleeper runs on to the loop's
 * next test and waits for nothing on its way.
 */
#define CPUS      1
#define SLEEPER   0
#define ROUNDS    2
#define disarm_may() if :: armed = false :: skip fi
#define ON_NMI(c)                                                                                  \
    disarm_may();                                                                                  \
    if :: abort -> aborted = true :: else -> skip fi;                                              \
    if :: source == by_nmi -> taken = taken + due_count; due_count = 0 :: else -> skip fi;
#define ON_IRQ(c)                                                                                  \
    disarm_may();                                                                                  \
    if :: source != by_nmi -> taken = taken + due_count; due_count = 0 :: else -> skip fi;

mtype = { by_store, by_ipi, by_timer, by_nmi };
mtype source;
bool masked;       /* IF=0 and ECX[0] of MWAIT, against IF=1 */
bool mwait_is_nop; /* what some hypervisors make of it */
byte lost_round;   /* the round whose wake the waker forgets: planted; 0: none */

bool armed;      /* the monitor hardware */
byte flag;       /* the monitored line: number of the last wake by store */
byte stamp;      /* written before the flag */
byte due_count;  /* how many of the pending interrupts or NMIs are wakes: 0 for a stray one */
byte taken;      /* the stub's counter */
byte asked;      /* the sleeper's request */
bool abort, aborted, done;

#include "x86.pml"

#define WOKEN  (source == by_store -> flag == round : taken == round)
#define BREAKS (cpu[SLEEPER].irq && (cpu[SLEEPER].open || masked))

inline monitor_insn()
{
    atomic {
        boundary(SLEEPER);
        armed = true
    }
}

inline look()
{
    atomic {
        boundary(SLEEPER);
        seen = WOKEN;
#ifndef MUTANT_NMI_BEHIND_LOOK
        cpu[SLEEPER].at_wait = !seen
#endif
    }
}

inline mwait_insn()
{
    atomic {
        cpu[SLEEPER].at_wait = true;
        enter_wait(SLEEPER);
        if
        :: mwait_is_nop -> cpu[SLEEPER].halted = false
        :: else -> skip
        fi
    }
    if
    :: cpu[SLEEPER].halted -> atomic {
        !armed || cpu[SLEEPER].nmi || BREAKS || aborted;
        cpu[SLEEPER].halted = false;
        boundary(SLEEPER)
    }
    :: else -> skip
    fi;
    armed = false
}

/* One window and what follows: with interrupts masked they are let in after it. */
inline wait_once()
{
    if
    :: masked -> mwait_insn(); sti(SLEEPER); atomic { boundary(SLEEPER); cpu[SLEEPER].shadow = false }
    :: else -> sti(SLEEPER); mwait_insn()
    fi;
    cli(SLEEPER)
}

active proctype sleeper()
{
    byte round;
    bool seen;

    atomic {
        if :: source = by_store :: source = by_ipi :: source = by_timer :: source = by_nmi fi;
        if :: masked = false :: masked = true fi;
        if :: mwait_is_nop = false :: mwait_is_nop = true fi;
        if :: lost_round = 0 :: lost_round = 1 :: lost_round = 2 fi
    }
    for (round : 1 .. ROUNDS) {
        asked = round;
        seen = false;
        do
        :: seen || aborted -> break
        :: else ->
#ifdef MUTANT_NO_RECHECK
            look();
            monitor_insn();
#else
            monitor_insn();
            look();
#endif
            if
            :: seen || aborted -> skip
            :: else ->
                wait_once();
#ifdef MUTANT_RETURN_IS_WAKE
                seen = true
#endif
            fi
        od;
        /* The verdict: lost_wake where the guard ended it, else a sample. */
        if
        :: aborted -> assert(lost_round == round); break
        :: else -> assert(lost_round != round && WOKEN); assert(source != by_store || stamp == round)
        fi
    }
    done = true
}

/* The waker's fire(), or the timer's expiry: nothing but stores, which other CPUs see in program order. */
active proctype wake_source()
{
    byte round;

    for (round : 1 .. ROUNDS) {
        asked == round || done;
        if
        :: done || lost_round == round -> break
        :: else -> skip
        fi;
        if
        :: source == by_store ->
            stamp = round;
            atomic { flag = round; armed = false }
        :: source == by_nmi -> atomic { cpu[SLEEPER].nmi = true; due_count = due_count + 1 }
        :: else -> atomic { cpu[SLEEPER].irq = true; due_count = due_count + 1 }
        fi
    }
}

/* What else happens on a machine, each at any moment or never. */
active proctype stray_store() { if :: armed = false :: skip fi }
active proctype stray_irq() { if :: cpu[SLEEPER].irq = true :: skip fi }
active proctype stray_nmi() { if :: source != by_nmi && asked > 0 -> cpu[SLEEPER].nmi = true :: skip fi }

#ifndef MUTANT_NO_GUARD
/* Its limit is longer than anything else lasts: it ends a wait when nothing else can happen, or when the wake is known to be lost. */
active proctype guard()
{
    if
    :: done -> skip
    :: (timeout || (lost_round != 0 && asked == lost_round)) && !done ->
        assert(lost_round != 0);
        abort = true;
        cpu[SLEEPER].nmi = true
    fi
}
#endif
