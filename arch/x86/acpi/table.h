/* SPDX-License-Identifier: MIT */
/*
 * ACPI tables as untrusted bytes: reading them through a window, checking them, and saying why one was refused.
 *
 * Pure: the caller's map function decides what memory may be read. A table is used only after its length was limited
 * and its checksum was right; one that fails goes on the list of problems and counts as absent. A root table and the
 * MADT may be used with a wrong checksum (acpi.c), and are on the list then too.
 * Source: ACPI specification 6.5, sections 5.2.5 to 5.2.8.
 */
#ifndef LAB_ARCH_ACPI_TABLE_H
#define LAB_ARCH_ACPI_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    ACPI_PROBLEMS_MAX = 16,
    ACPI_HEADER_BYTES = 36,
    ACPI_TABLE_MAX_BYTES = 4 << 20, /* longer than any real table; a length above it is damage */
    ACPI_NAME_BYTES = 5,
    ACPI_OEM_BYTES = 7,
};

/* Access to tables. map returns NULL for a range that must not be read; what it returned stays readable. */
struct acpi_memory {
    const uint8_t *(*map)(void *ctx, uint64_t physical, uint64_t bytes);
    void *ctx;
};

enum acpi_reason {
    ACPI_REASON_NOT_MAPPED, /* its address or length leads outside readable memory */
    ACPI_REASON_SIGNATURE,  /* the bytes there are another table */
    ACPI_REASON_LENGTH,     /* shorter than its header or fixed part, or impossibly long */
    ACPI_REASON_CHECKSUM,
    ACPI_REASON_ENTRY,     /* an entry inside it is cut or has no length */
    ACPI_REASON_VALUE,     /* a field is outside what the specification allows */
    ACPI_REASON_DUPLICATE, /* a second table of a kind that must be single; the first one counts */
    ACPI_REASON_TOO_MANY,  /* more entries than there is room for; the first ones count */
};

/* What a problem costs. */
enum acpi_effect {
    ACPI_TABLE_REFUSED,
    ACPI_TABLE_USED, /* all the same: nothing better is there */
    ACPI_ENTRY_IGNORED,
    ACPI_TAIL_IGNORED, /* the entry at `offset` and all behind it */
};

/* Several of a kind in one table are one problem. */
struct acpi_problem {
    char table[ACPI_NAME_BYTES];
    enum acpi_effect effect;
    enum acpi_reason reason;
    uint64_t address;
    uint32_t offset; /* of the first entry; 0 where a whole table is meant */
    uint32_t count;
};

struct acpi_problems {
    uint32_t count;
    uint32_t lost; /* problems that did not fit */
    struct acpi_problem list[ACPI_PROBLEMS_MAX];
};

/* A table that has passed its checks. bytes is NULL for none. */
struct acpi_table {
    const uint8_t *bytes;
    uint32_t length_bytes;
    uint64_t address;
    bool sum_is_bad; /* only where the caller asked for such tables too */
};

/* A table that is refused. */
void acpi_problem_add(struct acpi_problems *problems, const char *table, enum acpi_reason reason, uint64_t address);

/* Any problem. */
void acpi_problem_note(struct acpi_problems *problems, const char *table, enum acpi_effect effect,
                       enum acpi_reason reason, uint64_t address, uint32_t offset);

/* "checksum" and the like, for records. */
const char *acpi_reason_name(enum acpi_reason reason);

/* True when the bytes add up to 0 modulo 256. */
bool acpi_checksum_ok(const uint8_t *bytes, uint64_t count);

/*
 * Maps and checks the table at an address. signature may be NULL: any. Where it fails, problems gets the reason under
 * the signature that was asked for, or was found, and the result has bytes = NULL.
 */
struct acpi_table acpi_table_open(const struct acpi_memory *memory, uint64_t address, const char *signature,
                                  struct acpi_problems *problems);

/* The same, but a table whose checksum is wrong is handed out, marked, and noted by nobody yet. */
struct acpi_table acpi_table_open_any(const struct acpi_memory *memory, uint64_t address, const char *signature,
                                      struct acpi_problems *problems);

/* Little-endian reads at any alignment. The caller has checked the bounds. */
uint16_t acpi_u16(const uint8_t *bytes);
uint32_t acpi_u32(const uint8_t *bytes);
uint64_t acpi_u64(const uint8_t *bytes);

#endif /* LAB_ARCH_ACPI_TABLE_H */
