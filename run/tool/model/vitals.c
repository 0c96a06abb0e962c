/* SPDX-License-Identifier: MIT */
#include "run/tool/model/vitals.h"

#include <string.h>

#include "run/tool/model/record_json.h"

#define PERCENT 1e-4 /* of a share in ppm */
#define MHZ     1e-3
#define WATT    1e-6
#define US      1e-3
#define UNCORE  100 /* MHz a step of the ratio */

/* In turbostat's order. wult tells a C1 that is counted from one that is what the others leave. */
static const struct vitals_column COLUMNS[] = {
    {"CPU", NULL, "busy", "cpu", NULL, NULL, 1, 0},
    {"Busy%", "CC0%", "busy", "busy", NULL, NULL, PERCENT, 2},
    {"Bzy_MHz", "BusyFreq", "busy", "bzy_khz", NULL, NULL, MHZ, 0},
    {"TSC_MHz", NULL, "busy", "tsc_khz", NULL, NULL, MHZ, 0},
    {"SMI", "SMICnt", "power", "smi", NULL, NULL, 1, 0},
    {"CPU%c1", NULL, "busy", "cc1", NULL, NULL, PERCENT, 2},
    {NULL, "CC1%", "busy", "cc1", NULL, "!rest", PERCENT, 2},
    {NULL, "CC1Derived%", "busy", "cc1", NULL, "rest", PERCENT, 2},
    {"CPU%c3", "CC3%", "busy", "cc3", NULL, NULL, PERCENT, 2},
    {"CPU%c6", "CC6%", "busy", "cc6", NULL, NULL, PERCENT, 2},
    {"CPU%c7", "CC7%", "busy", "cc7", NULL, NULL, PERCENT, 2},
    {"Mod%c6", "MC6%", "busy", "mc6", NULL, NULL, PERCENT, 2},
    {"CoreTmp", NULL, "power", "core_c", NULL, NULL, 1, 0},
    {"PkgTmp", NULL, "power", "pkg_c", NULL, NULL, 1, 0},
    {"Pkg%pc2", "PC2%", "package", "pc2", NULL, NULL, PERCENT, 2},
    {"Pkg%pc3", "PC3%", "package", "pc3", NULL, NULL, PERCENT, 2},
    {"Pkg%pc6", "PC6%", "package", "pc6", NULL, NULL, PERCENT, 2},
    {"Pkg%pc7", "PC7%", "package", "pc7", NULL, NULL, PERCENT, 2},
    {"Pkg%pc8", "PC8%", "package", "pc8", NULL, NULL, PERCENT, 2},
    {"Pkg%pc9", "PC9%", "package", "pc9", NULL, NULL, PERCENT, 2},
    {"Pk%pc10", "PC10%", "package", "pc10", NULL, NULL, PERCENT, 2},
    {"PkgWatt", NULL, "power", "pkg_uw", NULL, NULL, WATT, 2},
    {"CorWatt", NULL, "power", "cores_uw", "core_uw", NULL, WATT, 2},
    {"RAMWatt", NULL, "power", "dram_uw", NULL, NULL, WATT, 2},
    {"UncMHz", NULL, "limits", "unc", NULL, NULL, UNCORE, 0},
    /* turbostat prints these in front of its table, without a column's name. */
    {"UncMin", NULL, "limits", "unc_min", NULL, NULL, UNCORE, 0},
    {"UncMax", NULL, "limits", "unc_max", NULL, NULL, UNCORE, 0},
    {"EPB", NULL, "limits", "epb", NULL, NULL, 1, 0},
    {"EPP", NULL, "limits", "epp", NULL, NULL, 1, 0},
    {"HWPmin", NULL, "limits", "hwp_min", NULL, NULL, 1, 0},
    {"HWPmax", NULL, "limits", "hwp_max", NULL, NULL, 1, 0},
    {"HWPdes", NULL, "limits", "hwp_des", NULL, NULL, 1, 0},
    {"IRTLpc3", NULL, "irtl", "pc3", NULL, NULL, US, 1},
    {"IRTLpc6", NULL, "irtl", "pc6", NULL, NULL, US, 1},
    {"IRTLpc7", NULL, "irtl", "pc7", NULL, NULL, US, 1},
    {"IRTLpc8", NULL, "irtl", "pc8", NULL, NULL, US, 1},
    {"IRTLpc9", NULL, "irtl", "pc9", NULL, NULL, US, 1},
    {"IRTLpc10", NULL, "irtl", "pc10", NULL, NULL, US, 1},
};

const struct vitals_column *vitals_column_at(size_t index)
{
    _Static_assert(sizeof(COLUMNS) / sizeof(COLUMNS[0]) <= VITALS_COLUMNS, "room");

    return index < sizeof(COLUMNS) / sizeof(COLUMNS[0]) ? &COLUMNS[index] : NULL;
}

static bool is_wanted(const json_t *row, const char *flag)
{
    if (!flag)
        return true;
    return flag[0] == '!' ? !json_is_true(json_object_get(row, flag + 1)) : json_is_true(json_object_get(row, flag));
}

bool vitals_value(const struct model_step *step, const struct vitals_column *column, double *value)
{
    for (size_t i = 0; i < step->row_count; i++) {
        const json_t *row = step->rows[i].values, *member;

        if (strcmp(step->rows[i].kind, column->kind) != 0 || !is_wanted(row, column->flag))
            continue;
        member = json_object_get(row, column->member);
        if (!member && column->instead)
            member = json_object_get(row, column->instead);
        if (!json_is_integer(member))
            return false;
        *value = (double)json_integer_value(member) * column->factor;
        return true;
    }
    return false;
}

bool vitals_has(const struct model_run *run, const struct vitals_column *column)
{
    double value;

    for (size_t i = 0; i < run->step_count; i++)
        if (vitals_value(&run->steps[i], column, &value))
            return true;
    return false;
}

bool vitals_is_kind(const char *kind)
{
    static const char *const kinds[] = {"busy", "package", "power", "limits", "irtl"};

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(kinds[i], kind) == 0)
            return true;
    return false;
}
