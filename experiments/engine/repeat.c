/* SPDX-License-Identifier: MIT */
#include "experiments/engine/repeat.h"

#include <stddef.h>

#include "arch/x86/machine.h"
#include "lib/crc.h"
#include "lib/cstring.h"

enum { PAGE_BYTES = 4096 };

static const char magic[8] = {'i', 'd', 'l', 'e', 'b', 'o', 'o', 't'};

static uint32_t crc_of(const struct repeat_note *note)
{
    return crc32_update(0, note, offsetof(struct repeat_note, crc));
}

/* A note of a series of as many boots that has not ended. */
static bool is_good(const struct repeat_note *note, uint32_t boots)
{
    return note && memcmp(note->magic, magic, sizeof(magic)) == 0 && note->crc == crc_of(note) &&
           note->boots == boots && note->boot >= 1 && note->boot < boots;
}

static void write_note(const struct repeat *repeat, const struct repeat_note *note)
{
    for (uint32_t i = 0; i < REPEAT_COPIES; i++) {
        if (!repeat->copies[i])
            continue;
        *repeat->copies[i] = *note;
        if (repeat->flush)
            repeat->flush(repeat->copies[i], sizeof(*note));
    }
}

/* One behind what firmware and loaders use of the lowest memory, one at the top. */
static void take_pages(struct repeat *repeat, struct machine *machine)
{
    uint64_t start = machine->mem.end - machine->ram_bytes;

    repeat->flush = flush_find();
    repeat->copies[0] = mem_take_at(&machine->mem, start + machine->ram_bytes / 8 - PAGE_BYTES, PAGE_BYTES, PAGE_BYTES);
    repeat->copies[1] = mem_take_end(&machine->mem, PAGE_BYTES, PAGE_BYTES);
}

void repeat_open(struct repeat *repeat, struct machine *machine, uint32_t boots, uint64_t run)
{
    struct repeat_note note = {.boots = boots};

    if (boots < 2)
        return;
    *repeat = (struct repeat){.boots = boots, .boot = 1, .series = run};
    take_pages(repeat, machine);
    for (uint32_t i = 0; i < REPEAT_COPIES; i++) {
        const struct repeat_note *before = repeat->copies[i];

        if (!is_good(before, boots) || before->boot < repeat->boot)
            continue;
        repeat->boot = before->boot + 1;
        repeat->series = before->series;
    }
    memcpy(note.magic, magic, sizeof(magic));
    note.boot = repeat->boot;
    note.series = repeat->series;
    note.crc = crc_of(&note);
    write_note(repeat, &note);
}

bool repeat_goes_on(struct repeat *repeat)
{
    const struct repeat_note none = {.boots = 0};

    if (repeat->boots == 0 || (!repeat->copies[0] && !repeat->copies[1]))
        return false;
    if (repeat->boot < repeat->boots)
        return true;
    write_note(repeat, &none);
    return false;
}
