/* SPDX-License-Identifier: MIT */
/* lib/infer/mwait_is on the machines that are known, and on doubtful ones. */
#include "lib/infer/exit_disarms.h"
#include "lib/infer/mwait_is.h"
#include "tests/unit/tap.h"

enum { TRIES = 8 };

static struct mwait_tries at_once(int64_t floor_tsc)
{
    return (struct mwait_tries){.tries = TRIES, .at_once = TRIES, .floor_tsc = floor_tsc};
}

static struct mwait_tries until_guard(void)
{
    return (struct mwait_tries){.tries = TRIES, .guard = TRIES, .floor_tsc = 5000000};
}

static struct mwait_tries until_store(void)
{
    return (struct mwait_tries){.tries = TRIES, .store = TRIES, .floor_tsc = 1300000};
}

/* A guest whose exits cost 2000 ticks; the caller says how its waits end. */
static struct mwait_seen guest(struct mwait_tries quiet, struct mwait_tries stored, struct mwait_tries unarmed)
{
    return (struct mwait_seen){.quiet = quiet,
                               .stored = stored,
                               .unarmed = unarmed,
                               .cpuid = {.n = 64, .floor_mtsc = 2000000, .median_mtsc = 2100000},
                               .leaves = INTERCEPT_YES};
}

static struct mwait_seen metal(struct mwait_tries quiet, struct mwait_tries stored, struct mwait_tries unarmed)
{
    struct mwait_seen seen = guest(quiet, stored, unarmed);

    seen.cpuid.floor_mtsc = seen.cpuid.median_mtsc = 120000;
    seen.leaves = INTERCEPT_NO;
    return seen;
}

static void expect(struct mwait_seen seen, const char *word, const char *confidence, const char *name)
{
    struct mwait_answer answer = mwait_decide(&seen);

    TAP_STR(mwait_is_word(answer.is), word, name);
    TAP_STR(confidence_word(answer.confidence), confidence, "as sure as that");
}

static void check_known(void)
{
    const struct mwait_tries none = {0};

    expect(metal(until_guard(), until_store(), at_once(60)), "real", "high", "bare metal");
    expect(metal(until_guard(), none, at_once(60)), "real", "medium", "bare metal, one CPU");
    expect(guest(at_once(1900), at_once(1900), at_once(1900)), "nop", "high", "KVM by default");
    expect(guest(until_guard(), until_store(), at_once(60)), "real", "high", "KVM, cpu-pm");
    expect(metal(until_guard(), none, until_guard()), "hlt_like", "medium", "TCG, one CPU");
    expect(metal(until_guard(), until_guard(), until_guard()), "hlt_like", "high", "HLT for all");
    expect(metal(at_once(900), at_once(900), at_once(900)), "at_once", "high", "TCG, two CPUs");
    expect(guest(at_once(80), at_once(80), at_once(80)), "at_once", "medium",
           "a guest's wait that does not leave: UMONITOR made a no-op");
}

static void check_doubtful(void)
{
    const struct mwait_tries none = {0};
    struct mwait_seen seen = guest(at_once(1900), at_once(1900), at_once(70));

    expect(seen, "nop", "low", "unarmed it is cheaper: something else may disarm it");
    seen = guest(at_once(1900), none, at_once(1900));
    seen.leaves = INTERCEPT_UNKNOWN;
    expect(seen, "at_once", "low", "whether CPUID leaves is not known");
    seen = guest(none, none, none);
    expect(seen, "unknown", "low", "nothing tried");
    seen.faulted = true;
    seen.vector = 6;
    expect(seen, "#UD", "high", "invalid opcode");
    seen.vector = 13;
    expect(seen, "faults", "high", "general protection");
    expect(metal(until_guard(), until_guard(), at_once(60)), "unknown", "low", "stores get lost, yet it knows arming");
    expect(guest(at_once(9000), at_once(9000), at_once(9000)), "at_once", "medium", "four exits long: no exit alone");
    seen = metal(at_once(900), at_once(900), at_once(900));
    seen.stamps_leave = true;
    expect(seen, "at_once", "low", "a stamp that leaves may have disarmed it");
    seen = metal((struct mwait_tries){.tries = TRIES, .at_once = 4, .guard = 4}, none, none);
    expect(seen, "unknown", "low", "half and half");
    seen = metal((struct mwait_tries){.tries = TRIES, .limited = 6, .guard = 2}, none, none);
    expect(seen, "limited", "high", "a limit ends most");
}

