/* SPDX-License-Identifier: MIT */
/* From the entry code to the lab: the only place that knows both. */
#include "boot/boot_info.h"
#include "boot/boot_stop.h"
#include "boot/lab_main.h"

#include "arch/x86/insn.h"
#include "arch/x86/paging_regs.h"
#include "lib/boot_info.h"

/* The entry code's page tables reach this far. */
#define MAPPED_END (4 * PAGE_1G_BYTES)

/* linker.ld */
extern const char __image_start[], __image_end[], __boot_stack_guard[];
extern const uint8_t __ap_trampoline_start[], __ap_trampoline_end[];

/* ap_entry.S */
extern const uint8_t ap_entry32[], ap_entry64[];

void boot_main(uint32_t magic, uint64_t information, uint64_t entry_tsc);

static const void *map_identity(void *context, uint64_t address, uint64_t bytes)
{
    (void)context;
    if (address == 0 || address >= MAPPED_END || bytes > MAPPED_END - address)
        return NULL;
    return (const void *)(uintptr_t)address;
}

/* SDM volume 2A, CPUID, leaf 80000008H; 36 bits where there is no such leaf (SDM volume 3A, section 4.1.4). */
static uint32_t physical_address_bits(void)
{
    uint32_t bits = cpuid(0x80000000, 0).eax >= 0x80000008 ? cpuid(0x80000008, 0).eax & 0xff : 36;

    return bits >= 32 && bits <= 52 ? bits : 52;
}

/*
 * Called by entry.S. magic: EAX at the entry; information: EBX; entry_tsc: TSC at the first instruction. Interrupts
 * off, no IDT, the first 4 GiB mapped to themselves. Never returns. The boot_info is written here and read-only from
 * then on; it is static because 12 KiB are too much for the stack.
 */
void boot_main(uint32_t magic, uint64_t information, uint64_t entry_tsc)
{
    static struct boot_info info;
    const struct boot_source source = {
        .magic = magic,
        .information = information,
        .image_start = (uintptr_t)__image_start,
        .image_end = (uintptr_t)__image_end,
        .physical_address_bits = physical_address_bits(),
        .map = map_identity,
    };
    enum boot_error error = boot_info_fill(&info, &source);

    if (error != BOOT_OK)
        boot_stop(boot_error_text(error));
    info.entry_tsc = entry_tsc;
    info.stack_guard = (uintptr_t)__boot_stack_guard;
    info.trampoline = (struct boot_trampoline){
        .code = __ap_trampoline_start,
        .code_bytes = (uint32_t)(__ap_trampoline_end - __ap_trampoline_start),
        .entry32_offset = (uint32_t)(ap_entry32 - __ap_trampoline_start),
        .entry64_offset = (uint32_t)(ap_entry64 - __ap_trampoline_start),
    };
    lab_main(&info);
    boot_stop("\nidlelab: lab_main returned\n");
}
