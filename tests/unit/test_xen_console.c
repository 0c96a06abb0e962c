/* SPDX-License-Identifier: MIT */
/*
 * Xen's console against a made-up Xen, with functions of the test in the place of CPUID, TSC and hypercalls: the ring
 * of its page, a reader that is slow, asleep or gone, what comes in, the way out of a domain, and what else is asked.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#define LAB_ARCH_INSN_H
#define LAB_ARCH_HV_XEN_CALL_H
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "arch/x86/hv/xen_regs.h"

struct cpuid_regs {
    uint32_t eax, ebx, ecx, edx;
};

enum { PORT = 7, VCPU = 2, PAGE_MSR = 0x40000200, STEP_TSC = 1 << 22, TAKEN_BYTES = 8192 };

static struct {
    bool bit, amd;
    uint32_t base;
    struct xen_console_ring *ring;
    uint64_t page; /* what HVMOP_get_param says; 0: no console */
    uint64_t now_tsc;
    uint32_t notified, yielded, take_each; /* bytes that the reader takes at a yield; 0: it is gone */
    char taken[TAKEN_BYTES];
    uint32_t taken_bytes;
    bool vmmcall;
    int64_t shut_down; /* reason; -1: none */
    struct xen_watchdog watchdog;
    struct xen_runstate *runstate;
    unsigned pages; /* hypercall pages, by which Xen learns that this guest has 64 bits */
    bool page_good;
    bool marks; /* Xen was asked to mark its writing */
} xen;

static struct cpuid_regs cpuid(uint32_t leaf, uint32_t subleaf)
{
    (void)subleaf;
    if (leaf == 0)
        return xen.amd ? (struct cpuid_regs){13, 0x68747541, 0x444d4163, 0x69746e65}
                       : (struct cpuid_regs){22, 0x756e6547, 0x6c65746e, 0x49656e69};
    if (leaf == 1)
        return (struct cpuid_regs){0, 0, xen.bit ? UINT32_C(1) << 31 : 0, 0};
    if (xen.base && leaf == xen.base)
        return (struct cpuid_regs){xen.base + 4, 0x566E6558, 0x65584D4D, 0x4D4D566E};
    if (xen.base && leaf == xen.base + XEN_LEAF_PAGE)
        return (struct cpuid_regs){1, PAGE_MSR, 0, 0};
    if (xen.base && leaf == xen.base + XEN_LEAF_HVM)
        return (struct cpuid_regs){1 << XEN_HVM_VCPU_ID, VCPU, 0, 0};
    if (leaf == 0x40000000) /* "Microsoft Hv", in front of Xen's own */
        return (struct cpuid_regs){0x40000005, 0x7263694D, 0x666F736F, 0x76482074};
    return (struct cpuid_regs){0, 0, 0, 0};
}

struct fault {
    bool valid;
};

static struct fault wrmsr_try(uint32_t msr, uint64_t value)
{
    xen.pages++;
    xen.page_good = msr == PAGE_MSR && value && value % 4096 == 0;
    return (struct fault){false};
}

static uint64_t rdtsc(void)
{
    return xen.now_tsc += STEP_TSC;
}

static void reader_runs(void)
{
    struct xen_console_ring *ring = xen.ring;

    for (uint32_t i = 0; i < xen.take_each && ring->out_cons != ring->out_prod; i++, ring->out_cons++)
        if (xen.taken_bytes < sizeof(xen.taken))
            xen.taken[xen.taken_bytes++] = ring->out[ring->out_cons % sizeof(ring->out)];
}

