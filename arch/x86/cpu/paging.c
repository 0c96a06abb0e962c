/* SPDX-License-Identifier: MIT */
#include "arch/x86/cpu/paging.h"

#include "arch/x86/cpu/msr.h"
#include "arch/x86/cpu/page_tables.h"
#include "arch/x86/cr_regs.h"
#include "arch/x86/insn_privileged.h"

/* linker.ld; the segments begin and end on pages. */
extern const char __rodata_start[], __rodata_end[];
extern const char __text_start[], __text_end[];
/* Both 0 in the lab inside Linux, which maps nothing. */
extern const char __image_start[] __attribute__((weak)), __image_end[] __attribute__((weak));

#define LOW_END (4 * PAGE_1G_BYTES)

#define FLAGS_CODE          PTE_PRESENT
#define FLAGS_CONSTANT      (PTE_PRESENT | PTE_NX)
#define FLAGS_DATA          (PTE_PRESENT | PTE_WRITE | PTE_NX)
#define FLAGS_CODE_AND_DATA (PTE_PRESENT | PTE_WRITE)
#define FLAGS_DRAWN         (FLAGS_DATA | PTE_PWT) /* entry 1 of the PAT */
#define FLAGS_MMIO          (FLAGS_DATA | PTE_PCD | PTE_PWT)

/* SDM volume 2A, CPUID, leaf 80000001H: 1-GByte pages are available. */
#define CPUID_80000001_EDX_PAGE_1G (1u << 26)

#define CPUID_1_EDX_PAT (1u << 16)

#define CPUID_ADDRESS_SIZES 0x80000008u

/* Tables kept for device registers and guard pages, which come later than RAM above 4 GiB. */
enum { POOL_KEPT = 48 };

static struct page_tables *current(void)
{
    return (struct page_tables *)(uintptr_t)(read_cr3() & PTE_ADDRESS_MASK);
}

/* No entry is global and there is no PCID, so this empties the TLB (SDM volume 3A, 4.10.4.1). */
static void flush(void)
{
    write_cr3(read_cr3());
}

/* Where the processor has no NX, bit 63 of an entry is reserved: every page may be executed then. */
static bool map(struct page_tables *tables, uint64_t address, uint64_t bytes, uint64_t flags, enum page_size largest)
{
    if (!(rdmsr(MSR_IA32_EFER) & EFER_NXE))
        flags &= ~PTE_NX;
    return page_tables_map(tables, address, bytes, flags, largest);
}

static bool map_segment(struct page_tables *tables, const char *start, const char *end, uint64_t flags)
{
    return map(tables, (uintptr_t)start, (uintptr_t)end - (uintptr_t)start, flags, PAGE_SIZE_4K);
}

/*
 * Maps whole 2 MiB pages inside [start, end), in steps of 1 GiB, so that the pool is checked between them. Returns the
 * first address not mapped.
 */
static uint64_t map_high_region(struct page_tables *tables, uint64_t start, uint64_t end, enum page_size largest)
{
    start = (start + PAGE_2M_BYTES - 1) & ~(PAGE_2M_BYTES - 1);
    end &= ~(PAGE_2M_BYTES - 1);
    while (start < end) {
        uint64_t next = (start & ~(PAGE_1G_BYTES - 1)) + PAGE_1G_BYTES;

        if (next > end)
            next = end;
        if (PAGE_TABLES_POOL - tables->used_count <= POOL_KEPT ||
            !map(tables, start, next - start, FLAGS_DATA, largest))
            return start;
        start = next;
    }
    return start;
}

/* The map is sorted. Stops at the first region that does not fit whole. */
static uint64_t map_high_ram(struct page_tables *tables, const struct boot_info *info)
{
    bool page_1g =
        cpuid(0x80000000, 0).eax >= 0x80000001 && (cpuid(0x80000001, 0).edx & CPUID_80000001_EDX_PAGE_1G) != 0;
    uint64_t mapped_end = LOW_END;

    for (uint32_t i = 0; i < info->memory_count; i++) {
        const struct boot_memory *m = &info->memory[i];
        uint64_t start = m->start < LOW_END ? LOW_END : m->start;
        uint64_t end = m->start + m->bytes;

        if (m->type != BOOT_MEMORY_USABLE || end < start + PAGE_2M_BYTES)
            continue;
        mapped_end = map_high_region(tables, start, end, page_1g ? PAGE_SIZE_1G : PAGE_SIZE_2M);
        if (mapped_end < (end & ~(PAGE_2M_BYTES - 1)))
            break;
    }
    return mapped_end;
}

