/* SPDX-License-Identifier: MIT */
#include "arch/x86/acpi/table.h"

#include "lib/cstring.h"

void acpi_problem_note(struct acpi_problems *problems, const char *table, enum acpi_effect effect,
                       enum acpi_reason reason, uint64_t address, uint32_t offset)
{
    struct acpi_problem *p = problems->list, *end = p + problems->count;

    while (p < end && (p->effect != effect || p->reason != reason || p->address != address))
        p++;
    if (p < end && effect != ACPI_TABLE_REFUSED) {
        p->count++;
        return;
    }
    if (problems->count == ACPI_PROBLEMS_MAX) {
        problems->lost++;
        return;
    }
    p = &problems->list[problems->count++];
    *p = (struct acpi_problem){.effect = effect, .reason = reason, .address = address, .offset = offset, .count = 1};
    for (size_t i = 0; i < ACPI_NAME_BYTES - 1 && table[i] != '\0'; i++)
        p->table[i] = table[i] >= 0x20 && table[i] <= 0x7E ? table[i] : '?';
}

void acpi_problem_add(struct acpi_problems *problems, const char *table, enum acpi_reason reason, uint64_t address)
{
    acpi_problem_note(problems, table, ACPI_TABLE_REFUSED, reason, address, 0);
}

const char *acpi_reason_name(enum acpi_reason reason)
{
    switch (reason) {
    case ACPI_REASON_NOT_MAPPED:
        return "not mapped";
    case ACPI_REASON_SIGNATURE:
        return "signature";
    case ACPI_REASON_LENGTH:
        return "length";
    case ACPI_REASON_CHECKSUM:
        return "checksum";
    case ACPI_REASON_ENTRY:
        return "entry";
    case ACPI_REASON_VALUE:
        return "value";
    case ACPI_REASON_DUPLICATE:
        return "duplicate";
    case ACPI_REASON_TOO_MANY:
        return "too many entries";
    }
    return "unknown";
}

bool acpi_checksum_ok(const uint8_t *bytes, uint64_t count)
{
    const uint64_t even = UINT64_C(0x00ff00ff00ff00ff), all = UINT64_C(0x0001000100010001);
    uint8_t sum = 0;

    for (; count >= sizeof(uint64_t); count -= sizeof(uint64_t), bytes += sizeof(uint64_t)) {
        uint64_t eight;

        __builtin_memcpy(&eight, bytes, sizeof(eight)); /* one load; memcpy() is a call here */
        /* Four sums of two bytes each, and those added up in the highest 16 bits. */
        sum = (uint8_t)(sum + (((eight & even) + (eight >> 8 & even)) * all >> 48));
    }
    for (uint64_t i = 0; i < count; i++)
        sum = (uint8_t)(sum + bytes[i]);
    return sum == 0;
}

/* The name under which a failure is reported: what was asked for, else what the table calls itself. */
static struct acpi_table refuse(struct acpi_problems *problems, const char *asked, const uint8_t *header,
                                enum acpi_reason reason, uint64_t address)
{
    char name[ACPI_NAME_BYTES] = "?";
    if (header != NULL) {
        memcpy(name, header, ACPI_NAME_BYTES - 1);
        name[ACPI_NAME_BYTES - 1] = '\0';
    }
    acpi_problem_add(problems, asked != NULL ? asked : name, reason, address);
    return (struct acpi_table){.bytes = NULL};
}

struct acpi_table acpi_table_open_any(const struct acpi_memory *memory, uint64_t address, const char *signature,
                                      struct acpi_problems *problems)
{
    const uint8_t *header = NULL, *bytes;
    uint32_t length;

    if (address != 0)
        header = memory->map(memory->ctx, address, ACPI_HEADER_BYTES);
    if (header == NULL)
        return refuse(problems, signature, NULL, ACPI_REASON_NOT_MAPPED, address);
    if (signature != NULL && memcmp(header, signature, ACPI_NAME_BYTES - 1) != 0)
        return refuse(problems, signature, header, ACPI_REASON_SIGNATURE, address);

    length = acpi_u32(header + 4);
    if (length < ACPI_HEADER_BYTES || length > ACPI_TABLE_MAX_BYTES)
        return refuse(problems, signature, header, ACPI_REASON_LENGTH, address);
    bytes = memory->map(memory->ctx, address, length);
    if (bytes == NULL)
        return refuse(problems, signature, header, ACPI_REASON_NOT_MAPPED, address);
    return (struct acpi_table){
        .bytes = bytes, .length_bytes = length, .address = address, .sum_is_bad = !acpi_checksum_ok(bytes, length)};
}

struct acpi_table acpi_table_open(const struct acpi_memory *memory, uint64_t address, const char *signature,
                                  struct acpi_problems *problems)
{
    struct acpi_table table = acpi_table_open_any(memory, address, signature, problems);

    if (table.sum_is_bad)
        return refuse(problems, signature, table.bytes, ACPI_REASON_CHECKSUM, address);
    return table;
}

uint16_t acpi_u16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] | bytes[1] << 8);
}

uint32_t acpi_u32(const uint8_t *bytes)
{
    return acpi_u16(bytes) | (uint32_t)acpi_u16(bytes + 2) << 16;
}

uint64_t acpi_u64(const uint8_t *bytes)
{
    return acpi_u32(bytes) | (uint64_t)acpi_u32(bytes + 4) << 32;
}
