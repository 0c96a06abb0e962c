/* SPDX-License-Identifier: MIT */
/*
 * How often a verdict is right for what it says of its confidence, by kinds of hosts: counts, lines of TAP, and the
 * rows of docs/verdicts.md. Of what is said with high confidence at most 1 % may be wrong on any kind, of medium 5 %.
 */
#ifndef LAB_TESTS_STATISTICS_VERDICT_TALLY_H
#define LAB_TESTS_STATISTICS_VERDICT_TALLY_H

#include "lib/infer/confidence.h"
#include "tests/statistics/rate.h"

struct tally {
    const char *verdict, *kind;
    unsigned n;
    unsigned high, high_wrong;     /* high, or measured */
    unsigned medium, medium_wrong; /* medium, likely, inferred or modelled */
    unsigned unsure;               /* low, or no answer */
};

/* --table: only the rows of the page are printed. */
struct campaign {
    struct rates rates;
    bool table;
    unsigned times; /* so many times the hosts are drawn at most until an answer that is rare can be judged */
};

struct campaign campaign_begin(int argc, char **argv);

/* Hosts of one kind: so many in a quick run, `factor` times as many in the tables, four times these in the whole. */
unsigned campaign_hosts(const struct campaign *campaign, unsigned quick, unsigned factor);

/*
 * Whether to draw another one: until there are so many hosts, and further where answers of a confidence were said, but
 * too few for its goal. Never further in a quick run. A list ends in NULL; one that is sparse is enough.
 */
bool campaign_more(const struct campaign *campaign, unsigned drawn, unsigned hosts, const struct tally *tally);
bool campaign_more_of(const struct campaign *campaign, unsigned drawn, unsigned hosts, const struct tally *const *list);

/* One answer; `wrong` counts where it is sure. */
void tally_add(struct tally *tally, enum confidence confidence, bool wrong);

/* The line of a kind: wrong answers within the goals. Or its row. */
void campaign_line(struct campaign *campaign, const struct tally *tally);

/* Where the answer is there to be had: at least so many hosts of 100 must get it, surely and rightly. */
void campaign_power(struct campaign *campaign, const struct tally *tally, unsigned percent);

/* Hits of n, at least so many of 100. */
void campaign_rate(struct campaign *campaign, const char *what, unsigned hits, unsigned n, unsigned percent);

/* A line of its own. */
void campaign_fact(struct campaign *campaign, bool good, const char *what);

int campaign_end(const struct campaign *campaign);

#endif
