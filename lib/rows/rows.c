/* SPDX-License-Identifier: MIT */
#include "lib/rows/rows.h"

#include "lib/cstring.h"
#include "lib/fmt.h"
#include "lib/rows/preflight_words.h"

#define LATENCY "n rej min?:tsc p50?:tsc p99?:tsc max?:tsc off?:tsc series?:word p50_ci?:tsc p99_ci?:tsc"

static const struct row_kind KINDS[] = {
    {"acpi_state", "by:word how:word arg:hex type? us target_us? n"},
    {"after", "work:word slice at:tsc spin:tsc p50:tsc lost:tsc lost_ci?:tsc floor:tsc clock?:ppm"},
    {"after_work", "work:key slices n p50:tsc p50_ci?:tsc floor:tsc"},
    {"breakeven", "from:word to:word basis:word out:word ns:ns low:ns high:ns sure guest:flag"},
    {"busy", "cpu tsc_khz busy:ppm bzy_khz cc1?:ppm rest?:flag cc3?:ppm cc6?:ppm cc7?:ppm mc6?:ppm"},
    {"cstate", "state:key by:key " LATENCY},
    {"cstate_entry", "state:word by:word interval:tsc high:tsc is:word"},
    {"cstate_knee", "state:word by:word interval:tsc high:tsc is:word before:tsc after:tsc conf:word"},
    {"cstate_point", "state:word by:word interval:tsc " LATENCY},
    {"cstate_verdict", "state:word by:word want:word got:word package?:word verdict:word why:word conf:word"},
    {"deadline", "asked:tsc n min:tsc p50:tsc max:tsc cf early"},
    {"device", "at:key vendor:hex id:hex class:hex is:word command:hex after:hex usb?:word smi?:hex halted?:flag"},
    {"energy", "state:word ns:ns n rej p50:tsc off?:tsc slices? uw?:uW cores_uw?:uW core_uw?:uW dram_uw?:uW"},
    {"gaps", "watched:tsc n min:tsc over:tsc gaps taken:tsc max:tsc"},
    {"haltpoll",
     "set:word asked:tsc n rej?:list at?:tsc min?:tsc p50?:tsc p99?:tsc max?:tsc off?:tsc train?:tsc polled? halts? "
     "burned?:tsc"},
    {"intercept", "insn:key leaves?:word why?:word conf?:word n rej min:mtsc p50:mtsc"},
    {"irtl", "cpu pc3?:ns pc6?:ns pc7?:ns pc8?:ns pc9?:ns pc10?:ns"},
    {"limits", "cpu epb? hwp_min? hwp_max? hwp_des? epp? unc_min? unc_max? unc?"},
    {"linux_state", "state:key exit:ns target:ns entered slept:ns above below"},
    {"linux_wake", "state:key n min:tsc p50:tsc p99:tsc max:tsc"},
    {"monitor",
     "between:word hint? from? to? n store? guard? at_once? early? cf? missed? fault? min:tsc max:tsc "
     "smi? aperf? mperf? core_cycles? ref_cycles? cc1? cc3? cc6? cc7? mc6? pc2? pc3? pc6? pc7? pc8? pc9? pc10?"},
    {"msr", "msr:hex why:word end:word old?:hex new:hex cpu cpus"},
    {"package", "cpu pc2?:ppm pc3?:ppm pc6?:ppm pc7?:ppm pc8?:ppm pc9?:ppm pc10?:ppm"},
    {"pair", "pair:list rel:word apic:word via:word m:word u:word n lost min?:u p50?:u p99?:u max?:u"},
    {"ple_first", "loops agree longer control_loops control_longer distance:tsc clear:tsc clear_pauses"},
    {"ple_gap", "distance:tsc n joined broken loop:word"},
    {"ple_lock", "lock:word wait:word slices abandoned missed? taken? handed? least? most? per_s?"},
    {"ple_loop", "pause:flag distance:tsc stretches first:list"},
    {"ple_window", "exit low:u high:u u:word"},
    {"policy", "governor:word state:word usage time_ns:ns above below rejected"},
    {"policy_state", "driver:word source:word state:word exit_ns:ns target_ns:ns disabled:flag"},
    {"power", "cpu core_c? pkg_c? pkg_uw?:uW cores_uw?:uW core_uw?:uW dram_uw?:uW smi?"},
    {"preflight", "what:check is:word v:hex cpu? cpus?"},
    {"residency", "state:word by:word interval?:tsc c0?:ppm cc1?:ppm cc3?:ppm cc6?:ppm cc7?:ppm mc6?:ppm pc2?:ppm "
                  "pc3?:ppm pc6?:ppm pc7?:ppm pc8?:ppm pc9?:ppm pc10?:ppm smi?"},
    {"switches", "power_ctl:hex c1e:flag prewake?:flag cst:hex limit locked:flag"},
    {"tick", "cpu wakes arms hlts returns missed merged doubled span:tsc stolen:tsc drift:tsc"},
    {"training", "cpu from n min:tsc p50:tsc max:tsc"},
};

