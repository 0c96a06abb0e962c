/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/acpi/cstates.c arch/x86/acpi/aml.c arch/x86/acpi/table.c
/*
 * C-states in AML that iasl has compiled (tests/golden/acpi/cst.asl), and in the same bytes cut anywhere and changed
 * anywhere.
 */
#include <stdlib.h>
#include <string.h>

#include "arch/x86/acpi/cstates.h"
#include "arch/x86/acpi/fadt.h"
#include "tests/unit/tap.h"

enum { HEADER = 36, TABLE_MAX = 4096, STATES = 8 };

static uint8_t table[TABLE_MAX];
static uint32_t table_bytes;
static struct acpi_cstates found;

static bool load(void)
{
    FILE *file = fopen("tests/golden/acpi/cst.aml", "rb");

    table_bytes = file ? (uint32_t)fread(table, 1, sizeof(table), file) : 0;
    if (file)
        fclose(file);
    return table_bytes > HEADER;
}

static const struct acpi_cstate *state_of(bool lpi, uint8_t space, uint64_t address, uint8_t type)
{
    for (uint32_t i = 0; i < found.count; i++) {
        const struct acpi_cstate *state = &found.list[i];

        if (state->lpi == lpi && state->space == space && state->address == address && state->type == type)
            return state;
    }
    return NULL;
}

/* A block of just that size, so that the sanitizer sees every read beyond it. */
static void find_in(const uint8_t *bytes, uint32_t count)
{
    uint8_t *copy = malloc(count ? count : 1);

    memcpy(copy, bytes, count);
    memset(&found, 0, sizeof(found));
    acpi_cstates_find(&found, copy, count);
    free(copy);
}

static void check_compiled(void)
{
    const struct acpi_cstate *state;

    find_in(table + HEADER, table_bytes - HEADER);
    TAP_INT(found.count, STATES, "all entries, and nothing that looks like one");
    state = state_of(false, ACPI_SPACE_FIXED, 0, 1);
    TAP_OK(state && state->class == 0 && state->latency_us == 1, "C1 by HLT");
    state = state_of(false, ACPI_SPACE_FIXED, 0x10, 2);
    TAP_OK(state && state->class == 2 && state->latency_us == 0x40 && state->count == 1, "C2 by a hint");
    state = state_of(false, ACPI_SPACE_IO, 0x415, 3);
    TAP_OK(state && state->latency_us == 800, "C3 by a port, its latency a word");
    state = state_of(false, ACPI_SPACE_FIXED, 0x20, 2);
    TAP_OK(state && state->latency_us == 0, "a package that a method completes: as it stands");
    state = state_of(false, ACPI_SPACE_FIXED, 0x60, 3);
    TAP_OK(state && state->latency_us == 0x12345, "inside a method, its latency a double word");
    state = state_of(true, ACPI_SPACE_FIXED, 0x21, 0);
    TAP_OK(state && state->latency_us == 133 && state->residency_us == 600, "of _LPI");
    acpi_cstates_find(&found, table + HEADER, table_bytes - HEADER);
    TAP_OK(found.count == STATES && found.list[STATES - 1].count == 2, "the same again is counted");
}

static void check_damaged(void)
{
    uint32_t most = 0, fewer = 0;
    uint8_t *copy = malloc(table_bytes);

    for (uint32_t n = 0; n < table_bytes - HEADER; n++) {
        find_in(table + HEADER, n);
        most = found.count > most ? found.count : most;
    }
    TAP_OK(most <= STATES, "cut anywhere: nothing is made up");
    for (uint32_t i = HEADER; i < table_bytes; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            memcpy(copy, table, table_bytes);
            copy[i] ^= (uint8_t)(1 << bit);
            find_in(copy + HEADER, table_bytes - HEADER);
            fewer += found.count < STATES;
        }
    }
    TAP_OK(fewer > 100, "changed anywhere: an entry that is damaged is left out");
    free(copy);
    memset(&found, 0, sizeof(found));
    for (uint32_t i = 0; i < 2 * ACPI_CSTATES_MAX; i++) {
        uint8_t entry[] = {0x12, 0x1d, 4, 0x11, 0x14, 0x0a, 0x11, 0x82, 12, 0,    0x7f, 1,    2,          0x20, 1,
                           0,    0,    0, 0,    0,    0,    0,    0x79, 0,  0x0a, 2,    0x0a, (uint8_t)i, 0x0a, 1};

        acpi_cstates_find(&found, entry, sizeof(entry));
    }
    TAP_OK(found.count == ACPI_CSTATES_MAX && found.lost == ACPI_CSTATES_MAX, "what does not fit is counted");
}

/* Entries that are right but for one byte: another descriptor, another space, a port beyond all ports, type 4. */
static void check_alike(void)
{
    static const uint8_t right[] = {0x12, 0x1d, 4, 0x11, 0x14, 0x0a, 0x11, 0x82, 12, 0,    0x7f, 1,    2, 0x20, 1,
                                    0,    0,    0, 0,    0,    0,    0,    0x79, 0,  0x0a, 2,    0x0a, 9, 0x0a, 1};
    static const struct {
        uint8_t at, value;
        uint32_t count;
        const char *title;
    } changes[] = {
        {0, 0x12, 1, "an entry"},
        {7, 0x83, 0, "another descriptor"},
        {8, 13, 0, "a descriptor of another length"},
        {10, 2, 0, "a register in another space"},
        {10, 1, 1, "a port"},
        {6, 14, 0, "a descriptor without its last byte"},
        {25, 0, 0, "no C0 in _CST"},
        {2, 5, 0, "one element more"},
        {25, 4, 0, "no C4 in _CST"},
        {2, 3, 0, "another number of elements"},
        {1, 0x1c, 0, "a package that ends in its last element"},
    };

    for (unsigned i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        uint8_t entry[sizeof(right)];

        memcpy(entry, right, sizeof(right));
        entry[changes[i].at] = changes[i].value;
        find_in(entry, sizeof(entry));
        TAP_INT(found.count, changes[i].count, changes[i].title);
    }
}

/* Two that differ in their address alone are two; one whose buffer is shorter than it says is none. */
static void check_pair(void)
{
    static const uint8_t cut[] = {0x12, 0x0a, 4, 0x11, 0x07, 0x0a, 0x11, 0x82, 12, 0, 0x7f};
    uint8_t entry[] = {0x12, 0x1d, 4, 0x11, 0x14, 0x0a, 0x11, 0x82, 12, 0,    0x7f, 1,    2, 0x20, 1,
                       0,    0,    0, 0,    0,    0,    0,    0x79, 0,  0x0a, 2,    0x0a, 9, 0x0a, 1};

    find_in(entry, sizeof(entry));
    entry[14]++;
    acpi_cstates_find(&found, entry, sizeof(entry));
    TAP_OK(found.count == 2 && found.list[0].count == 1, "two addresses are two states");
    entry[10] = 1;
    entry[16] = 1;
    find_in(entry, sizeof(entry));
    TAP_INT(found.count, 0, "a port beyond all ports");
    find_in(cut, sizeof(cut));
    TAP_INT(found.count, 0, "a buffer that is shorter than it says");
}

int main(void)
{
    if (!TAP_OK(load(), "the table"))
        return tap_done();
    check_compiled();
    check_damaged();
    check_alike();
    check_pair();
    return tap_done();
}
