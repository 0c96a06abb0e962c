/* SPDX-License-Identifier: MIT */
/* The results of `monitor`: how the waits of each kind ended, and what follows, in words. */
#include "experiments/kit/row.h"
#include "experiments/monitor/parts.h"

#include "arch/x86/cpu/features.h"
#include "lib/cstring.h"
#include "lib/fmt.h"

enum { TEXT_BYTES = 192 };

static const char *const between_names[] = {"nothing", "interrupt", "cpuid", "unarmed"};

/* The cases from `first` to `last`, which ended alike. */
static void emit_cases(struct step *step, const struct monitor *monitor, const struct monitor_case *first,
                       const struct monitor_case *last)
{
    static const char *const names[] = {"store", "guard", "at_once", "early", "cf", "missed", "fault"};
    int64_t min_tsc = INT64_MAX, max_tsc = 0;
    struct row row;

    for (const struct monitor_case *one = first; one <= last; one++) {
        min_tsc = one->slept_min_tsc < min_tsc ? one->slept_min_tsc : min_tsc;
        max_tsc = one->slept_max_tsc > max_tsc ? one->slept_max_tsc : max_tsc;
    }
    row_begin(&row, step, "monitor");
    json_add(&row.json, "between:%s", between_names[first->between]);
    if (monitor->test == TEST_HINTS)
        json_uint(&row.json, "hint", first->argument);
    if (first->store)
        json_add(&row.json, "from:%d to:%d", first->offset_bytes, last->offset_bytes);
    json_uint(&row.json, "n", first->tries);
    for (unsigned i = 0; i < OUTCOME_COUNT; i++)
        if (first->outcomes[i])
            json_uint(&row.json, names[i], first->outcomes[i]);
    json_add(&row.json, "min:%ld max:%ld", first->tries ? min_tsc : 0, max_tsc);
    for (unsigned i = 0; i < EVIDENCE_COUNT; i++)
        if (first->residency[i])
            json_uint(&row.json, evidence_name(i), first->residency[i]);
    row_end(&row, step);
}

/* One record for each run of places that ended alike. */
static void emit_all(struct step *step, const struct monitor *monitor)
{
    const struct monitor_case *end = monitor->cases + monitor->case_count;

    for (const struct monitor_case *first = monitor->cases, *last; first < end; first = last + 1) {
        last = first;
        while (monitor->test == TEST_LINE && last + 1 < end &&
               !memcmp(last[1].outcomes, first->outcomes, sizeof(first->outcomes)))
            last++;
        emit_cases(step, monitor, first, last);
    }
}

static void report_line(struct step *step, const struct monitor *monitor)
{
    struct cpu_mwait info = cpu_mwait_info(step_cpuid(step));
    const struct monitor_case *first = NULL, *last = NULL;
    uint32_t words = 0;
    bool asleep = false; /* a wait that no store reaches goes on: else stores ended none */
    bool whole = monitor->cases[monitor->case_count - 1].tries; /* each place was tried */
    int64_t bytes;

    for (uint32_t i = 0; i < monitor->case_count; i++) {
        asleep |= monitor_mostly(&monitor->cases[i], OUTCOME_GUARD);
        if (!monitor_mostly(&monitor->cases[i], OUTCOME_STORE))
            continue;
        first = first ? first : &monitor->cases[i];
        last = &monitor->cases[i];
        words++;
    }
    bytes = whole && first && asleep ? last->offset_bytes + WORD_BYTES - first->offset_bytes : 0;
    result_scalar(step, "line_bytes", bytes, "bytes");
    result_scalar(step, "line_first", bytes ? first->offset_bytes : 0, "bytes");
    result_scalar(step, "words_that_trigger", words, "count");
    if (!whole)
        result_no_samples(step);
    result_metric(step, "line", bytes, "bytes");
    if (!bytes) {
        result_finding(step, "line", CONFIDENCE_NONE,
                       !whole  ? "don't know: the time was over before each place was tried"
                       : first ? "don't know: waits ended without any store, too: see test=real"
                               : "no store ended a wait, not even one to the watched word: see test=real");
        return;
    }
    result_say(step, "line", CONFIDENCE_NONE,
               "stores to %ld bytes from %d on end the wait%s; the word is at %d; CPUID.05H says %u to %u: %s", bytes,
               first->offset_bytes, words * WORD_BYTES == bytes ? "" : ", with holes", WATCH_OFFSET_BYTES,
               info.line_min_bytes, info.line_max_bytes,
               bytes >= info.line_min_bytes && bytes <= info.line_max_bytes ? "it agrees" : "it differs");
}