static const struct row_plot PLOTS[] = {
    {"haltpoll", "Wake latency against the length of the wait", "at", "event after", "p50", "p99", "latency", "set",
     ""},
    {"cstate_point", "Wake latency against the length of idle", "interval", "length of idle", "p50", "p99", "latency",
     "state", "by"},
    {"residency", "Share of the time asleep against the length of idle", "interval", "length of idle", "", "", "share",
     "state", "by"},
    {"energy", "Power of the package against the length of idle", "ns", "length of idle", "uw", "", "power", "state",
     ""},
    {"after", "Time for each slice of a work, behind the wake and behind spin", "at", "since the wake", "p50", "spin",
     "slice", "", "work"},
    {"deadline", "Time slept against the time asked for", "asked", "asked for", "p50", "max", "slept", "", ""},
};

const struct row_kind *row_kind_at(size_t index)
{
    return index < sizeof(KINDS) / sizeof(KINDS[0]) ? &KINDS[index] : NULL;
}

const struct row_plot *row_plot_at(size_t index)
{
    return index < sizeof(PLOTS) / sizeof(PLOTS[0]) ? &PLOTS[index] : NULL;
}

const struct row_kind *row_kind_of(const char *name)
{
    for (size_t i = 0; i < sizeof(KINDS) / sizeof(KINDS[0]); i++)
        if (strcmp(KINDS[i].name, name) == 0)
            return &KINDS[i];
    return NULL;
}

/* Copies up to one of the characters in `ends`, or the end of the text. Returns where it stopped. */
static const char *copy_until(const char *at, const char *ends, char *word, size_t bytes)
{
    size_t length = 0;

    for (; *at && !strchr(ends, *at); at++)
        if (length + 1 < bytes)
            word[length++] = *at;
    word[length] = '\0';
    return at;
}

bool row_member_next(const char **at, struct row_member *member)
{
    const char *text = *at;

    if (!*text)
        return false;
    text = copy_until(text, "?: ", member->name, sizeof(member->name));
    member->optional = *text == '?';
    text += member->optional;
    text = copy_until(text + (*text == ':'), " ", member->unit, sizeof(member->unit));
    *at = text + (*text == ' ');
    return true;
}

bool row_member_of(const char *kind, const char *name, struct row_member *member)
{
    const struct row_kind *found = row_kind_of(kind);
    const char *at = found ? found->members : "";

    while (row_member_next(&at, member))
        if (strcmp(member->name, name) == 0)
            return true;
    return false;
}

/* Behind a JSON value: on the comma or bracket that ends it. */
static const char *skip_value(const char *at)
{
    bool quoted = false;
    int depth = 0;

    for (; *at; at++)
        if (quoted && *at == '\\')
            at++;
        else if (*at == '"')
            quoted = !quoted;
        else if (!quoted && depth == 0 && strchr(",}", *at))
            return at;
        else if (!quoted && strchr("[]{}", *at))
            depth += *at == '[' || *at == '{' ? 1 : -1;
    return at;
}

/* Reads the name of the record's member at *at and where its value begins. False at the end. */
static bool read_member(const char **at, char name[16], const char **value)
{
    if (**at == '{' || **at == ',')
        ++*at;
    if (**at != '"')
        return false;
    *value = copy_until(*at + 1, "\"", name, 16);
    if (strncmp(*value, "\":", 2) != 0)
        return false;
    *value += 2;
    *at = skip_value(*value);
    return true;
}

static bool fits(const char *unit, const char *value)
{
    char word[24];

    if (strcmp(unit, "check") == 0) {
        copy_until(value + 1, "\"", word, sizeof(word));
        return preflight_words(word) != NULL;
    }
    if (strcmp(unit, "word") == 0 || strcmp(unit, "key") == 0 || strcmp(unit, "hex") == 0)
        return *value == '"';
    if (strcmp(unit, "flag") == 0)
        return *value == 't' || *value == 'f';
    return *value == '[' || (strcmp(unit, "list") != 0 && (*value == '-' || (*value >= '0' && *value <= '9')));
}

static bool refuse(char *problem, const char *kind, const char *what, const char *member)
{
    fmt(problem, ROW_PROBLEM_BYTES, "row %s %s %s", kind, what, member);
    return false;
}

bool row_check(const char *record, char problem[ROW_PROBLEM_BYTES])
{
    const char *at = record, *value = "", *members, *declared;
    char name[16] = "", word[16];
    const struct row_kind *kind;
    struct row_member member;

    for (int i = 0; i < 2; i++) /* t and step */
        read_member(&at, name, &value);
    members = at;
    read_member(&at, name, &value);
    if (strcmp(name, "row") == 0)
        copy_until(value + 1, "\"", word, sizeof(word));
    else
        at = members;
    kind = row_kind_of(at == members ? name : word);
    if (!kind)
        return refuse(problem, at == members ? name : word, "is not declared", "");
    declared = kind->members;
    while (read_member(&at, name, &value)) {
        bool found = false;

        while (!found && row_member_next(&declared, &member)) {
            found = strcmp(member.name, name) == 0;
            if (!found && !member.optional)
                return refuse(problem, kind->name, "has another member instead of", member.name);
        }
        if (!found)
            return refuse(problem, kind->name, "does not declare", name);
        if (!fits(member.unit, value))
            return refuse(problem, kind->name, "declares another type of", name);
    }
    while (row_member_next(&declared, &member))
        if (!member.optional)
            return refuse(problem, kind->name, "lacks", member.name);
    return true;
}
