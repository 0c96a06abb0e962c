/* SPDX-License-Identifier: MIT */
/*
 * The kernel's tables: lookups against a spot list that was typed on its own from the driver's text, rules that hold
 * for all of them, and the verdict on a figure.
 */
#include "lib/governor/idle_table.h"
#include "lib/kernel_table.h"
#include "lib/table_verdict.h"
#include "tests/unit/tap.h"

struct spot {
    uint32_t model, sockets, limit;
    const char *table;
    uint32_t hint, exit_us, target_us;
};

static const struct spot spots[] = {
    {0x1e, 1, 255, "nehalem", 0x20, 200, 800},     {0x2d, 2, 255, "snb", 0x30, 109, 345},
    {0x3a, 1, 255, "ivb", 0x10, 59, 156},          {0x3e, 1, 255, "ivt", 0x01, 10, 80},
    {0x3e, 2, 255, "ivt", 0x20, 82, 300},          {0x3e, 3, 255, "ivt_4s", 0x20, 84, 400},
    {0x3e, 4, 255, "ivt_4s", 0x01, 10, 250},       {0x3e, 8, 255, "ivt_8s", 0x10, 59, 600},
    {0x3c, 1, 255, "hsw", 0x60, 2600, 7700},       {0x4f, 2, 255, "bdw", 0x10, 40, 100},
    {0x9e, 1, 255, "skl", 0x33, 124, 800},         {0x55, 2, 255, "skx", 0x20, 133, 600},
    {0x55, 2, 3, "skx", 0x20, 133, 600},           {0x55, 2, 1, "skx_pc2", 0x20, 92, 276},
    {0x55, 2, 0, "skx_pc2", 0x20, 92, 276},        {0x6a, 2, 0, "icx", 0x20, 170, 600},
    {0x97, 1, 255, "adl", 0x60, 680, 2000},        {0x9a, 1, 255, "adl_l", 0x20, 170, 500},
    {0xbe, 1, 255, "gmt", 0x40, 260, 1040},        {0xaa, 1, 255, "mtl_l", 0x01, 1, 1},
    {0xcc, 1, 255, "ptl", 0x21, 300, 300},         {0x8f, 2, 255, "spr", 0x20, 290, 800},
    {0xcf, 2, 1, "spr_pc2", 0x20, 190, 600},       {0xcf, 2, 2, "spr", 0x20, 290, 800},
    {0xad, 2, 255, "gnr", 0x21, 210, 1000},        {0xae, 1, 255, "gnrd", 0x20, 220, 650},
    {0xb6, 1, 255, "grr", 0x22, 140, 500},         {0xdd, 1, 255, "srf", 0x23, 310, 900},
    {0x86, 1, 255, "snr", 0x01, 15, 25},           {0x5f, 1, 255, "dnv", 0x20, 50, 500},
    {0x7a, 1, 255, "bxt", 0x60, 10000, 10000},     {0x37, 1, 255, "byt", 0x58, 300, 275},
    {0x4c, 1, 255, "cht", 0x58, 80, 275},          {0x4d, 1, 255, "avn", 0x51, 15, 45},
    {0x4a, 1, 255, "tangier", 0x64, 10000, 20000}, {0x1c, 1, 255, "atom", 0x52, 140, 560},
    {0x85, 1, 255, "knl", 0x10, 120, 500},
};

static void check_spots(void)
{
    for (unsigned i = 0; i < sizeof(spots) / sizeof(spots[0]); i++) {
        const struct spot *spot = &spots[i];
        struct kernel_place place = {true, 6, spot->model, spot->sockets, spot->limit};
        const struct kernel_table *table = kernel_table_of(&place);
        const struct kernel_state *state = table ? kernel_table_state(table, spot->hint, false) : NULL;
        char title[64];

        snprintf(title, sizeof(title), "model %x, %u sockets, limit %u: %s %x", spot->model, spot->sockets, spot->limit,
                 spot->table, spot->hint);
        TAP_OK(state && strcmp(table->name, spot->table) == 0 && state->exit_us == spot->exit_us &&
                   state->target_us == spot->target_us,
               title);
    }
}

/* Models that Linux drives from ACPI, and other families, have none. */
static void check_none(void)
{
    static const uint32_t none[] = {0x7e, 0x8c, 0xa7, 0xb7, 0xac, 0xc5, 0xbd, 0xd5, 0x96, 0x9c, 0};

    for (unsigned i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
        struct kernel_place place = {true, 6, none[i], 1, KERNEL_LIMIT_UNKNOWN};

        TAP_OK(!kernel_table_of(&place), "a model without a table");
    }
    TAP_OK(!kernel_table_of(&(struct kernel_place){true, 15, 0x55, 1, 255}), "another family");
    TAP_STR(kernel_table_of(&(struct kernel_place){false, 0x19, 0x61, 1, 255})->name, "zen",
            "Zen has what firmware states");
    TAP_OK(!kernel_table_of(&(struct kernel_place){false, 0x15, 2, 1, 255}), "older AMD has none");
}

