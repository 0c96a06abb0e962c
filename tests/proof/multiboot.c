/* SPDX-License-Identifier: MIT */
#include "boot/boot_info.h"
#include "boot/loader_info.h"
#include "boot/multiboot1.h"
#include "boot/multiboot2.h"

#include "tests/proof/proof.h"

#define START UINT64_C(0x1000)

/* The bounds: tables of these lengths, or longer than any may be. */
enum { INFORMATION_BYTES = 48, MAP_BYTES = 72, MODULES = 2 };

static struct boot_info info;
static struct memory_draft draft;
static struct boot_source source;
static const struct loader_reading reading = {&source, &info, &draft};

/*
 * What the walkers call, as its headers promise it (tests/proof/loader.c proves that). Memory gives other bytes at
 * each look, or none: what holds with it holds for all contents.
 */
static const struct multiboot1_info *mbi; /* of multiboot 1 */
static uint64_t total_bytes;              /* of multiboot 2, once known */
static uint32_t adds;

static bool inside(uint64_t address, uint64_t bytes, uint64_t part, uint64_t part_bytes)
{
    return address >= part && bytes <= part_bytes && address - part <= part_bytes - bytes;
}

/* Where the loader said that something is. */
static bool may_read(uint64_t address, uint64_t bytes)
{
    if (!mbi)
        return inside(address, bytes, START, total_bytes);
    return inside(address, bytes, START, sizeof(*mbi)) || inside(address, bytes, mbi->mmap_addr, mbi->mmap_length) ||
           inside(address, bytes, mbi->mods_addr, mbi->mods_count * sizeof(struct multiboot1_module));
}

bool loader_read(const struct loader_reading *from, uint64_t address, void *to, size_t bytes)
{
    assert(from == &reading);
    if (nondet_bool())
        return false;
    __CPROVER_havoc_slice(to, bytes);
    if (bytes == MULTIBOOT1_INFO_OLD_BYTES || bytes == sizeof(*mbi)) {
        assert(address == START);
        mbi = to;
        ASSUME(mbi->mmap_length <= MAP_BYTES || mbi->mmap_length > LOADER_TABLE_MAX_BYTES);
        ASSUME(mbi->mods_count <= MODULES ||
               mbi->mods_count > LOADER_TABLE_MAX_BYTES / sizeof(struct multiboot1_module));
    } else if (!mbi && address == START) {
        total_bytes = *(uint32_t *)to;
    } else {
        assert(may_read(address, bytes));
    }
    return true;
}

bool loader_string(const struct loader_reading *from, uint64_t address, uint64_t limit_bytes, char *to, size_t to_bytes)
{
    assert(from == &reading && to == info.loader && to_bytes == sizeof(info.loader));
    assert(mbi || may_read(address, limit_bytes));
    return nondet_bool();
}

void loader_cmdline(const struct loader_reading *from, uint64_t address, uint64_t limit_bytes)
{
    assert(from == &reading);
    assert(mbi || may_read(address, limit_bytes));
}

void loader_module(const struct loader_reading *from, uint64_t start, uint64_t bytes, uint64_t string,
                   uint64_t string_limit_bytes)
{
    assert(from == &reading && start + bytes >= start);
    assert(mbi ? string_limit_bytes == BOOT_CMDLINE_BYTES : may_read(string, string_limit_bytes));
}

void loader_set_framebuffer(const struct loader_reading *from, const struct loader_framebuffer *framebuffer)
{
    assert(from == &reading && __CPROVER_r_ok(framebuffer, sizeof(*framebuffer)));
}

void memory_draft_add(struct memory_draft *to, uint64_t start, uint64_t bytes, uint32_t type)
{
    (void)start;
    (void)bytes;
    (void)type;
    assert(to == &draft);
    adds++;
}

void memory_draft_reserve(struct memory_draft *to, uint64_t start, uint64_t bytes)
{
    (void)start;
    (void)bytes;
    assert(to == &draft);
}

static const void *map(void *context, uint64_t address, uint64_t bytes)
{
    (void)context;
    assert(address == START && bytes == total_bytes);
    ASSUME(bytes <= INFORMATION_BYTES);
    return nondet_bool() ? NULL : &info;
}

/* Any information of multiboot 2. */
void prove_walk2(void)
{
    source = (struct boot_source){.information = START, .map = map};
    if (multiboot2_read(&reading) == BOOT_OK)
        assert(total_bytes >= sizeof(struct multiboot2_info) && adds <= 2);
}

/* Any information of multiboot 1, with a map and modules of any bytes. */
void prove_walk1(void)
{
    source = (struct boot_source){.information = START, .map = map};
    if (multiboot1_read(&reading) == BOOT_OK)
        assert(mbi && adds <= 3);
}
