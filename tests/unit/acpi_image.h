/* SPDX-License-Identifier: MIT */
/* A machine's memory made from a recording, which a test may break before ACPI is read from it. */
#ifndef LAB_TESTS_UNIT_ACPI_IMAGE_H
#define LAB_TESTS_UNIT_ACPI_IMAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/golden/acpi/recorded.h"

enum {
    IMAGE_REGIONS_MAX = 20,
    MAPPED_MAX = 512,
    BIOS_START = 0xE0000,
    BIOS_END = 0x100000,
};

/* A machine's memory that a test may break. */
struct image {
    uint32_t count;
    uint64_t address[IMAGE_REGIONS_MAX];
    uint32_t bytes[IMAGE_REGIONS_MAX];
    uint8_t *data[IMAGE_REGIONS_MAX];
    uint32_t mapped_count;
    void *mapped[MAPPED_MAX];
};

static inline uint8_t *image_add(struct image *image, uint64_t address, uint32_t bytes)
{
    uint32_t i = image->count++;
    image->address[i] = address;
    image->bytes[i] = bytes;
    image->data[i] = calloc(1, bytes);
    return image->data[i];
}

static inline void image_load(struct image *image, const struct recorded_memory *memory)
{
    memset(image, 0, sizeof(*image));
    for (uint32_t i = 0; i < memory->count; i++) {
        const struct recorded_region *region = &memory->regions[i];
        uint8_t *data = image_add(image, region->address, region->bytes);
        for (uint32_t j = 0; j < region->bytes; j++) {
            unsigned value;
            sscanf(region->hex + 2 * (size_t)j, "%2x", &value);
            data[j] = (uint8_t)value;
        }
    }
}

static inline void image_free(struct image *image)
{
    for (uint32_t i = 0; i < image->count; i++)
        free(image->data[i]);
    for (uint32_t i = 0; i < image->mapped_count; i++)
        free(image->mapped[i]);
}

/* A block of its own with what the regions hold of the range; NULL where no region begins to cover it. */
static inline const uint8_t *image_map(void *ctx, uint64_t physical, uint64_t bytes)
{
    struct image *image = ctx;
    bool known = physical + bytes <= 0x1000 || (physical >= BIOS_START && physical + bytes <= BIOS_END);
    uint8_t *block;

    for (uint32_t i = 0; i < image->count; i++)
        known |= physical >= image->address[i] && physical + bytes <= image->address[i] + image->bytes[i];
    if (!known || bytes == 0 || image->mapped_count == MAPPED_MAX)
        return NULL;
    block = calloc(1, bytes);
    image->mapped[image->mapped_count++] = block;
    for (uint32_t i = 0; i < image->count; i++) {
        for (uint32_t j = 0; j < image->bytes[i]; j++) {
            uint64_t at = image->address[i] + j;
            if (at >= physical && at < physical + bytes)
                block[at - physical] = image->data[i][j];
        }
    }
    return block;
}

/* The first table with a signature. */
static inline uint8_t *image_table(struct image *image, const char *signature)
{
    for (uint32_t i = 0; i < image->count; i++)
        if (memcmp(image->data[i], signature, strlen(signature)) == 0)
            return image->data[i];
    return NULL;
}

static inline void fix_checksum(uint8_t *table, uint32_t bytes)
{
    uint8_t sum = 0;
    table[9] = 0;
    for (uint32_t i = 0; i < bytes; i++)
        sum = (uint8_t)(sum + table[i]);
    table[9] = (uint8_t)-sum;
}

#endif