/* What holds for every table, so that drivers and replay can take it. */
static void check_all(void)
{
    const struct kernel_table *table;
    bool rising = true, named = true, found = true, fit = true;
    size_t count = 0;

    for (; (table = kernel_table_at(count)) != NULL; count++) {
        fit &= table->count > 0 && table->count <= KERNEL_STATES_MAX && table->count < IDLE_STATES_MAX;
        found &= kernel_table_find(table->name, strlen(table->name)) == table;
        named &= table->name[KERNEL_TABLE_NAME_BYTES - 1] == '\0';
        for (unsigned i = 0; i < table->count; i++) {
            named &= kernel_state_name(&table->states[i])[0] == 'C';
            rising &= i == 0 || (table->states[i].target_us >= table->states[i - 1].target_us &&
                                 table->states[i].exit_us >= table->states[i - 1].exit_us);
        }
    }
    TAP_INT(count, 34, "34 tables");
    TAP_OK(fit, "each has a state, and room for polling");
    table = kernel_table_find("byt", 3);
    TAP_STR(kernel_state_name(kernel_table_state(table, 0x64, false)), "C7S", "C7S of Silvermont");
    table = kernel_table_find("bxt", 3);
    TAP_STR(kernel_state_name(kernel_table_state(table, 0x31, false)), "C7s", "C7s of Goldmont");
    table = kernel_table_find("srf", 3);
    TAP_STR(kernel_state_name(kernel_table_state(table, 0x23, false)), "C6SP", "Sierra Forest");
    table = kernel_table_find("gnr", 3);
    TAP_STR(kernel_state_name(kernel_table_state(table, 0x21, false)), "C6P", "Granite Rapids");
    table = kernel_table_find("hsw", 3);
    TAP_STR(kernel_state_name(kernel_table_state(table, 0x60, false)), "C10", "Haswell");
    TAP_OK(rising, "deeper states cost more");
    TAP_OK(named, "every name ends");
    TAP_OK(found, "each is found by its name");
    TAP_OK(!kernel_table_find("sn", 2) && !kernel_table_find("snbx", 4), "and by no other");
    table = kernel_table_find("zen", 3);
    TAP_OK(kernel_table_state(table, 1, true) && !kernel_table_state(table, 1, false), "a port is no hint");
    TAP_OK(strstr(kernel_source_name(KERNEL_LINUX_6_2), "6.2") != NULL, "the source has a version");
}

static struct table_quantile exact(int64_t value, int64_t margin)
{
    return (struct table_quantile){value, value - margin, value + margin, margin >= 0};
}

static void check_verdict(const char *title, int64_t table_ns, int64_t p50, int64_t p99, int64_t margin,
                          const char *verdict, const char *confidence)
{
    struct table_quantile low = exact(p50, margin), high = exact(p99, margin);
    struct table_judgement judgement = table_judge(table_ns, &low, &high);

    TAP_STR(table_verdict_name(judgement.verdict), verdict, title);
    TAP_STR(confidence_word(judgement.confidence), confidence, title);
}

int main(void)
{
    check_spots();
    check_none();
    check_all();
    check_verdict("p99 below the table", 133000, 60000, 90000, 1000, "safe", "measured");
    check_verdict("p99 up to the table is safe", 91000, 60000, 90000, 1000, "safe", "measured");
    check_verdict("p99 at the table, without a width", 90000, 60000, 90000, 0, "safe", "likely");
    check_verdict("further than a step of 30000 from the median", 29000, 60000, 90000, 0, "optimistic", "measured");
    check_verdict("p99 near the table", 90500, 60000, 90000, 1000, "safe", "low");
    check_verdict("half the table at most", 200000, 60000, 90000, 1000, "pessimistic", "measured");
    check_verdict("about half of it", 181000, 60000, 90000, 1000, "pessimistic", "low");
    check_verdict("between median and p99", 70000, 60000, 90000, 1000, "tight", "measured");
    check_verdict("the median passes it", 50000, 60000, 90000, 1000, "optimistic", "measured");
    check_verdict("by little", 59500, 60000, 90000, 1000, "optimistic", "low");
    check_verdict("no interval", 50000, 60000, 90000, -1, "optimistic", "few samples");
    return tap_done();
}
