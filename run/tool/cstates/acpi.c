/* SPDX-License-Identifier: MIT */
#include "run/tool/cstates/acpi.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/show/text_table.h"

/* Longer ones mean that there is no such state (ACPI specification, table 5.9). */
#define C2_MAX_US 100
#define C3_MAX_US 1000
#define US(ns)    ((double)(ns) / 1000.0)

static const struct cstates_state *measured_as(const struct cstates_acpi *acpi, const struct cstates_state *states,
                                               size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (acpi->known && cstates_same(&states[i].request, &acpi->request))
            return &states[i];
    return NULL;
}

static void set_row(struct table *table, const struct cstates_log *log, const struct cstates_acpi *acpi,
                    const struct cstates_state *state)
{
    const struct kernel_state *kernel = NULL;

    if (acpi->known && acpi->request.way == CSTATES_MWAIT && log->table)
        kernel = kernel_table_state(log->table, acpi->request.argument, false);
    if (state && state->table)
        kernel = state->table;
    if (acpi->known && acpi->request.way == CSTATES_HLT)
        table_set(table, 0, "  hlt");
    else
        table_set(table, 0, "  %s:0x%s", acpi->how, acpi->argument);
    table_set(table, 1, "_%s", acpi->lpi ? "LPI" : "CST");
    if (!acpi->lpi)
        table_set(table, 2, "C%" PRId64, acpi->type);
    table_set(table, 3, "%" PRId64, acpi->exit_us);
    if (acpi->lpi)
        table_set(table, 4, "%" PRId64, acpi->target_us);
    if (kernel)
        table_set(table, 5, "%s %u", kernel_state_name(kernel), (unsigned)kernel->exit_us);
    if (state && state->exit_ns > 0)
        table_set(table, 6, "%.2f", US(state->exit_ns));
    table_set(table, 7, "%" PRId64, acpi->n);
}

static void print_fadt(const struct cstates_log *log, FILE *out)
{
    if (!log->has_fadt)
        return;
    fprintf(out, "FADT, static: C2 %" PRIu32 " us%s, C3 %" PRIu32 " us%s\n", log->fadt_c2_us,
            log->fadt_c2_us > C2_MAX_US ? " (no C2)" : "", log->fadt_c3_us,
            log->fadt_c3_us > C3_MAX_US ? " (no C3)" : "");
}

void cstates_print_acpi(const struct cstates_log *log, const struct cstates_state *states, size_t count, FILE *out,
                        size_t width)
{
    static const struct table_column columns[] = {
        {"ACPI, static", false, 0},
        {"of", false, 3},
        {"type", false, 2},
        {"us", true, 0},
        {"residency, us", true, 1},
        {"kernel's, us", false, 0},
        {"measured p99, us", true, 0},
        {"times", true, 4},
    };
    struct table table;

    if (log->acpi_count == 0 && !log->has_fadt)
        return;
    fputc('\n', out);
    print_fadt(log, out);
    if (log->acpi_count == 0) {
        fputs("No C-state stands in DSDT or SSDTs as a constant.\n", out);
        return;
    }
    table_init(&table, columns, sizeof(columns) / sizeof(columns[0]));
    for (uint32_t i = 0; i < log->acpi_count; i++)
        if (table_add_row(&table))
            set_row(&table, log, &log->acpi[i], measured_as(&log->acpi[i], states, count));
    table_print(&table, out, width);
    fputs("  as they stand in DSDT and SSDTs: a method may leave them out, or fill in other latencies\n", out);
    table_free(&table);
}