uint64_t paging_init(const struct boot_info *info)
{
    static struct page_tables tables;
    uint64_t mapped_end;

    /* The pool is made for this much, so none of these can fail. */
    map(&tables, 0, LOW_END, FLAGS_DATA, PAGE_SIZE_2M);
    map(&tables, 0, PAGE_BYTES, FLAGS_CONSTANT, PAGE_SIZE_4K);
    map_segment(&tables, __rodata_start, __rodata_end, FLAGS_CONSTANT);
    map_segment(&tables, __text_start, __text_end, FLAGS_CODE);
    map(&tables, info->stack_guard, PAGE_BYTES, 0, PAGE_SIZE_4K);
    mapped_end = map_high_ram(&tables, info);
    write_cr3((uintptr_t)&tables);
    return mapped_end;
}

/*
 * An entry with an address beyond the processor's width has reserved bits set: its use is a page fault. SDM volume 3A,
 * section 4.1.4: 36 bits where no leaf says how many.
 */
static bool reaches(uint64_t address, uint64_t bytes)
{
    uint32_t width = cpuid(0x80000000, 0).eax >= CPUID_ADDRESS_SIZES ? cpuid(CPUID_ADDRESS_SIZES, 0).eax & 0xFF : 0;
    uint64_t last = address + bytes - 1;

    if (width < 32 || width > 52)
        width = 36;
    return bytes != 0 && last >= address && last >> width == 0;
}

/* True where device registers or pixels may be: not in the image, whose pages would be mapped otherwise then. */
static bool may_map(uint64_t address, uint64_t bytes)
{
    uint64_t first = address & ~(PAGE_BYTES - 1);

    return reaches(address, bytes) && (first >= (uintptr_t)__image_end || address + bytes <= (uintptr_t)__image_start);
}

void *paging_map_mmio(uint64_t address, uint64_t bytes)
{
    if (!may_map(address, bytes) || !map(current(), address, bytes, FLAGS_MMIO, PAGE_SIZE_2M))
        return NULL;
    flush();
    return (void *)(uintptr_t)address;
}

/* Entry 1 of the PAT, which no page uses yet, becomes write-combining: nothing is cached under its old type. */
static bool combine_writes(void)
{
    uint64_t pat = 0, wanted;

    if ((cpuid(1, 0).edx & CPUID_1_EDX_PAT) == 0 || !msr_read(MSR_IA32_PAT, &pat))
        return false;
    wanted = (pat & ~(PAT_ENTRY_MASK << PAT_ENTRY1_SHIFT)) | PAT_WC << PAT_ENTRY1_SHIFT;
    return wanted == pat || msr_write(MSR_IA32_PAT, wanted);
}

void *paging_map_drawn(uint64_t address, uint64_t bytes)
{
    if (!may_map(address, bytes) ||
        !map(current(), address, bytes, combine_writes() ? FLAGS_DRAWN : FLAGS_MMIO, PAGE_SIZE_2M))
        return NULL;
    flush();
    return (void *)(uintptr_t)address;
}

const void *paging_map_table(uint64_t address, uint64_t bytes)
{
    struct page_tables *tables = current();
    uint64_t end = address + bytes;

    if (!reaches(address, bytes))
        return NULL;
    for (uint64_t page = address & ~(PAGE_BYTES - 1); page < end; page += PAGE_BYTES)
        if (page_tables_lookup(tables, page, NULL) == 0 &&
            (page < LOW_END || !map(tables, page, PAGE_BYTES, FLAGS_CONSTANT, PAGE_SIZE_4K)))
            return NULL;
    return (const void *)(uintptr_t)address;
}

bool paging_make_executable(uint64_t address, bool executable)
{
    bool done = map(current(), address, PAGE_BYTES, executable ? FLAGS_CODE_AND_DATA : FLAGS_DATA, PAGE_SIZE_4K);

    flush();
    return done;
}

bool paging_unmap_page(uint64_t address)
{
    bool done = map(current(), address, PAGE_BYTES, 0, PAGE_SIZE_4K);

    flush();
    return done;
}

bool paging_split(uint64_t address, uint64_t bytes)
{
    bool done = map(current(), address, bytes, FLAGS_DATA, PAGE_SIZE_4K);

    flush();
    return done;
}

void paging_seal_page0(void)
{
    paging_unmap_page(0);
}
