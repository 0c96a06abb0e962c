// SPDX-License-Identifier: MIT
/*
 * Ending another CPU's guarded call by NMI: smp_abort_all() and smp_park() of arch/x86/cpu/smp.c, nmi_handle() of arch/x86/irq/irq.c,
 * fault_guard_run() of arch/x86/irq/fault.c. The NMI may come at any instruction: before the worker has woken, while it enters the
 * guard, inside an interrupt handler of the work, or when the work has just ended.
 *
 * Proved: whatever the moment, the worker parks again, its stack pointer is known when it is thrown back, the next work given to it
 * is begun and is not aborted by what was left of the last abort. Stores are taken as seen at once: apic_send() fences, and IRET of the
 * NMI handler lets that CPU's stores out (SDM volume 3, 8.3).
 */
#define ROUNDS 3

mtype = { idle, given, running, finished };
mtype = { ended_done, ended_watchdog };
mtype state = idle;
mtype end_of_work = ended_done;
bool abort;        /* percpu.abort */
bool nmi, ipi;     /* pending at the worker */
bool in_service;   /* an interrupt of the work has been taken and not acknowledged: none of its class or below comes */
bool guard;        /* percpu.guard is set */
bool stack_known;  /* its rsp has been stored */
byte begun;
bool hangs;        /* the work does not return by itself */
bool boss_done;

#define PARKED (state == idle || state == finished)

/* Between two instructions of the worker. */
inline nmi_point()
{
    if
    :: nmi ->
        nmi = false;
        if
#ifdef MUTANT_GUARD_WITHOUT_STACK
        :: abort && guard -> assert(stack_known); abort = false; goto resumed
#else
        :: abort && guard && stack_known -> abort = false; goto resumed
#endif
        :: else -> skip
        fi
#ifdef MUTANT_ABORT_DROPPED
        ; abort = false
#endif
    :: else -> skip
    fi
}

active proctype worker()
{
    bool has_work;

parked:
    do
    :: atomic { nmi_point(); has_work = (state == given) };
       if
       :: has_work -> break
       :: else ->
end:       atomic { nmi || (ipi && !in_service); nmi_point(); ipi = (in_service -> ipi : false) }
       fi
    od;
    atomic { nmi_point(); state = running };
    atomic { nmi_point(); guard = true; stack_known = false };
    atomic { nmi_point(); stack_known = true };
#ifndef MUTANT_ABORT_DROPPED
    atomic {
        nmi_point();
        if
        :: abort -> goto leave /* asked for before there was a guard */
        :: else -> skip
        fi
    }
#endif
    begun++;
    do /* interrupts of the work come and go */
    :: atomic { nmi_point(); in_service = true }; atomic { nmi_point(); in_service = false }
    :: hangs -> atomic { nmi; nmi_point() }
    :: !hangs -> break
    od;
leave:
    atomic { nmi_point(); end_of_work = (abort -> ended_watchdog : ended_done) };
    atomic { nmi_point(); guard = false };
    goto after;
resumed:
    end_of_work = ended_watchdog;
    guard = false;
after:
#ifndef MUTANT_NO_DRAIN
    if
    :: end_of_work != ended_done -> in_service = false
    :: else -> skip
    fi;
#endif
    atomic { nmi_point(); state = finished };
    goto parked
}

active proctype boss()
{
    byte round;
    bool aborts;

    for (round : 1 .. ROUNDS) {
        if
        :: round < ROUNDS -> hangs = true; aborts = true
        :: hangs = false; aborts = false
        :: round < ROUNDS -> hangs = false; aborts = true
        fi;
#ifndef MUTANT_STALE_ABORT
        abort = false;
#endif
        state = given;
        ipi = true;
        if
        :: aborts && !PARKED ->
            abort = true; /* at any later moment: the work may just have ended */
            nmi = true
        :: aborts && PARKED -> skip
        :: !aborts -> skip
        fi;
        PARKED;
        assert(aborts || end_of_work == ended_done)
    }
    boss_done = true
}

active proctype rest()
{
    timeout -> assert(boss_done && PARKED)
}
