// SPDX-License-Identifier: MIT
/*
 * The boot CPU gives a parked CPU work and sleeps until it is done: smp_park(), smp_run() and smp_sleep_until_parked() of
 * arch/x86/cpu/smp.c, with the store buffers of x86 (TSO; SDM volume 3, 8.2.2).
 *
 * Proved: the work is always begun and the boot CPU always learns of its end, whatever the order; no guard helps. Both wait
 * in HLT, or both by MONITOR and MWAIT on the state (smp_park_deep()), whose monitor may lose any store. In disorder: one NMI on each
 * CPU, and one stray interrupt on each, at any moment.
 */
#define CPUS   2
#define BOSS   0
#define WORKER 1
#define ROUNDS 2
#define ON_IRQ(c) skip
#define ON_NMI(c) skip

mtype = { idle, given, running, finished };
mtype state = idle;       /* work->state in memory */
bool boss_sleeps;         /* in memory */
bool deep;                /* they wait by MWAIT */
bool armed[CPUS];         /* its monitor */
byte begun;
bool boss_done;

#include "x86.pml"

/*
 * A store waits in its CPU's buffer, in order, until the CPU or a fence lets it out; the CPU itself reads its own newest value, the
 * other one reads memory. `is_state` says which of the two words it is for.
 */
typedef entry {
    bool is_state;
    mtype value;
    bool flag
};
#define DEPTH 2
typedef store_buffer {
    entry slot[DEPTH];
    byte used;
    byte state_stores; /* how many of them are for `state` */
    mtype newest_state
};
store_buffer buffer[CPUS];

inline put(c, to_state, v, f)
{
    atomic {
        buffer[c].used < DEPTH;
        buffer[c].slot[buffer[c].used].is_state = to_state;
        buffer[c].slot[buffer[c].used].value = v;
        buffer[c].slot[buffer[c].used].flag = f;
        buffer[c].used++;
        if
        :: to_state -> buffer[c].state_stores++; buffer[c].newest_state = v
        :: else -> skip
        fi
    }
}

inline store_state(c, v) { put(c, true, v, false) }
inline store_sleeps(c, f) { put(c, false, idle, f) }

#define FENCE(c)      (buffer[c].used == 0)
#define LOAD_STATE(c) (buffer[c].state_stores > 0 -> buffer[c].newest_state : state)

proctype drain(byte c)
{
end:
    do
    :: atomic {
        buffer[c].used > 0 ->
        if
        :: buffer[c].slot[0].is_state ->
            state = buffer[c].slot[0].value;
            buffer[c].state_stores--;
            if :: armed[1 - c] = false :: skip fi
        :: else -> boss_sleeps = buffer[c].slot[0].flag
        fi;
        buffer[c].slot[0].is_state = buffer[c].slot[1].is_state;
        buffer[c].slot[0].value = buffer[c].slot[1].value;
        buffer[c].slot[0].flag = buffer[c].slot[1].flag;
        buffer[c].slot[1].is_state = false;
        buffer[c].slot[1].value = idle;
        buffer[c].slot[1].flag = false;
        buffer[c].used--;
        if
        :: buffer[c].state_stores == 0 -> buffer[c].newest_state = idle
        :: else -> skip
        fi
    }
    od
}

/* apic_send(): every earlier store is seen before the interrupt is. */
inline send_ipi(from, to)
{
#ifndef MUTANT_NO_FENCE_BEFORE_ICR
    FENCE(from);
#endif
#ifdef MUTANT_MONITOR_ALONE
    if :: deep -> skip :: else -> cpu[to].irq = true fi
#else
    cpu[to].irq = true
#endif
}

/* wait_beside(): until the state is the wanted one, for which MWAIT's window looks behind MONITOR. */
inline wait_beside(who, wanted)
{
    again = false;
    if
    :: deep ->
        atomic { boundary(who); armed[who] = true };
        atomic { boundary(who); again = (LOAD_STATE(who) == wanted) }
    :: else -> skip
    fi;
    if
    :: again -> skip
    :: else ->
        sti(who);
        atomic { cpu[who].at_wait = true; enter_wait(who) }
        if
        :: cpu[who].halted ->
end:        atomic {
                cpu[who].nmi || cpu[who].irq || (deep && !armed[who]);
                cpu[who].halted = false;
                boundary(who)
            }
        :: else -> skip
        fi
    fi;
    armed[who] = false;
    cli(who)
}

proctype boss()
{
    byte round;
    bool parked, again;

    for (round : 1 .. ROUNDS) {
        assert(LOAD_STATE(BOSS) == idle || LOAD_STATE(BOSS) == finished);
        store_state(BOSS, given);
        send_ipi(BOSS, WORKER);
        store_sleeps(BOSS, true);
#ifndef MUTANT_PLAIN_BOSS_SLEEPS
        FENCE(BOSS);
#endif
        do
        :: atomic {
            boundary(BOSS);
            parked = (LOAD_STATE(BOSS) == finished)
           };
           if
           :: parked -> break
           :: else -> wait_beside(BOSS, finished)
           fi
        od;
        store_sleeps(BOSS, false);
        FENCE(BOSS);
        assert(begun == round)
    }
    boss_done = true
}

proctype worker()
{
    bool has_work, wake_boss, again;

    do
    :: atomic {
        boundary(WORKER);
        has_work = (LOAD_STATE(WORKER) == given)
       };
       if
       :: has_work ->
           store_state(WORKER, running);
           begun++;
           store_state(WORKER, finished);
#ifndef MUTANT_PLAIN_DONE
           FENCE(WORKER);
#endif
           wake_boss = boss_sleeps;
           if
           :: wake_boss -> send_ipi(WORKER, BOSS)
           :: else -> skip
           fi
       :: else -> wait_beside(WORKER, given)
       fi
    od
}

proctype stray_irq(byte c) { if :: cpu[c].irq = true :: skip fi }
proctype stray_nmi(byte c) { if :: cpu[c].nmi = true :: skip fi }

/* Nothing else can happen: has everything happened that should? */
proctype rest()
{
    timeout -> assert(boss_done && state == finished && begun == ROUNDS)
}

init {
    atomic {
        if :: deep = true :: skip fi;
        run drain(BOSS);
        run drain(WORKER);
        run boss();
        run worker();
        run stray_irq(BOSS);
        run stray_irq(WORKER);
        run stray_nmi(BOSS);
        run stray_nmi(WORKER);
        run rest()
    }
}
