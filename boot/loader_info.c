/* SPDX-License-Identifier: MIT */
#include "boot/loader_info.h"

#include "lib/cstring.h"

bool loader_read(const struct loader_reading *reading, uint64_t address, void *to, size_t bytes)
{
    const struct boot_source *source = reading->source;
    const void *from = source->map(source->context, address, bytes);

    if (from == NULL)
        return false;
    memcpy(to, from, bytes);
    return true;
}

bool loader_string(const struct loader_reading *reading, uint64_t address, uint64_t limit_bytes, char *to,
                   size_t to_bytes)
{
    size_t length = 0;
    char c = '\0';

    to[0] = '\0';
    if (address == 0)
        return true;
    while (length < limit_bytes && loader_read(reading, address + length, &c, 1) && c != '\0') {
        if (length + 1 >= to_bytes)
            return false;
        to[length++] = c;
        to[length] = '\0';
    }
    return true;
}

void loader_cmdline(const struct loader_reading *reading, uint64_t address, uint64_t limit_bytes)
{
    struct boot_info *info = reading->info;

    info->cmdline_cut = !loader_string(reading, address, limit_bytes, info->cmdline, sizeof(info->cmdline));
    if (address != 0)
        memory_draft_reserve(reading->draft, address, strlen(info->cmdline) + 1);
}

/* The last path part of the first word, in place. */
static void keep_base_name(char *name)
{
    size_t from = 0;
    size_t end = 0;

    for (; name[end] != '\0' && name[end] != ' '; end++)
        if (name[end] == '/')
            from = end + 1;
    memmove(name, name + from, end - from);
    name[end - from] = '\0';
}

void loader_module(const struct loader_reading *reading, uint64_t start, uint64_t bytes, uint64_t string,
                   uint64_t string_limit_bytes)
{
    const struct boot_source *source = reading->source;
    struct boot_info *info = reading->info;
    char path[BOOT_CMDLINE_BYTES];
    struct boot_module *module;

    if (bytes == 0)
        return;
    if (info->module_count >= BOOT_MODULES_MAX || source->map(source->context, start, bytes) == NULL) {
        info->lost_modules++;
        return;
    }
    module = &info->modules[info->module_count++];
    module->start = start;
    module->bytes = bytes;
    loader_string(reading, string, string_limit_bytes, path, sizeof(path));
    keep_base_name(path);
    memcpy(module->name, path, sizeof(module->name) - 1);
    module->name[sizeof(module->name) - 1] = '\0';
    memory_draft_reserve(reading->draft, start, bytes);
}

void loader_set_framebuffer(const struct loader_reading *reading, const struct loader_framebuffer *from)
{
    static const enum boot_framebuffer_type TYPES[] = {
        [0] = BOOT_FRAMEBUFFER_OTHER, /* indexed colours: the lab has no palette */
        [1] = BOOT_FRAMEBUFFER_RGB,
        [2] = BOOT_FRAMEBUFFER_TEXT,
    };
    struct boot_framebuffer *to = &reading->info->framebuffer;

    if (from->address == 0)
        return;
    to->type = from->type < sizeof(TYPES) / sizeof(TYPES[0]) ? TYPES[from->type] : BOOT_FRAMEBUFFER_OTHER;
    to->address = from->address;
    to->pitch_bytes = from->pitch_bytes;
    to->width = from->width;
    to->height = from->height;
    to->bits_per_pixel = from->bits_per_pixel;
    if (to->type != BOOT_FRAMEBUFFER_RGB)
        return;
    to->red_shift = from->color_info[0];
    to->red_bits = from->color_info[1];
    to->green_shift = from->color_info[2];
    to->green_bits = from->color_info[3];
    to->blue_shift = from->color_info[4];
    to->blue_bits = from->color_info[5];
}
