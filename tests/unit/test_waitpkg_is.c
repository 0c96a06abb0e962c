/* SPDX-License-Identifier: MIT */
/* Whether TPAUSE waits, by tries of hosts of tests/statistics/verdict_survey.c. */
#include "lib/infer/waitpkg_is.h"
#include "tests/unit/tap.h"

struct tries {
    int64_t past_tsc[WAITPKG_TRIES], slept_tsc[WAITPKG_TRIES];
    unsigned limited;
};

static void expect(struct tries tries, enum waitpkg_is is, const char *confidence, const char *name)
{
    struct waitpkg_proof proof = {.asked_tsc = UINT64_MAX};

    for (unsigned i = 0; i < WAITPKG_TRIES; i++) {
        uint64_t asked_tsc = waitpkg_ask(tries.past_tsc[i]);

        proof.asked_tsc = asked_tsc < proof.asked_tsc ? asked_tsc : proof.asked_tsc;
    }
    waitpkg_judge(&proof, tries.slept_tsc, tries.past_tsc, tries.limited);
    TAP_INT(proof.is, is, name);
    TAP_STR(confidence_word(proof.confidence), confidence, "as sure as that");
}

int main(void)
{
    expect((struct tries){{231, 240, 235, 250, 233}, {21200, 21150, 21300, 21180, 21170}, 0}, WAITPKG_REAL, "high",
           "it takes the time that was asked for");
    expect((struct tries){{231, 240, 235, 250, 233}, {9238, 9260, 9262, 9265, 9270}, 5}, WAITPKG_REAL, "high",
           "or a limit ends it, by CF");
    expect((struct tries){{1900, 2100, 2000, 31000, 1950}, {2100, 2050, 1990, 2000, 29000}, 0}, WAITPKG_SWALLOWED,
           "high", "a no-op takes as long with any deadline");
    expect((struct tries){{231, 240, 235, 250, 233}, {9238, 9260, 9262, 9265, 9270}, 0}, WAITPKG_UNCLEAR, "low",
           "neither, where a limit leaves CF clear");
    expect((struct tries){{231, 267, 10837, 18773, 26571}, {9238, 9260, 9262, 9265, 9270}, 0}, WAITPKG_UNCLEAR, "low",
           "though the CPU is taken away in most tries without a deadline ahead");
    expect((struct tries){{267, 6341, 281, 11878, 7658}, {9264, 9273, 9284, 9287, 9288}, 0}, WAITPKG_UNCLEAR, "low",
           "for a little");
    return tap_done();
}
