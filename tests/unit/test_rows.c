/* SPDX-License-Identifier: MIT */
/*
 * The table of rows is well formed, its plots name members that exist, a row that is not as declared is refused. With
 * names of logs: every row in them is as declared, and there is one.
 */
#include "lib/rows/rows.h"
#include "tests/unit/tap.h"

/* True where the kind has the member, or none is named. */
static bool has_member(const char *kind, const char *name)
{
    struct row_member member;

    return name[0] == '\0' || row_member_of(kind, name, &member);
}

static bool is_unit(const char *unit)
{
    static const char units[] = " tsc mtsc ns ppm uW u word key check hex flag list ";
    char word[16];

    snprintf(word, sizeof(word), " %s ", unit);
    return unit[0] == '\0' || strstr(units, word);
}

static void check_kinds(void)
{
    unsigned wrong = 0;

    for (size_t i = 0; row_kind_at(i); i++) {
        const struct row_kind *kind = row_kind_at(i);
        const char *at = kind->members;
        struct row_member member;

        while (row_member_next(&at, &member)) {
            bool whole = strlen(member.name) + 1 < sizeof(member.name) && is_unit(member.unit);

            if (!whole)
                printf("# %s: %s %s\n", kind->name, member.name, member.unit);
            wrong += !whole;
        }
        wrong += row_kind_of(kind->name) != kind;
    }
    TAP_INT(wrong, 0, "every member has a unit that is one, and a name that fits");
    TAP_OK(!row_kind_of("none"), "a strange kind has no entry");
}

static void check_plots(void)
{
    unsigned wrong = 0;

    for (size_t i = 0; row_plot_at(i); i++) {
        const struct row_plot *plot = row_plot_at(i);

        wrong += !plot->x[0] || !has_member(plot->kind, plot->x);
        wrong += !has_member(plot->kind, plot->by) || !has_member(plot->kind, plot->per);
        wrong += !has_member(plot->kind, plot->y) || !has_member(plot->kind, plot->second_y);
    }
    TAP_INT(wrong, 0, "every plot's axes are members");
}

static void expect(const char *members, const char *problem, const char *title)
{
    char record[256], said[ROW_PROBLEM_BYTES] = "";

    snprintf(record, sizeof(record), "{\"t\":\"stats\",\"step\":12,%s}", members);
    row_check(record, said);
    TAP_STR(said, problem, title);
}

/* Of the records that a log has, those of rows and of pairs of CPUs. */
static void check_log(const char *path)
{
    static const char stats[] = "{\"t\":\"stats\",\"step\":";
    FILE *log = fopen(path, "r");
    unsigned rows = 0, refused = 0;
    char line[512], problem[ROW_PROBLEM_BYTES];

    while (log && fgets(line, sizeof(line), log)) {
        const char *record = strstr(line, stats);
        const char *kind = record ? record + strlen(stats) + strspn(record + strlen(stats), "0123456789,") : "";

        if (strncmp(kind, "\"row\":", 6) != 0 && strncmp(kind, "\"pair\":", 7) != 0)
            continue;
        rows++;
        if (row_check(record, problem))
            continue;
        if (refused++ == 0)
            printf("# %s: %s", problem, line);
    }
    TAP_OK(log && rows > 0 && refused == 0, path);
    if (log)
        fclose(log);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        check_log(argv[i]);
    if (argc > 1)
        return tap_done();
    check_kinds();
    check_plots();
    expect("\"row\":\"training\",\"cpu\":1,\"from\":0,\"n\":8,\"min\":-3,\"p50\":4,\"max\":5", "", "a whole row");
    expect("\"row\":\"haltpoll\",\"set\":\"a\\\"],}\",\"asked\":1,\"n\":2,\"rej\":[1,0,[0],{\"a\":0}]", "",
           "optional members left out, a list and a text with brackets");
    expect("\"pair\":[0,1],\"rel\":\"package\",\"apic\":\"xapic\",\"via\":\"icr\",\"m\":\"send\",\"u\":\"tsc\",\"n\":0,"
           "\"lost\":3",
           "", "a row of a pair");
    expect("\"row\":\"training\",\"cpu\":1,\"from\":0,\"n\":8,\"min\":-3,\"p50\":4,\"max\":5,\"p99\":6",
           "row training does not declare p99", "a member more");
    expect("\"row\":\"training\",\"cpu\":1,\"from\":0,\"n\":8,\"min\":-3,\"p50\":4", "row training lacks max",
           "one less");
    expect("\"row\":\"training\",\"cpu\":1,\"n\":8,\"from\":0,\"min\":-3,\"p50\":4,\"max\":5",
           "row training has another member instead of from", "another order");
    expect("\"row\":\"training\",\"cpu\":\"1\",\"from\":0", "row training declares another type of cpu",
           "a text for a number");
    expect("\"row\":\"switches\",\"power_ctl\":\"0\",\"c1e\":1", "row switches declares another type of c1e",
           "a number for a flag");
    expect("\"row\":\"preflight\",\"what\":\"c1e\",\"is\":\"ok\",\"v\":\"0\"", "", "a line of the preflight page");
    expect("\"row\":\"preflight\",\"what\":\"c1f\"", "row preflight declares another type of what",
           "one without words");
    expect("\"row\":\"none\",\"cpu\":1", "row none is not declared ", "a strange row");
    expect("\"k\":\"a\",\"v\":1", "row k is not declared ", "no row");
    return tap_done();
}
