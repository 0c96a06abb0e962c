/* SPDX-License-Identifier: MIT */
/*
 * The serial ports that the log goes to, as one sink: each line reaches all of them until a reader answers on one.
 *
 * A reader answers by Enter, or by the byte that the lab waits for (step_sync.h). The other ports then say so and are
 * silent. Boot CPU, never while another CPU measures.
 */
#ifndef LAB_ARCH_CONSOLE_SERIAL_H
#define LAB_ARCH_CONSOLE_SERIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/x86/acpi/acpi.h"
#include "arch/x86/console/uart.h"
#include "arch/x86/console/xen_console.h"
#include "arch/x86/pci/pci.h"
#include "lib/boot_info.h"

enum {
    SERIAL_PORTS_MAX = 8,
    SERIAL_NAME_BYTES = 24, /* "mmio:0xFFFFFFFFFFFFFFFF" */
};

/* Who says that there is a port. */
enum serial_source {
    SERIAL_NAMED, /* the command line */
    SERIAL_SPCR,
    SERIAL_DBG2,
    SERIAL_PCI,
    SERIAL_PROBE, /* nobody: one of COM1 to COM4 that answers */
    SERIAL_SOURCES,
};

struct serial_port {
    struct uart uart;
    enum serial_source source;
    uint32_t wanted_baud; /* 0: none in particular */
    bool silent;          /* the reader is at another port */
};

struct serial {
    const struct boot_info *boot; /* memory that is RAM holds no registers; NULL: not known */
    struct serial_port ports[SERIAL_PORTS_MAX];
    uint32_t count;
    bool chosen;            /* a reader has answered */
    struct xen_console xen; /* in the place of ports, where none answers */
};

/*
 * NULL, or what has a port's place instead: RAM, or something that every PC has (claimed.h). Such a place is neither
 * mapped nor touched.
 */
const char *serial_claimed(const struct boot_info *boot, const struct uart_place *place);

/*
 * Opens a port and adds it, unless it is listed already: maps its registers where they are in memory, probes it (SPCR's
 * is trusted). False: nothing answers there, something else has its place, the processor does not reach it, or there is
 * no room.
 */
bool serial_add(struct serial *serial, const struct uart_place *place, enum serial_source source, uint32_t baud);

/* Adds the port of SPCR or DBG2, of a PCI function, too. False: as serial_add(), or it was refused. */
bool serial_add_table(struct serial *serial, const struct acpi_serial *table, enum serial_source source, uint32_t baud);

/* Adds the ports of a PCI function; clock_hz 0: that of a PC's ports. The number of ports that answered. */
uint32_t serial_add_pci(struct serial *serial, struct pci_function at, enum serial_source source, uint32_t baud,
                        uint32_t clock_hz);

/*
 * Adds all that answer of COM1 to COM4, DBG2's ports and those of PCI functions behind bus 0. baud 0: the default, or
 * what the firmware has set where the clock is not known.
 */
void serial_add_all(struct serial *serial, const struct acpi_info *acpi, uint32_t baud);

/* Takes Xen's console, where this is a guest of Xen's. */
bool serial_add_xen(struct serial *serial);

void serial_set_tsc_hz(struct serial *serial, uint64_t tsc_hz);

/* One whole line to each port that is not silent. */
void serial_write(struct serial *serial, const char *text, size_t bytes);

/* Waits, within each port's limit, until the last bit was sent. */
void serial_drain(struct serial *serial);

/*
 * Takes one byte from the first port that has one. Enter, or `wanted` (0: none), makes that port the reader's. False:
 * nothing has come.
 */
bool serial_read(struct serial *serial, uint8_t wanted, uint8_t *byte);

/* True where a port has passed the whole probe, a reader has answered, or it is Xen's console. */
bool serial_is_heard(const struct serial *serial);

/* There is a port, or Xen's console. */
static inline bool serial_is_open(const struct serial *serial)
{
    return serial->count != 0 || serial->xen.ring != NULL;
}

/* True where a line would reach somebody, as far as is known. */
bool serial_is_ready(const struct serial *serial);

/* "0x3f8", "mmio:0xfe034000" into `name` of SERIAL_NAME_BYTES. */
void serial_name(const struct uart_place *place, char *name);

/* "named", "spcr", "dbg2", "pci", "probe". */
const char *serial_source_name(enum serial_source source);

#endif /* LAB_ARCH_CONSOLE_SERIAL_H */