/* Hosts of tests/statistics/verdict_mwait.c that make it HLT, and whose other interrupts end waits. */
static void check_woken(void)
{
    const struct mwait_tries
        early = {.tries = 9, .at_once = 5, .floor_tsc = 388350, .most_tsc = 4336570, .slept_tsc = 10504731},
        late = {.tries = 9, .guard = 9, .floor_tsc = 5206163, .most_tsc = 5206163, .slept_tsc = 46855467};
    const struct mwait_tries halves = {.tries = TRIES, .at_once = 2, .guard = 4, .floor_tsc = 900000};
    struct mwait_tries apart = early;

    expect(guest(early, early, late), "at_once", "low", "like lengths by chance, and without arming it sleeps");
    apart.slept_tsc *= 2;
    expect(guest(early, early, apart), "at_once", "low", "or takes another time each");
    expect(guest(early, early, early), "at_once", "medium", "unless that is as short each time");
    expect(guest(until_guard(), until_store(), halves), "real", "low",
           "who ended it, where arming makes no difference?");
    expect(guest(until_guard(), until_store(), (struct mwait_tries){0}), "real", "low", "or was not tried?");
}

/* As recorded from kvm_intel in Bochs with MWAIT's exits disabled: the host's tick ends 13 of 20 waits of 2 ms. */
static void check_disarms(void)
{
    struct disarm_seen seen = {.nothing = {.tries = 20, .guard = 7}, .cpuid = {.tries = 20, .at_once = 20}};
    enum confidence confidence;

    TAP_INT(disarms_judge(&seen, &confidence), DISARMS_ENDED, "what sleeps until another interrupt does sleep");
    seen.nothing = seen.cpuid;
    TAP_INT(disarms_judge(&seen, &confidence), DISARMS_UNKNOWN, "what is short each time by another length may");
    seen.alike = true;
    TAP_INT(disarms_judge(&seen, &confidence), DISARMS_NO_SLEEP, "what returns at once does not");
    seen.nothing = (struct disarm_tries){.tries = 20, .guard = 18};
    TAP_INT(disarms_judge(&seen, &confidence), DISARMS_YES, "with shorter waits CPUID disarms");
    TAP_STR(confidence_word(confidence), "low", "as far as one CPU can tell");
    seen.cpuid_store = seen.cpuid;
    TAP_INT(disarms_judge(&seen, &confidence), DISARMS_YES, "waits for a store return at once, too");
    TAP_STR(confidence_word(confidence), "high", "so it is sure");
    seen.nothing.at_once = 3;
    TAP_INT(disarms_judge(&seen, &confidence), DISARMS_UNKNOWN, "unless an eighth do with nothing between");
    seen.nothing.at_once = 2;
    TAP_INT(disarms_judge(&seen, &confidence), DISARMS_YES, "fewer are the host's");
    seen.cpuid_store.at_once = 18;
    TAP_INT(disarms_judge(&seen, &confidence), DISARMS_UNKNOWN, "or stores end some: it was armed");
}

static void check_alike(void)
{
    struct mwait_tries tries = {.tries = 4, .floor_tsc = 1000, .most_tsc = 900000, .slept_tsc = 906000};

    TAP_OK(mwait_tries_alike(&tries), "twice the shortest, but for the longest");
    tries.slept_tsc++;
    TAP_OK(!mwait_tries_alike(&tries), "and not more");
    tries = (struct mwait_tries){.tries = 4, .guard = 1, .floor_tsc = 1000, .most_tsc = 1000, .slept_tsc = 4000};
    TAP_OK(!mwait_tries_alike(&tries), "nor one that lasted until the guard");
}

int main(void)
{
    check_alike();
    check_disarms();
    check_known();
    check_doubtful();
    check_woken();
    return tap_done();
}
