/* SPDX-License-Identifier: MIT */
/*
 * The boot command line: `script=smoke console=ttyS0,115200 cpus=2 exit=debugexit`. docs/scripts.md lists the keys.
 *
 * Words are separated by blanks; double quotes keep blanks in a word, and so do quotes escaped by a backslash, which is
 * how GRUB hands them over. A key given twice takes its last value, so that a launcher may append. Pure; any context.
 */
#ifndef LAB_LIB_SCRIPT_CMDLINE_H
#define LAB_LIB_SCRIPT_CMDLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/arena.h"
#include "lib/record/boot_phase.h"
#include "lib/script/script_error.h"

enum cmdline_exit {
    CMDLINE_EXIT_AUTO,
    CMDLINE_EXIT_HALT,
    CMDLINE_EXIT_REBOOT,
    CMDLINE_EXIT_POWEROFF,
    CMDLINE_EXIT_DEBUGEXIT,
};

enum cmdline_switch {
    CMDLINE_AUTO,
    CMDLINE_ON,
    CMDLINE_OFF,
};

enum cmdline_console_kind {
    CMDLINE_CONSOLE_AUTO,
    CMDLINE_CONSOLE_NONE,
    CMDLINE_CONSOLE_PORTS,
};

enum cmdline_timer {
    CMDLINE_TIMER_AUTO,
    CMDLINE_TIMER_DEADLINE,
    CMDLINE_TIMER_ONESHOT,
};

/* Whether a processor runs the guest's instructions; AUTO: as names and costs say. */
enum cmdline_host {
    CMDLINE_HOST_AUTO,
    CMDLINE_HOST_EMULATOR,
    CMDLINE_HOST_HARDWARE,
};

enum cmdline_watchdog {
    CMDLINE_WATCHDOG_AUTO,
    CMDLINE_WATCHDOG_HPET,
    CMDLINE_WATCHDOG_PIT,
    CMDLINE_WATCHDOG_PEER,
    CMDLINE_WATCHDOG_OFF,
    CMDLINE_WATCHDOG_IPI, /* as it is written; read as CMDLINE_WATCHDOG_PEER */
};

enum cmdline_port_kind {
    CMDLINE_PORT_IO,
    CMDLINE_PORT_MEMORY,
    CMDLINE_PORT_PCI,
};

/* One of the ports that console= names. */
struct cmdline_port {
    const char *name; /* as it was written, without an end of its own */
    uint32_t name_bytes;
    enum cmdline_port_kind kind;
    uint64_t address;              /* of an I/O port or of registers in memory */
    uint8_t bus, device, function; /* of a PCI function */
    uint8_t width;                 /* bytes of a register in memory and of one access: 1, 2, 4 */
    uint32_t baud_rate;            /* 0: not given; else one that the clock makes */
    uint32_t clock_hz;             /* 0: not given */
};

enum { CMDLINE_PORTS_MAX = 4 };

struct cmdline_console {
    enum cmdline_console_kind kind;
    uint32_t baud_rate;  /* of ports that are found: 0 unless given, else 115200 divided by a whole number */
    uint32_t port_count; /* with CMDLINE_CONSOLE_PORTS */
    struct cmdline_port ports[CMDLINE_PORTS_MAX];
};

enum cmdline_park {
    CMDLINE_PARK_AUTO, /* as deep as they can in steps that look at a package, not under a hypervisor or emulator */
    CMDLINE_PARK_HLT,  /* never */
    CMDLINE_PARK_DEEP, /* in every step, and on emulators too */
};

struct cmdline {
    const char *script; /* a name, or the text of a script; NULL = not given */
    enum cmdline_exit exit;
    struct cmdline_console console;
    uint32_t cpus; /* 0 = all */
    enum cmdline_switch x2apic;
    enum cmdline_park park; /* how the CPUs wait that take no part in a step */
    uint64_t tsc_hz;        /* 0 = not given */
    bool tsc_adjust_equal;  /* each CPU gets the IA32_TSC_ADJUST of CPU 0 */
    bool quiet;             /* the statement `quiet` goes behind the survey */
    bool seed_given;
    uint64_t seed;
    bool screen;     /* on unless given */
    uint32_t repeat; /* boots of a series; 0: not given */
    bool save;       /* the stick has a program that writes the log behind a restart */
    enum cmdline_timer timer;
    enum cmdline_host host;
    enum cmdline_watchdog watchdog;
    bool sync_serial;     /* each step's edges wait for an answer on the serial port */
    const char *selftest; /* a failure to plant, as the experiment `selftest` names it; NULL = none */
    enum boot_phase hang; /* phase of the bring-up that does not end, planted; PHASE_NONE = none */
    bool left_over;       /* interrupts as firmware may leave them, planted */
    uint32_t resume;      /* number of the first step to run, from 1; the steps before it are not run */
};

/*
 * Reads a command line that ends in NUL. Strings are copied into the arena. Returns true when nothing was wrong; else
 * `errors` (file "cmdline", line 1) has grown and the keys at fault keep their defaults: a value that makes no sense, a
 * quote that is not closed, or an unknown word so near a known key that it must mean it. Other unknown words are for
 * other readers (loaders and VMMs add their own): they go to `warnings` and change nothing. A first word that is the
 * path of an image (it contains `/` or ends in .elf, and no `=`) and keys with a dot are skipped. `panic=` is Linux'.
 */
bool cmdline_parse(const char *text, struct arena *arena, struct cmdline *cmdline, struct script_errors *errors,
                   struct script_errors *warnings);

#endif /* LAB_LIB_SCRIPT_CMDLINE_H */
