// SPDX-License-Identifier: MIT
/*
 * What the models share: how an x86 CPU takes interrupts between two instructions, STI's shadow, and HLT.
 *
 * One step of a model is one instruction: an atomic block that begins with boundary(). Sources of NMI: SDM volume 2, STI ("the
 * inhibition ends after delivery of another event") and volume 3, 6.8.1. A model that includes this file defines
 *   CPUS                how many CPUs sleep
 *   ON_IRQ(c), ON_NMI(c)  what the handlers change beside the CPU's own state
 */
typedef cpu_state {
    bool irq;     /* a maskable interrupt is pending (the local APIC's request register) */
    bool nmi;     /* an NMI is pending */
    bool open;    /* RFLAGS.IF */
    bool shadow;  /* the instruction boundary right behind STI */
    bool at_wait; /* RIP is between the last look at the condition, or STI, and the wait instruction */
    bool moved;   /* the NMI handler moved RIP out of there */
    bool halted   /* in HLT or MWAIT */
};
cpu_state cpu[CPUS];

/*
 * An NMI's IRET does not bring the shadow back: what was pending is then taken before the wait, which would sleep on a wake that has
 * been. So the handler moves RIP away from a wait that has not begun; the caller looks again.
 */
inline take_nmi(c)
{
    cpu[c].nmi = false;
    cpu[c].shadow = false;
#ifndef MUTANT_NMI_IN_SHADOW
    cpu[c].moved = cpu[c].moved || cpu[c].at_wait;
#endif
    ON_NMI(c)
}

inline boundary(c)
{
    if
    :: cpu[c].nmi -> take_nmi(c)
    :: cpu[c].nmi && cpu[c].shadow -> skip /* some CPUs hold an NMI back there, others do not */
    :: !cpu[c].nmi -> skip
    fi;
    if
    :: cpu[c].irq && cpu[c].open && !cpu[c].shadow ->
        cpu[c].irq = false;
        ON_IRQ(c)
    :: else -> skip
    fi
}

inline sti(c)
{
    atomic {
        boundary(c);
        cpu[c].open = true;
        cpu[c].shadow = true
    }
#ifdef MUTANT_SPLIT_STI
    atomic {
        boundary(c);
        cpu[c].shadow = false
    }
#endif
}

inline cli(c)
{
    atomic {
        boundary(c);
        cpu[c].open = false
    }
}

/* The start of HLT or MWAIT: cpu[c].halted says whether the CPU now waits. */
inline enter_wait(c)
{
    boundary(c);
    cpu[c].at_wait = false;
    cpu[c].shadow = false;
    cpu[c].halted = !cpu[c].moved;
    cpu[c].moved = false
}

/* sti_hlt(), insn.h. */
inline sti_hlt(c)
{
    sti(c);
    atomic { cpu[c].at_wait = true; enter_wait(c) }
    if
    :: cpu[c].halted -> atomic {
        cpu[c].nmi || cpu[c].irq; /* a state in which only this blocks is one in which the CPU sleeps */
        cpu[c].halted = false;
        boundary(c)
    }
    :: else -> skip
    fi
}
