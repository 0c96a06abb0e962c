/* SPDX-License-Identifier: MIT */
/*
 * Xen's hypercalls, for guests with hardware virtualisation (HVM, PVH).
 *
 * Made by the processor's own instruction, VMCALL or VMMCALL, as the hypercall page would: that is text, and ours is
 * read-only. Source: Xen's public headers (xen_regs.h).
 */
#ifndef LAB_ARCH_HV_XEN_CALL_H
#define LAB_ARCH_HV_XEN_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/x86/hv/xen_regs.h"
#include "arch/x86/irq/fault.h"

/*
 * Up to three arguments, the last of which is most often the address of a structure; the result, negative for an error
 * of Xen's. XEN_ENOSYS too where the instruction faults. Xen may change the registers of arguments. Any CPU.
 */
static inline int64_t xen_call(bool is_vmmcall, uint64_t number, uint64_t first, uint64_t second, uint64_t third)
{
    register uint64_t code __asm__("r11") = 0;
    int64_t result;

    if (is_vmmcall)
        __asm__ volatile("1: vmmcall\n" FAULT_RESUME
                         : "=a"(result), "+r"(code), "+D"(first), "+S"(second), "+d"(third)
                         : "a"(number)
                         : "memory", "r8", "r9", "r10");
    else
        __asm__ volatile("1: vmcall\n" FAULT_RESUME
                         : "=a"(result), "+r"(code), "+D"(first), "+S"(second), "+d"(third)
                         : "a"(number)
                         : "memory", "r8", "r9", "r10");
    return fault_from_code(code).valid ? XEN_ENOSYS : result;
}

#endif /* LAB_ARCH_HV_XEN_CALL_H */
