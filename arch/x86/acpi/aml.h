/* SPDX-License-Identifier: MIT */
/*
 * Pieces of AML that can be read where they stand, without an interpreter: integers, packages, buffers.
 *
 * Pure. Each takes the bytes and their number, reads none beyond, and moves *at only where it returns true. Source:
 * ACPI specification 6.5, sections 20.2.3, 20.2.4 and 20.2.5.4.
 */
#ifndef LAB_ARCH_ACPI_AML_H
#define LAB_ARCH_ACPI_AML_H

#include <stdbool.h>
#include <stdint.h>

/* An integer constant; *at is behind it then. False: something else stands there, or it is cut. */
bool aml_integer(const uint8_t *aml, uint32_t bytes, uint32_t *at, uint64_t *value);

/* A package whose length keeps within the bytes: *at is at its first element then, *end behind its last. */
bool aml_package(const uint8_t *aml, uint32_t bytes, uint32_t *at, uint32_t *end, uint8_t *elements);

/* A buffer of a constant size: *data is its bytes, *size how many of them are there, *at behind it. */
bool aml_buffer(const uint8_t *aml, uint32_t bytes, uint32_t *at, const uint8_t **data, uint32_t *size);

#endif /* LAB_ARCH_ACPI_AML_H */