static void report_neighbour(struct step *step, const struct monitor *monitor)
{
    uint32_t tries = 0, ended = 0;

    for (uint32_t i = 1; i < monitor->case_count; i++) {
        tries += monitor->cases[i].tries;
        ended += monitor->cases[i].outcomes[OUTCOME_STORE];
    }
    result_scalar(step, "neighbour_stores", tries, "count");
    result_scalar(step, "neighbour_wakes", ended, "count");
    if (!tries)
        result_no_samples(step);
    result_metric(step, "neighbour_wakes", ended, "count");
    if (!monitor_mostly(&monitor->cases[0], OUTCOME_STORE))
        result_say(step, "neighbour", CONFIDENCE_NONE,
                   "a store to the watched word ends %u of %u waits only: see test=real",
                   monitor->cases[0].outcomes[OUTCOME_STORE], monitor->cases[0].tries);
    else
        result_say(step, "neighbour", CONFIDENCE_NONE, "stores to other lines end %u of %u waits", ended, tries);
}

/* What disarmed the monitor, in words. */
static void describe_disarm(const struct monitor *monitor, char *text)
{
    const struct monitor_case *treated = &monitor->cases[1];
    const struct monitor_case *store = monitor->case_count > 2 ? &monitor->cases[2] : NULL;
    const char *what = between_names[treated->between];

    if (monitor_mostly(treated, OUTCOME_AT_ONCE))
        fmt(text, TEXT_BYTES, "%s between arming and waiting disarms: %u of %u fell through%s", what,
            treated->outcomes[OUTCOME_AT_ONCE], treated->tries,
            treated->between == BETWEEN_CPUID ? "; it leaves to a hypervisor" : "");
    else if (!monitor_mostly(treated, OUTCOME_GUARD))
        fmt(text, TEXT_BYTES, "%s between: %u of %u fell through, %u slept on: no verdict", what,
            treated->outcomes[OUTCOME_AT_ONCE], treated->tries, treated->outcomes[OUTCOME_GUARD]);
    else if (!store)
        fmt(text, TEXT_BYTES, "%s between: %u of %u slept on; whether armed needs a CPU that stores", what,
            treated->outcomes[OUTCOME_GUARD], treated->tries);
    else if (monitor_mostly(store, OUTCOME_STORE))
        fmt(text, TEXT_BYTES, "%s between leaves it armed: %u of %u slept on, a store ended %u of %u", what,
            treated->outcomes[OUTCOME_GUARD], treated->tries, store->outcomes[OUTCOME_STORE], store->tries);
    else
        fmt(text, TEXT_BYTES, "%s between: %u of %u slept on, but a store ended %u of %u only: its wake would be lost",
            what, treated->outcomes[OUTCOME_GUARD], treated->tries, store->outcomes[OUTCOME_STORE], store->tries);
}

static void report_disarm(struct step *step, const struct monitor *monitor)
{
    const struct monitor_case *control = &monitor->cases[0], *treated = &monitor->cases[1];
    char text[TEXT_BYTES];

    result_scalar(step, "control_until_guard", control->outcomes[OUTCOME_GUARD], "count");
    result_scalar(step, "fell_through", treated->outcomes[OUTCOME_AT_ONCE], "count");
    if (monitor_mostly(control, OUTCOME_GUARD))
        describe_disarm(monitor, text);
    else
        fmt(text, sizeof(text), "with nothing between, %u of %u waits last until the guard: no verdict",
            control->outcomes[OUTCOME_GUARD], control->tries);
    result_finding(step, "disarm", CONFIDENCE_NONE, text);
    if (treated->tries == treated->outcomes[OUTCOME_MISSED])
        result_no_samples(step);
    result_metric(step, "fell_through", treated->outcomes[OUTCOME_AT_ONCE], "count");
}

void monitor_report(struct step *step, const struct monitor *monitor)
{
    emit_all(step, monitor);
    if (monitor->interval_tsc != step_time_tsc(step, KEY_INTERVAL))
        result_scalar(step, "interval", (int64_t)monitor->interval_tsc, "tsc");
    if (monitor->fault_code) {
        monitor_report_kind(step, monitor);
        return;
    }
    switch (monitor->test) {
    case TEST_LINE:
        report_line(step, monitor);
        break;
    case TEST_NEIGHBOUR:
        report_neighbour(step, monitor);
        break;
    case TEST_INTERRUPT:
    case TEST_CPUID:
        report_disarm(step, monitor);
        if (monitor->test == TEST_CPUID)
            monitor_report_exit(step, monitor);
        break;
    case TEST_SPURIOUS:
        monitor_report_spurious(step, monitor);
        break;
    case TEST_HINTS:
        monitor_report_hints(step, monitor);
        break;
    default:
        monitor_report_kind(step, monitor);
        break;
    }
}
