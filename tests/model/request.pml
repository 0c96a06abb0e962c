// SPDX-License-Identifier: MIT
/*
 * The sleeper's request and the waker's answer over shared lines, and the stop: waker_ask(), waker_event() and waker_loop() of
 * arch/x86/wake/waker.{h,c}. x86 keeps each CPU's stores in order, so a store buffer is a channel that lets them out one by one.
 *
 * Proved: each request is fired once and answered once, with its own number, due time and stamp; the answer comes after the wake was
 * sent, and tells the stamp of that wake; a stop, at any moment after the last answer, ends the waker. The sleeper may take the wake
 * before it reads the answer, as nap_take() does, or after it.
 *
 * Two CPUs could be the waker, and each comes up at any moment: before the handshake, between any two of its steps, when it is over, or
 * never. The boot CPU, which is the sleeper here, waits for each as long as it likes (smp_start.c, startup.pml) and gives the work to
 * the first one that it kept. Proved too: only that one fires and answers; a CPU that was given up parks at no moment and takes no work.
 */
#define ROUNDS 3
#define DEPTH  2
#define CPUS   2
#define FIRST_WAKER 2 /* its _pid */

mtype = { due, asked, stop, event, answered };
byte memory[6];                        /* indexed by mtype: 1 to 5 */
chan sleeper_buffer = [DEPTH] of { mtype, byte };
chan waker_buffer = [DEPTH] of { mtype, byte };
byte fired;                            /* wakes that were sent */
byte pending;                          /* wakes that the sleeper has not taken */
bool waker_parked, sleeper_done;

#define EXPECTED 0
#define ONLINE   1
#define GIVEN_UP 2
byte settled[CPUS];                    /* percpu.online */
byte number[CPUS];                     /* percpu.index: those of the kept are dense */
bool given[CPUS];                      /* work, by CPU */
bool in_park[CPUS];
byte kept;

/* The buffers of both CPUs. */
active proctype memory_system()
{
    mtype word;
    byte value;

end:
    do
    :: atomic { sleeper_buffer?word, value -> memory[word] = value; word = 0; value = 0 }
    :: atomic { waker_buffer?word, value -> memory[word] = value; word = 0; value = 0 }
    od
}

/* drop_missing(), and smp_run() of the first that is left. */
inline choose_waker()
{
    number[1] = 1;
    for (cpu : 0 .. CPUS - 1) {
        atomic {
            if
            :: settled[cpu] == EXPECTED -> settled[cpu] = GIVEN_UP
            :: else -> number[cpu] = kept; kept++
            fi
        }
    }
    for (cpu : 0 .. CPUS - 1) {
        if
        :: settled[cpu] == ONLINE && number[cpu] == 0 -> given[cpu] = true
        :: else -> skip
        fi
    }
}

active proctype sleeper()
{
    byte round, cpu;
    bool taken;

    choose_waker();
    if
    :: kept == 0 -> goto no_waker
    :: else -> skip
    fi;
    for (round : 1 .. ROUNDS) {
#ifdef MUTANT_ASKED_BEFORE_DUE
        sleeper_buffer!asked, round;
        sleeper_buffer!due, round;
#else
        sleeper_buffer!due, round;
        sleeper_buffer!asked, round;
#endif
        if
        :: pending > 0 -> pending--; taken = true
        :: taken = false
        fi;
        memory[answered] == round;
        assert(fired == round);
        assert(memory[event] == round);
        if
        :: !taken -> pending > 0 -> pending--
        :: else -> skip
        fi;
        assert(pending == 0 && memory[answered] == round)
    }
    sleeper_buffer!stop, 1;
    waker_parked;
    assert(fired == ROUNDS && pending == 0);
no_waker:
    sleeper_done = true
}

/* The last stamp, a fence, then the interrupt or the store. */
inline fire()
{
    empty(waker_buffer);
    atomic { fired++; pending++ }
}

/* The work lies at the CPU's own percpu, and not under its number, which may be another's by now. */
#ifdef MUTANT_LATE_BY_NUMBER
#define WORK_FOR(me) (given[me] || (given[1 - me] && number[1 - me] == number[me]))
#define PARKS_RIGHTLY(what) skip /* that it parks is known: what comes of it? */
#else
#define WORK_FOR(me) (given[me])
#define PARKS_RIGHTLY(what) assert(what)
#endif

active [CPUS] proctype waker()
{
    byte me = _pid - FIRST_WAKER, next = 1, stamp;
    bool mine;

    if
    :: goto stays_out /* it never comes */
    :: skip
    fi;
    /* ap_main(), settle() */
    atomic {
        mine = (settled[me] == EXPECTED);
        settled[me] = (mine -> ONLINE : settled[me])
    }
#if defined(MUTANT_LATE_PARKS) || defined(MUTANT_LATE_BY_NUMBER)
    mine = true;
#endif
    if
    :: !mine -> goto stays_out
    :: else -> skip
    fi;
    PARKS_RIGHTLY(settled[me] == ONLINE);
    in_park[me] = true;
end_park:
    WORK_FOR(me);
    do
    :: memory[asked] < next -> /* the code reads the two words one after the other */
        if
        :: memory[stop] == 1 -> break
        :: memory[asked] >= next -> skip
        fi
    :: memory[asked] >= next ->
        assert(memory[asked] == next && memory[due] == next);
        stamp = next;
#ifdef MUTANT_ANSWER_BEFORE_FIRE
        waker_buffer!event, stamp;
        waker_buffer!answered, next;
        fire();
#elif defined(MUTANT_EVENT_AFTER_ANSWER)
        fire();
        waker_buffer!answered, next;
        waker_buffer!event, stamp;
#else
        fire();
        waker_buffer!event, stamp;
        waker_buffer!answered, next;
#endif
#ifndef MUTANT_ANSWERED_TWICE
        next++
#endif
    od;
    waker_parked = true;
stays_out:
    skip
}

active proctype rest()
{
    timeout -> assert(sleeper_done && waker_parked == (kept > 0));
    PARKS_RIGHTLY(in_park[0] == (settled[0] == ONLINE) && in_park[1] == (settled[1] == ONLINE))
}