static int64_t xen_call(bool is_vmmcall, uint64_t number, uint64_t first, uint64_t second, uint64_t third)
{
    void *argument = (void *)(uintptr_t)second;

    xen.vmmcall = is_vmmcall;
    if (number == XEN_HVM_OP && first == XEN_HVMOP_GET_PARAM) {
        struct xen_hvm_param *param = argument;

        if (param->domid != XEN_DOMID_SELF || !xen.page)
            return XEN_ENOSYS;
        param->value = param->index == XEN_PARAM_CONSOLE_PFN ? xen.page : PORT;
    } else if (number == XEN_EVENT_CHANNEL_OP && first == XEN_EVTCHNOP_SEND) {
        xen.notified += *(uint32_t *)argument == PORT;
    } else if (number == XEN_SCHED_OP && first == XEN_SCHEDOP_YIELD) {
        xen.yielded++;
        reader_runs();
    } else if (number == XEN_SCHED_OP && first == XEN_SCHEDOP_SHUTDOWN) {
        xen.shut_down = *(uint32_t *)argument;
    } else if (number == XEN_SCHED_OP && first == XEN_SCHEDOP_WATCHDOG) {
        xen.watchdog = *(struct xen_watchdog *)argument;
        return 3;
    } else if (number == XEN_VM_ASSIST && first == XEN_VMASST_ENABLE && second == XEN_VMASST_RUNSTATE_UPDATE) {
        xen.marks = true;
    } else if (number == XEN_VCPU_OP && first == XEN_VCPUOP_RUNSTATE_AREA && second == VCPU) {
        xen.runstate = *(struct xen_runstate **)(uintptr_t)third;
    } else {
        return XEN_ENOSYS;
    }
    return 0;
}

#include "arch/x86/console/xen_console.c"
#include "arch/x86/hv/xen.c"
#include "tests/unit/tap.h"

static struct xen_console open_console(void)
{
    struct xen_console console = {0};
    struct xen_console_ring *ring = xen.ring;

    memset(&xen, 0, sizeof(xen));
    memset(ring, 0, sizeof(*ring));
    xen.ring = ring;
    xen.bit = true;
    xen.base = 0x40000100;
    xen.page = (uintptr_t)ring >> 12;
    xen.take_each = UINT32_MAX;
    xen.shut_down = -1;
    TAP_OK(xen_console_open(&console), __func__);
    TAP_OK(console.ring == ring && console.port == PORT, __func__);
    return console;
}

static void opens_only_on_xen(void)
{
    struct xen_console console = open_console();

    TAP_OK(!xen.vmmcall, __func__);
    xen.amd = true;
    TAP_OK(xen_console_open(&console) && xen.vmmcall, __func__);
    xen.page = 0; /* a guest without one: Xen refuses */
    TAP_OK(!xen_console_open(&console), __func__);
    xen.page = UINT64_C(1) << 20; /* not mapped */
    TAP_OK(!xen_console_open(&console), __func__);
    xen.page = (uintptr_t)xen.ring >> 12;
    xen.base = 0;
    TAP_OK(!xen_console_open(&console), __func__);
    xen.base = 0x40000000;
    TAP_OK(xen_console_open(&console), __func__);
    xen.bit = false;
    TAP_OK(!xen_console_open(&console), __func__);
}

/* Three rings of bytes, with indices that wrap on the way, come out as they went in. */
static void writes_all(void)
{
    static char text[3 * 2048];
    struct xen_console console = open_console();

    for (uint32_t i = 0; i < sizeof(text); i++)
        text[i] = (char)('a' + i % 23);
    xen.ring->out_cons = xen.ring->out_prod = UINT32_MAX - 1000;
    xen.take_each = 100;
    for (uint32_t i = 0; i < sizeof(text); i += 512)
        xen_console_write(&console, text + i, 512);
    TAP_OK(xen.notified > 0, __func__);
    xen_console_drain(&console);
    TAP_INT(xen.taken_bytes, sizeof(text), __func__);
    TAP_OK(memcmp(xen.taken, text, sizeof(text)) == 0, __func__);
    TAP_INT(console.dropped_bytes, 0, __func__);
}

