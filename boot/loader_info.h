/* SPDX-License-Identifier: MIT */
/* What the three readers of loader information share: bounded reads, strings, modules. Inside boot/ only. */
#ifndef LAB_BOOT_LOADER_INFO_H
#define LAB_BOOT_LOADER_INFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "boot/boot_info.h"
#include "boot/memory_map.h"

/* No loader's table is longer: a larger size is damage, and would only take time. */
enum { LOADER_TABLE_MAX_BYTES = 64 * 1024 };

/* One reading: its source and its destination. */
struct loader_reading {
    const struct boot_source *source;
    struct boot_info *info;
    struct memory_draft *draft;
};

/* Copies `bytes` from the loader's memory; false where it has none there. */
bool loader_read(const struct loader_reading *reading, uint64_t address, void *to, size_t bytes);

/*
 * Copies a string of the loader, at most limit_bytes long even if no NUL ends it, into to[0..to_bytes); always ends it
 * with NUL. Returns true when all of it fitted. Address 0 gives "".
 */
bool loader_string(const struct loader_reading *reading, uint64_t address, uint64_t limit_bytes, char *to,
                   size_t to_bytes);

/* Sets info->cmdline and cmdline_cut from a string, as loader_string(), and reserves the string's memory. */
void loader_cmdline(const struct loader_reading *reading, uint64_t address, uint64_t limit_bytes);

/*
 * Adds a module and reserves its memory. Its name is the last path part of the string's first word ("/boot/idlelab.lab
 * script" gives "idlelab.lab"). A module that is empty is left out; one that does not fit, or does not lie where memory
 * is, is counted as lost.
 */
void loader_module(const struct loader_reading *reading, uint64_t start, uint64_t bytes, uint64_t string,
                   uint64_t string_limit_bytes);

/* Sets info->framebuffer. color_info: position and size of red, green and blue, of an RGB framebuffer. */
struct loader_framebuffer {
    uint64_t address;
    uint32_t pitch_bytes, width, height;
    uint8_t bits_per_pixel;
    uint8_t type; /* 1 = RGB, 2 = text; numbers of multiboot 1 and 2 */
    uint8_t color_info[6];
};

void loader_set_framebuffer(const struct loader_reading *reading, const struct loader_framebuffer *from);

/* The three readers: multiboot1.c, multiboot2.c, pvh.c. */
enum boot_error multiboot1_read(const struct loader_reading *reading);
enum boot_error multiboot2_read(const struct loader_reading *reading);
enum boot_error pvh_read(const struct loader_reading *reading);

#endif /* LAB_BOOT_LOADER_INFO_H */
