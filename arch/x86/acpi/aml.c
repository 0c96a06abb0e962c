/* SPDX-License-Identifier: MIT */
#include "arch/x86/acpi/aml.h"

enum {
    OP_ZERO = 0x00,
    OP_ONE = 0x01,
    OP_BYTE = 0x0A,
    OP_WORD = 0x0B,
    OP_DWORD = 0x0C,
    OP_QWORD = 0x0E,
    OP_BUFFER = 0x11,
    OP_PACKAGE = 0x12,
    OP_ONES = 0xFF,

    LENGTH_MORE_SHIFT = 6, /* of the first byte of a length: how many bytes follow it */
    LENGTH_ALONE = 0x3F,
    LENGTH_LOW = 0x0F, /* where some do */
    LENGTH_LOW_BITS = 4,
};

/* Bytes of data behind an opcode; -1: no integer. */
static int data_bytes(uint8_t op)
{
    switch (op) {
    case OP_ZERO:
    case OP_ONE:
    case OP_ONES:
        return 0;
    case OP_BYTE:
        return 1;
    case OP_WORD:
        return 2;
    case OP_DWORD:
        return 4;
    case OP_QWORD:
        return 8;
    default:
        return -1;
    }
}

bool aml_integer(const uint8_t *aml, uint32_t bytes, uint32_t *at, uint64_t *value)
{
    int count;

    if (*at >= bytes)
        return false;
    count = data_bytes(aml[*at]);
    if (count < 0 || (uint32_t)count >= bytes - *at)
        return false;
    *value = aml[*at] == OP_ONES ? UINT64_MAX : aml[*at];
    if (count)
        *value = 0;
    for (int i = count; i > 0; i--)
        *value = *value << 8 | aml[*at + (uint32_t)i];
    *at += 1 + (uint32_t)count;
    return true;
}

/* The length counts from its own first byte. */
static bool read_length(const uint8_t *aml, uint32_t bytes, uint32_t *at, uint32_t *end)
{
    uint32_t more, length;

    if (*at >= bytes)
        return false;
    more = aml[*at] >> LENGTH_MORE_SHIFT;
    length = aml[*at] & (more ? LENGTH_LOW : LENGTH_ALONE);
    if (more >= bytes - *at)
        return false;
    for (uint32_t i = 0; i < more; i++)
        length |= (uint32_t)aml[*at + 1 + i] << (LENGTH_LOW_BITS + 8 * i);
    if (length <= more || length > bytes - *at)
        return false;
    *end = *at + length;
    *at += 1 + more;
    return true;
}

bool aml_package(const uint8_t *aml, uint32_t bytes, uint32_t *at, uint32_t *end, uint8_t *elements)
{
    uint32_t here = *at;

    if (here >= bytes || aml[here++] != OP_PACKAGE || !read_length(aml, bytes, &here, end) || here >= *end)
        return false;
    *elements = aml[here];
    *at = here + 1;
    return true;
}

bool aml_buffer(const uint8_t *aml, uint32_t bytes, uint32_t *at, const uint8_t **data, uint32_t *size)
{
    uint32_t here = *at, end = 0;
    uint64_t wanted;

    if (here >= bytes || aml[here++] != OP_BUFFER || !read_length(aml, bytes, &here, &end) ||
        !aml_integer(aml, end, &here, &wanted))
        return false;
    *data = aml + here;
    *size = wanted < end - here ? (uint32_t)wanted : end - here;
    *at = end;
    return true;
}