/* A line is told to the reader although the ring has room: else it stays there until the next one. */
static void tells_the_reader(void)
{
    struct xen_console console = open_console();

    xen_console_write(&console, "line\n", 5);
    TAP_INT(xen.notified, 1, __func__);
    TAP_INT(xen.yielded, 0, __func__);
    TAP_INT(xen.ring->out_prod, 5, __func__);
}

/* A reader that is gone costs one limit, and is served again when it is back. */
static void gives_up_once(void)
{
    static char text[4096];
    struct xen_console console = open_console();
    uint32_t yielded;

    xen.take_each = 0;
    xen_console_write(&console, text, sizeof(text));
    TAP_OK(console.stuck, __func__);
    TAP_INT(console.dropped_bytes, 2048, __func__);
    TAP_OK(xen.now_tsc > UINT64_C(1) << 33 && xen.now_tsc < UINT64_C(1) << 34, __func__);
    yielded = xen.yielded;
    xen_console_write(&console, text, 100);
    xen_console_drain(&console);
    TAP_INT(xen.yielded, yielded, __func__);
    TAP_INT(console.dropped_bytes, 2148, __func__);
    xen.take_each = UINT32_MAX;
    reader_runs();
    xen_console_write(&console, "back\n", 5);
    TAP_OK(!console.stuck, __func__);
    TAP_INT(xen.ring->out_prod, 2048 + 5, __func__);
}

/* An index that makes no sense is a full ring, not a write outside it. */
static void survives_bad_index(void)
{
    struct xen_console console = open_console();

    xen.take_each = 0;
    xen.ring->out_cons = 5000;
    xen_console_write(&console, "line\n", 5);
    TAP_INT(xen.ring->out_prod, 0, __func__);
    TAP_INT(console.dropped_bytes, 5, __func__);
}

static void reads(void)
{
    struct xen_console console = open_console();
    uint8_t byte = 0;

    TAP_OK(!xen_console_read(&console, &byte), __func__);
    xen.ring->in_cons = UINT32_MAX;
    xen.ring->in_prod = 1;
    xen.ring->in[1023] = 'b';
    xen.ring->in[0] = 'c';
    TAP_OK(xen_console_read(&console, &byte) && byte == 'b', __func__);
    TAP_OK(xen_console_read(&console, &byte) && byte == 'c', __func__);
    TAP_OK(!xen_console_read(&console, &byte), __func__);
    TAP_INT(xen.ring->in_cons, 1, __func__);
    TAP_INT(xen.notified, 2, __func__);
}

static void shuts_down(void)
{
    open_console();
    xen_shutdown(XEN_SHUTDOWN_REBOOT);
    TAP_INT(xen.shut_down, 1, __func__);
    xen_shutdown(XEN_SHUTDOWN_POWEROFF);
    TAP_INT(xen.shut_down, 0, __func__);
}

static void watches(void)
{
    open_console();
    TAP_INT(xen_watchdog(0, 60), 3, __func__);
    TAP_OK(xen.watchdog.id == 0 && xen.watchdog.timeout_s == 60, __func__);
    xen_watchdog(3, 0);
    TAP_OK(xen.watchdog.id == 3 && xen.watchdog.timeout_s == 0, __func__);
}

/* The area's address goes by reference, with the number of the vCPU that asks. */
static void tells_its_times(void)
{
    struct xen_runstate area;

    open_console();
    TAP_OK(xen_runstate_area(xen.base, &area), __func__);
    TAP_OK(xen.runstate == &area && xen.marks, __func__);
    TAP_OK(xen.pages == 1 && xen.page_good, __func__);
    TAP_OK(xen_runstate_area(xen.base, &area) && xen.pages == 1, __func__);
}

int main(void)
{
    xen.ring = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    if (xen.ring == MAP_FAILED)
        return 1;
    opens_only_on_xen();
    writes_all();
    tells_the_reader();
    gives_up_once();
    survives_bad_index();
    reads();
    shuts_down();
    watches();
    tells_its_times();
    return tap_done();
}
