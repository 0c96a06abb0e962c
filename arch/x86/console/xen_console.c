/* SPDX-License-Identifier: MIT */
#include "arch/x86/console/xen_console.h"

#include "arch/x86/hv/xen.h"
#include "arch/x86/hv/xen_regs.h"
#include "arch/x86/insn.h"

enum {
    PAGE_BITS = 12,
    LOW_PAGES = 1 << 20, /* the low 4 GiB are mapped as they are */
    YIELDS_MIN = 1000,   /* the other domain was told so often, whatever the TSC says */
    YIELDS_MAX = 1 << 24,
};

/* Two seconds and more up to 4 GHz; no clock is known yet when the first line goes out. */
static const uint64_t limit_tsc = UINT64_C(1) << 33;

bool xen_console_open(struct xen_console *console)
{
    uint64_t page, port;

    if (!xen_is_here())
        return false;
    page = xen_param(XEN_PARAM_CONSOLE_PFN);
    port = xen_param(XEN_PARAM_CONSOLE_EVTCHN);
    if (page == 0 || page >= LOW_PAGES || port == 0 || port > UINT32_MAX)
        return false;
    *console = (struct xen_console){.ring = (void *)(uintptr_t)(page << PAGE_BITS), .port = (uint32_t)port};
    return true;
}

/* Bytes of ours that nobody took yet; more than the ring holds where the other index makes no sense. */
static uint32_t waiting(const struct xen_console_ring *ring)
{
    return ring->out_prod - __atomic_load_n(&ring->out_cons, __ATOMIC_ACQUIRE);
}

/* Until at most so many bytes wait; after one time in vain the next ones only look. */
static bool wait_for(struct xen_console *console, uint32_t at_most)
{
    uint64_t begin_tsc = rdtsc();

    for (uint32_t i = 0; waiting(console->ring) > at_most; i++) {
        if (console->stuck || i >= YIELDS_MAX || (i >= YIELDS_MIN && rdtsc() - begin_tsc > limit_tsc)) {
            console->stuck = true;
            return false;
        }
        xen_notify(console->port);
        xen_yield();
    }
    console->stuck = false;
    return true;
}

void xen_console_write(struct xen_console *console, const char *text, size_t bytes)
{
    struct xen_console_ring *ring = console->ring;

    while (bytes && wait_for(console, sizeof(ring->out) - 1)) {
        uint32_t prod = ring->out_prod, room = (uint32_t)sizeof(ring->out) - waiting(ring);

        for (; room && bytes; room--, bytes--)
            ring->out[prod++ % sizeof(ring->out)] = *text++;
        __atomic_store_n(&ring->out_prod, prod, __ATOMIC_SEQ_CST);
    }
    console->dropped_bytes += bytes;
    xen_notify(console->port);
}

void xen_console_drain(struct xen_console *console)
{
    wait_for(console, 0);
}

bool xen_console_read(struct xen_console *console, uint8_t *byte)
{
    struct xen_console_ring *ring = console->ring;
    uint32_t cons = ring->in_cons;

    if (__atomic_load_n(&ring->in_prod, __ATOMIC_ACQUIRE) == cons)
        return false;
    *byte = (uint8_t)ring->in[cons % sizeof(ring->in)];
    __atomic_store_n(&ring->in_cons, cons + 1, __ATOMIC_SEQ_CST);
    xen_notify(console->port);
    return true;
}
