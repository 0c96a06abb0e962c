/* SPDX-License-Identifier: MIT */
#include "arch/x86/acpi/cstates.h"

#include "arch/x86/acpi/aml.h"
#include "arch/x86/acpi/fadt.h"

enum {
    CST_ELEMENTS = 4,
    LPI_ELEMENTS = 10,
    LPI_INTEGERS = 6, /* in front of the register */

    /* Generic register descriptor: tag, length, space, width, offset, access size, address. */
    REGISTER_TAG = 0x82,
    REGISTER_LENGTH = 12,
    REGISTER_BYTES = 15,
    REGISTER_SPACE = 3,
    REGISTER_OFFSET = 5,
    REGISTER_ADDRESS = 7,

    LATENCY_MAX_US = 1000 * 1000, /* anything longer is no C-state's */
};

static bool read_register(const uint8_t *aml, uint32_t end, uint32_t *at, struct acpi_cstate *state)
{
    const uint8_t *data;
    uint32_t size;

    if (!aml_buffer(aml, end, at, &data, &size) || size < REGISTER_BYTES || data[0] != REGISTER_TAG ||
        acpi_u16(data + 1) != REGISTER_LENGTH)
        return false;
    state->space = data[REGISTER_SPACE];
    state->class = data[REGISTER_OFFSET];
    state->address = acpi_u64(data + REGISTER_ADDRESS);
    return state->space == ACPI_SPACE_FIXED || (state->space == ACPI_SPACE_IO && state->address <= UINT16_MAX);
}

/* Register, type, latency, power. */
static bool read_cst(const uint8_t *aml, uint32_t end, uint32_t at, struct acpi_cstate *state)
{
    uint64_t type, latency_us, power;

    if (!read_register(aml, end, &at, state) || !aml_integer(aml, end, &at, &type) ||
        !aml_integer(aml, end, &at, &latency_us) || !aml_integer(aml, end, &at, &power))
        return false;
    if (type < 1 || type > 3 || latency_us > LATENCY_MAX_US)
        return false;
    state->type = (uint8_t)type;
    state->latency_us = (uint32_t)latency_us;
    return true;
}

/* Least residency, worst latency, flags, lost context, frequency, parent's state, register; the rest is not read. */
static bool read_lpi(const uint8_t *aml, uint32_t end, uint32_t at, struct acpi_cstate *state)
{
    uint64_t value[LPI_INTEGERS];

    for (unsigned i = 0; i < LPI_INTEGERS; i++)
        if (!aml_integer(aml, end, &at, &value[i]))
            return false;
    if (!read_register(aml, end, &at, state) || value[0] > LATENCY_MAX_US || value[1] > LATENCY_MAX_US)
        return false;
    state->lpi = true;
    state->residency_us = (uint32_t)value[0];
    state->latency_us = (uint32_t)value[1];
    return true;
}

static bool is_like(const struct acpi_cstate *a, const struct acpi_cstate *b)
{
    return a->lpi == b->lpi && a->space == b->space && a->class == b->class && a->type == b->type &&
           a->address == b->address && a->latency_us == b->latency_us && a->residency_us == b->residency_us;
}

static void add(struct acpi_cstates *states, const struct acpi_cstate *state)
{
    struct acpi_cstate *same = states->list, *end = same + states->count;

    while (same < end && !is_like(same, state))
        same++;
    if (same == end && states->count == ACPI_CSTATES_MAX) {
        states->lost++;
        return;
    }
    if (same == end) {
        *same = *state;
        states->count++;
    }
    same->count++;
}

/* Each byte may begin a package, or be part of something else: an entry's form is too long to come by chance. */
void acpi_cstates_find(struct acpi_cstates *states, const uint8_t *aml, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes; i++) {
        struct acpi_cstate state = {0};
        uint32_t at = i, end = 0;
        uint8_t elements;

        if (!aml_package(aml, bytes, &at, &end, &elements))
            continue;
        if ((elements == CST_ELEMENTS && read_cst(aml, end, at, &state)) ||
            (elements == LPI_ELEMENTS && read_lpi(aml, end, at, &state)))
            add(states, &state);
    }
}
