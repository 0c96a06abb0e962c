// SPDX-License-Identifier: MIT
/*
 * The start of the other CPUs, and CPUs that come late: smp_start(), drop_missing() and ap_main() of arch/x86/cpu/smp_start.c, and the
 * way through the trampoline (boot/ap_entry.S), then one hand-over of work to each CPU that was kept (smp_run()).
 *
 * The boot CPU gives up waiting at any moment, between any two steps of the others. INIT sends a CPU back to wait for STARTUP from
 * wherever it is; STARTUP counts only there. Compare and exchange locks the bus, so store buffers hide nothing here.
 *
 * Proved: nobody runs in the trampoline's page when it cannot be executed; a CPU parks and takes work if and only if it is one of those
 * that the boot CPU kept, whenever it comes; one that comes late stays out, at any later moment; no CPU is kept twice, and none is given up
 * that has parked.
 */
#define APS 2

mtype = { expected, online, given_up };
mtype settled[APS];       /* percpu.online */
bool waits[APS];          /* for STARTUP, as after INIT */
bool reset[APS], startup[APS]; /* on their way */
bool parked[APS], out[APS];
bool given[APS], done[APS];   /* work */
byte table[APS];          /* machine->cpus behind the boot CPU, which the trampoline walks as far as it was filled */
byte kept;
bool executable;          /* the trampoline's page */
bool boss_done;

/* A step of a CPU that is on its way; INIT comes between any two. */
#define STEP(c, what) \
    if \
    :: atomic { reset[c] -> reset[c] = false; goto wait } \
    :: atomic { !reset[c] -> what } \
    fi

proctype ap(byte me)
{
    byte at;
    bool mine;

wait:
    atomic {
        at = 0;
        mine = false;
        parked[me] = false;
        out[me] = false;
        waits[me] = true
    }
end_wait:
    do
    :: atomic { startup[me] -> startup[me] = false; waits[me] = false; break }
    :: atomic { reset[me] -> reset[me] = false }
    od;
    STEP(me, assert(executable));
    do
    :: at < APS && !mine -> STEP(me, mine = (table[at] == me); at++)
    :: else -> break
    od;
    STEP(me, assert(executable));
    if
    :: !mine -> goto stay_out
    :: else -> skip
    fi;
#ifdef MUTANT_ONLINE_BY_STORE
    STEP(me, settled[me] = online; parked[me] = true);
#else
    STEP(me, if :: settled[me] == expected -> settled[me] = online; parked[me] = true :: else -> mine = false fi);
#endif
    if
    :: !mine -> goto stay_out
    :: else -> skip
    fi;
end_parked:
    do
    :: atomic { given[me] && !done[me] -> assert(settled[me] == online); done[me] = true }
    :: atomic { reset[me] -> reset[me] = false; goto wait }
    :: atomic { startup[me] -> startup[me] = false } /* ignored */
    od;
stay_out:
    out[me] = true;
end_out:
    do
    :: atomic { reset[me] -> reset[me] = false; goto wait }
    :: atomic { startup[me] -> startup[me] = false }
    od
}

inline send_startup(c)
{
    startup[c] = true
}

proctype boss()
{
    byte i, cpu;
    bool gives_up;

    executable = true;
    for (i : 0 .. APS - 1) { reset[i] = true }
    for (i : 0 .. APS - 1) { !reset[i] } /* 10 ms */
    for (i : 0 .. APS - 1) { send_startup(i) }
    /* The second STARTUP goes to those that are missing; it may find a CPU anywhere. */
    for (i : 0 .. APS - 1) {
        if
        :: settled[i] != online -> send_startup(i)
        :: else -> skip
        fi
    }
    /* Now it waits, until all are there or for as long as it likes. */
    for (i : 0 .. APS - 1) {
        cpu = table[i];
#ifdef MUTANT_INIT_BEFORE_SETTLED
        if
        :: settled[cpu] != online -> reset[cpu] = true
        :: else -> skip
        fi;
#endif
#ifdef MUTANT_GIVEN_UP_BY_LOOK
        gives_up = (settled[cpu] != online);
        if :: gives_up -> settled[cpu] = given_up :: else -> skip fi;
#else
        atomic {
            gives_up = (settled[cpu] == expected);
            if :: gives_up -> settled[cpu] = given_up :: else -> skip fi
        }
#endif
        if
        :: gives_up -> assert(!parked[cpu]); reset[cpu] = true
        :: else -> table[kept] = cpu; kept++
        fi
    }
#ifdef MUTANT_PAGE_CLOSED
    executable = false;
#else
    if
    :: kept == APS -> executable = false
    :: else -> skip
    fi;
#endif
    for (i : 0 .. kept - 1) {
        cpu = table[i];
        assert(!given[cpu]);
        given[cpu] = true;
        done[cpu]
    }
    boss_done = true
}

/* Nothing else can happen: is each CPU either kept and parked, or neither? */
proctype rest()
{
    byte i;

    timeout -> assert(boss_done);
    for (i : 0 .. APS - 1) {
        assert(parked[i] == (settled[i] == online));
        assert(parked[i] == done[i]);
        assert(!parked[i] || !out[i])
    }
}

init {
    byte i;

    atomic {
        for (i : 0 .. APS - 1) {
            settled[i] = expected;
            table[i] = i;
            run ap(i)
        }
        run boss();
        run rest()
    }
}
