// SPDX-License-Identifier: MIT
/*
 * The sleeper's request and the waker's answer over shared lines, and the stop: waker_ask(), waker_event() and waker_loop() of
 * arch/x86/wake/waker.{h,c}. x86 keeps each CPU's stores in order, so a store buffer is a channel that lets them out one by one.
 *
 * Proved: each request is fired once and answered once, with its own number, due time and stamp; the answer comes after the wake was
 * sent, and tells the stamp of that wake; a stop, at any moment after the last answer, ends the waker. The sleeper may take the wake
 * before it reads the answer, as nap_take() does, or after it.
 */
#define ROUNDS 3
#define DEPTH  2

mtype = { due, asked, stop, event, answered };
byte memory[6];                        /* indexed by mtype: 1 to 5 */
chan sleeper_buffer = [DEPTH] of { mtype, byte };
chan waker_buffer = [DEPTH] of { mtype, byte };
byte fired;                            /* wakes that were sent */
byte pending;                          /* wakes that the sleeper has not taken */
bool waker_parked, sleeper_done;

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

active proctype sleeper()
{
    byte round;
    bool settled;

    for (round : 1 .. ROUNDS) {
#ifdef MUTANT_ASKED_BEFORE_DUE
        sleeper_buffer!asked, round;
        sleeper_buffer!due, round;
#else
        sleeper_buffer!due, round;
        sleeper_buffer!asked, round;
#endif
        if
        :: pending > 0 -> pending--; settled = true
        :: settled = false
        fi;
        memory[answered] == round;
        assert(fired == round);
        assert(memory[event] == round);
        if
        :: !settled -> pending > 0 -> pending--
        :: else -> skip
        fi;
        assert(pending == 0 && memory[answered] == round)
    }
    sleeper_buffer!stop, 1;
    waker_parked;
    assert(fired == ROUNDS && pending == 0);
    sleeper_done = true
}

/* The last stamp, a fence, then the interrupt or the store. */
inline fire()
{
    empty(waker_buffer);
    atomic { fired++; pending++ }
}

active proctype waker()
{
    byte next = 1, stamp;

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
    waker_parked = true
}

active proctype rest()
{
    timeout -> assert(sleeper_done && waker_parked)
}
