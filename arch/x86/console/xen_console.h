/* SPDX-License-Identifier: MIT */
/*
 * Xen's paravirtual console: a page of two rings that another domain reads and writes.
 *
 * Boot CPU, never while another CPU measures.
 */
#ifndef LAB_ARCH_CONSOLE_XEN_CONSOLE_H
#define LAB_ARCH_CONSOLE_XEN_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct xen_console_ring;

struct xen_console {
    struct xen_console_ring *ring; /* NULL: there is none */
    uint32_t port;                 /* its event channel */
    bool stuck;                    /* nobody took a byte for too long: it is not waited for again */
    uint64_t dropped_bytes;
};

/* False: this is no guest of Xen's, or it has no such console. */
bool xen_console_open(struct xen_console *console);

/* Waits for room within a limit, then drops what is left and says so in dropped_bytes. */
void xen_console_write(struct xen_console *console, const char *text, size_t bytes);

/* Waits, within the same limit, until all was taken. */
void xen_console_drain(struct xen_console *console);

/* False: nothing has come. */
bool xen_console_read(struct xen_console *console, uint8_t *byte);

#endif /* LAB_ARCH_CONSOLE_XEN_CONSOLE_H */
