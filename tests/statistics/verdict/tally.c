/* SPDX-License-Identifier: MIT */
#include "tests/statistics/verdict/tally.h"

#define WHOLE_TIMES    4 /* so many hosts of the tables */
#define TIMES_MOST     60
#define HIGH_GOAL      0.01
#define MEDIUM_GOAL    0.05
/* Of so many answers none is wrong where 1 or 5 % are, once in 20 times. */
#define HIGH_DECIDES   299
#define MEDIUM_DECIDES 59
#define WRONG_TIMES    5

struct campaign campaign_begin(int argc, char **argv)
{
    return (struct campaign){rates_begin(argc, argv), argc > 1 && strcmp(argv[1], "--table") == 0, TIMES_MOST};
}

unsigned campaign_hosts(const struct campaign *campaign, unsigned quick, unsigned factor)
{
    return rate_trials(&campaign->rates, quick, factor) * (campaign->rates.quick || campaign->table ? 1 : WHOLE_TIMES);
}

/* Once one was wrong, so many more that a rate below the goal shows: of high not in the tables, where time counts. */
static bool is_sparse(const struct campaign *campaign, const struct tally *tally)
{
    unsigned high = !campaign->table && tally->high_wrong ? WRONG_TIMES * HIGH_DECIDES : HIGH_DECIDES,
             medium = tally->medium_wrong ? WRONG_TIMES * MEDIUM_DECIDES : MEDIUM_DECIDES;

    return (tally->high && tally->high < high) || (tally->medium && tally->medium < medium);
}

bool campaign_more(const struct campaign *campaign, unsigned drawn, unsigned hosts, const struct tally *tally)
{
    return drawn < hosts || (!campaign->rates.quick && drawn < hosts * campaign->times && is_sparse(campaign, tally));
}

bool campaign_more_of(const struct campaign *campaign, unsigned drawn, unsigned hosts, const struct tally *const *list)
{
    bool more = false;

    for (; *list; list++)
        more |= campaign_more(campaign, drawn, hosts, *list);
    return more;
}

void tally_add(struct tally *tally, enum confidence confidence, bool wrong)
{
    bool high = confidence == CONFIDENCE_HIGH || confidence == CONFIDENCE_MEASURED;
    bool medium = confidence == CONFIDENCE_MEDIUM || confidence == CONFIDENCE_LIKELY ||
                  confidence == CONFIDENCE_INFERRED || confidence == CONFIDENCE_MODELLED;

    tally->n++;
    tally->high += high;
    tally->high_wrong += high && wrong;
    tally->medium += medium;
    tally->medium_wrong += medium && wrong;
    tally->unsure += !high && !medium;
}

static bool is_within(const struct rates *rates, unsigned wrong, unsigned said, double goal)
{
    return !said || wrong <= said * (goal + rate_margin(rates, goal, said));
}

/* "high up to 3.1 %": where more answers of a kind may be wrong than its goal allows, by 95 %. Empty: neither. */
static const char *undecided(const struct tally *tally)
{
    static char words[64];
    double high = 100 * rate_upper(tally->high_wrong, tally->high),
           medium = 100 * rate_upper(tally->medium_wrong, tally->medium);
    bool may_high = tally->high && high > 100 * HIGH_GOAL, may_medium = tally->medium && medium > 100 * MEDIUM_GOAL;
    int used = may_high ? snprintf(words, sizeof(words), "high up to %.1f %%", high) : 0;

    words[used] = '\0';
    if (may_medium)
        snprintf(words + used, sizeof(words) - (size_t)used, "%smedium up to %.1f %%", used ? ", " : "", medium);
    return words;
}

void campaign_line(struct campaign *campaign, const struct tally *tally)
{
    struct rates *rates = &campaign->rates;
    const char *few = undecided(tally);
    bool good = is_within(rates, tally->high_wrong, tally->high, HIGH_GOAL) &&
                is_within(rates, tally->medium_wrong, tally->medium, MEDIUM_GOAL);

    if (campaign->table) {
        printf("| `%s` | %s | %u | %u / %u | %u / %u | %u | %s |\n", tally->verdict, tally->kind, tally->n, tally->high,
               tally->high_wrong, tally->medium, tally->medium_wrong, tally->unsure, few);
        return;
    }
    rates->lines++;
    rates->failed += !good;
    printf("%sok %u - %s, %s: of %u hosts high %u, wrong %u (goal: 1 %%); medium %u, wrong %u (5 %%); unsure %u%s%s\n",
           good ? "" : "not ", rates->lines, tally->verdict, tally->kind, tally->n, tally->high, tally->high_wrong,
           tally->medium, tally->medium_wrong, tally->unsure, !rates->quick && *few ? "; too few to decide: " : "",
           rates->quick ? "" : few);
    fflush(stdout);
}

void campaign_power(struct campaign *campaign, const struct tally *tally, unsigned percent)
{
    unsigned right = tally->high + tally->medium - tally->high_wrong - tally->medium_wrong;
    char what[160];

    if (campaign->table)
        return;
    snprintf(what, sizeof(what), "%s, %s: said surely and rightly", tally->verdict, tally->kind);
    rate_at_least(&campaign->rates, what, right, tally->n, percent / 100.0);
}

void campaign_rate(struct campaign *campaign, const char *what, unsigned hits, unsigned n, unsigned percent)
{
    if (!campaign->table)
        rate_at_least(&campaign->rates, what, hits, n, percent / 100.0);
}

void campaign_fact(struct campaign *campaign, bool good, const char *what)
{
    if (campaign->table)
        return;
    campaign->rates.lines++;
    campaign->rates.failed += !good;
    printf("%sok %u - %s\n", good ? "" : "not ", campaign->rates.lines, what);
}

int campaign_end(const struct campaign *campaign)
{
    return campaign->table ? 0 : rates_end(&campaign->rates);
}
