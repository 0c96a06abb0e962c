/* SPDX-License-Identifier: MIT */
#include "experiments/engine/keep.h"

#include "arch/x86/cpu/flush.h"
#include "arch/x86/cpu/mem.h"
#include "arch/x86/machine.h"

/* Below this the memory is wanted for the steps. */
static const uint64_t ram_bytes_min = UINT64_C(28) << 20;

static void take_line(void *context, const char *text, size_t bytes)
{
    kept_add(context, text, bytes);
}

static void add_copy(struct kept *kept, void *memory)
{
    if (memory != NULL)
        kept->copies[kept->copy_count++] = memory;
}

/*
 * Firmware and loaders work at the ends of memory: the lowest megabytes, and from the top down. So two copies lie an
 * eighth and a quarter into it, where a machine of 256 MiB has them above 32 MiB; steps get what is behind them. The
 * third is at the top, in case something large was loaded low.
 */
void keep_open(struct kept *kept, struct machine *machine, uint64_t run, bool goes_on, struct record_stream *stream)
{
    struct mem *mem = &machine->mem;
    uint64_t start = mem->end - machine->ram_bytes, bytes = machine->ram_bytes / 32;

    if (bytes > (uint64_t)KEPT_BLOCKS_MAX * KEPT_BLOCK_BYTES)
        bytes = (uint64_t)KEPT_BLOCKS_MAX * KEPT_BLOCK_BYTES;
    kept->block_count = (uint32_t)(bytes / KEPT_BLOCK_BYTES);
    bytes = (uint64_t)kept->block_count * KEPT_BLOCK_BYTES;
    kept->store = flush_find();
    if (machine->ram_bytes >= ram_bytes_min && kept->store != NULL) {
        add_copy(kept, mem_take_at(mem, start + machine->ram_bytes / 8, bytes, KEPT_BLOCK_BYTES));
        add_copy(kept, mem_take_at(mem, start + machine->ram_bytes / 4, bytes, KEPT_BLOCK_BYTES));
        add_copy(kept, mem_take_end(mem, bytes, KEPT_BLOCK_BYTES));
    }
    if (kept->copy_count == 0)
        return;
    kept_begin(kept, run, goes_on);
    record_add_sink(stream, (struct record_sink){take_line, kept});
}
