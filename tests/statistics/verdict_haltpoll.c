/* SPDX-License-Identifier: MIT */
/*
 * How often `halt_poll`, `halt_poll_rule` and `poll_control` are right for what they say, on hosts that poll, and on
 * others whose wakes have steps for other reasons (verdict/halt_hosts.h). The experiment's own code is played.
 */
/* STATISTICS_EXTRA: tests/statistics/verdict/tally.c tests/statistics/verdict/halt_hosts.c */
/* STATISTICS_EXTRA: tests/unit/haltpoll_play.c tests/unit/synthetic_halt_host.c experiments/haltpoll/sweep.c */
/* STATISTICS_EXTRA: experiments/haltpoll/curve.c experiments/haltpoll/history.c experiments/haltpoll/levels.c */
/* STATISTICS_EXTRA: experiments/haltpoll/verdict.c experiments/haltpoll/words.c experiments/haltpoll/report.c */
/* STATISTICS_EXTRA: experiments/kit/row.c experiments/kit/timer_blur.c arch/x86/time/apic_timer_ratio.c */
/* STATISTICS_EXTRA: lib/governor/menu.c lib/governor/teo.c lib/governor/ladder.c */
#include <stdlib.h>

#include "tests/statistics/verdict/halt_hosts.h"
#include "tests/statistics/verdict/tally.h"

enum { ROUNDING_PERCENT = 3, FROM_NS = 20000, UPTO_NS = 2000000, LONGEST_NS = 100000000 };

static bool begins(const char *text, const char *with)
{
    return !strncmp(text, with, strlen(with));
}

static enum confidence confidence_of(const char *id)
{
    const char *word = haltpoll_play_confidence(id);

    for (int c = CONFIDENCE_UNVERIFIED; c <= CONFIDENCE_MEASURED; c++)
        if (!strcmp(word, confidence_word((enum confidence)c)))
            return (enum confidence)c;
    return CONFIDENCE_NONE;
}

/* The interval that was said holds the highest budget that halts within it reach, or the limit itself. */
static bool holds_ceiling(const struct synthetic_halt_truth *truth, uint64_t limit_ns)
{
    uint64_t low_ns = play.ceiling_low_ns * (100 - ROUNDING_PERCENT) / 100,
             high_ns = play.ceiling_high_ns * (100 + ROUNDING_PERCENT) / 100;

    return low_ns <= limit_ns && truth->ceiling_ns <= high_ns;
}

/* Polling that halts from 20 us up reach. */
static bool polls_visibly(const struct halt_host *host, const struct synthetic_halt_truth *truth)
{
    if (host->kind == HALT_POLLS_FIXED)
        return host->fixed_ns > FROM_NS;
    return halt_kind_polls(host->kind) && truth->ceiling_ns > FROM_NS && truth->ceiling_ns < UPTO_NS;
}

static bool polls_at_all(const struct halt_host *host)
{
    return halt_kind_polls(host->kind) || host->kind == HALT_POLLS_FIXED;
}

static bool is_wrong(const struct halt_host *host, const struct synthetic_halt_truth *truth, uint64_t limit_ns)
{
    const char *said = haltpoll_play_said("halt_poll");

    if (begins(said, "the host polls up to"))
        return !polls_at_all(host) || !holds_ceiling(truth, limit_ns);
    if (begins(said, "the host polls, or learns"))
        return !halt_kind_learns(host->kind) || (halt_kind_polls(host->kind) && !holds_ceiling(truth, limit_ns));
    if (begins(said, "no polling that adapts seen"))
        return host->kind != HALT_POLLS_FIXED && polls_visibly(host, truth);
    return polls_visibly(host, truth); /* nothing seen */
}

/* The rule that was said is not the host's. */
static bool is_rule_wrong(const struct halt_host *host)
{
    unsigned grow, shrink;
    const char *said = haltpoll_play_said("halt_poll_rule");

    if (!halt_kind_polls(host->kind))
        return true;
    if (sscanf(said, "grow %u,", &grow) == 1 && grow != host->kvm.grow)
        return true;
    said = strstr(said, "shrink ");
    return said && sscanf(said, "shrink %u", &shrink) == 1 && shrink != host->kvm.shrink;
}

static void play_host(struct halt_host *host, enum haltpoll_test test)
{
    play.host = host->kvm;
    play.other = halt_host_take;
    play.set_polling = halt_host_set_polling;
    play.owner = host;
    haltpoll_play_run(test);
}

static void judge_control(struct tally *tally, const struct halt_host *host, const struct synthetic_halt_truth *truth)
{
    bool moves = begins(haltpoll_play_said("poll_control"), "poll control moves");

    tally_add(tally, confidence_of("poll_control"), moves ? !polls_at_all(host) : polls_visibly(host, truth));
}

/* STATISTICS_EXPLAIN=1: what was said; wrong: only of wrong answers. */
static void explain(unsigned seed, const struct halt_host *host, const struct synthetic_halt_truth *truth,
                    uint64_t limit_ns)
{
    const char *what = getenv("STATISTICS_EXPLAIN");
    bool wrong = is_wrong(host, truth, limit_ns) && confidence_of("halt_poll") > CONFIDENCE_LOW;

    if (!what || (!strcmp(what, "wrong") && !wrong))
        return;
    printf("# %u: limit %llu, ceiling %llu%s\n", seed, (unsigned long long)limit_ns,
           (unsigned long long)truth->ceiling_ns, wrong ? ", wrong" : "");
    haltpoll_play_show(halt_kind_words(host->kind));
}

static void hold_kind(struct campaign *campaign, enum halt_kind kind, unsigned hosts)
{
    const char *words = halt_kind_words(kind);
    struct tally curve = {.verdict = "halt_poll", .kind = words}, ladder = {.verdict = "halt_poll_rule", .kind = words};
    struct tally control = {.verdict = "halt_poll, with control", .kind = words},
                 moved = {.verdict = "poll_control", .kind = words};
    struct halt_host *host = malloc(sizeof(*host));
    unsigned said = 0, held = 0;

    if (!host)
        exit(2);
    for (unsigned seed = 0;
         campaign_more_of(campaign, seed, hosts, (const struct tally *[]){&curve, &ladder, &control, &moved, NULL});
         seed++) {
        struct synthetic_halt_truth truth;
        uint64_t limit_ns;

        halt_host_draw(host, kind, seed);
        truth = synthetic_halt_host_truth(&host->kvm);
        limit_ns = host->kvm.halt_poll_ns;
        if (kind == HALT_POLLS_FIXED)
            truth.ceiling_ns = limit_ns = host->fixed_ns;
        play.tells_no_steal = seed % 4 == 3;
        play_host(host, TEST_LADDER);
        tally_add(&curve, confidence_of("halt_poll"), is_wrong(host, &truth, limit_ns));
        explain(seed, host, &truth, limit_ns);
        tally_add(&ladder, confidence_of("halt_poll_rule"), is_rule_wrong(host));
        halt_host_draw(host, kind, seed);
        play_host(host, TEST_CONTROL);
        tally_add(&control, confidence_of("halt_poll"), is_wrong(host, &truth, limit_ns));
        said += begins(haltpoll_play_said("halt_poll"), "the host polls up to");
        held += begins(haltpoll_play_said("halt_poll"), "the host polls up to") && holds_ceiling(&truth, limit_ns);
        judge_control(&moved, host, &truth);
        explain(seed, host, &truth, limit_ns);
    }
    campaign_line(campaign, &curve);
    if (kind == HALT_POLLS)
        campaign_power(campaign, &curve, 70);
    campaign_line(campaign, &ladder);
    campaign_line(campaign, &control);
    campaign_line(campaign, &moved);
    if (kind == HALT_POLLS) {
        campaign_power(campaign, &control, 70);
        campaign_power(campaign, &ladder, 70);
        campaign_power(campaign, &moved, 90);
        campaign_rate(campaign, "the interval holds what the host polls for, with control", held, said, 97);
    }
    free(host);
}

int main(int argc, char **argv)
{
    struct campaign campaign = campaign_begin(argc, argv);

    campaign.times = 2;
    for (enum halt_kind kind = 0; kind < HALT_KINDS; kind++)
        hold_kind(&campaign, kind, campaign_hosts(&campaign, 40, 8));
    campaign_fact(&campaign, play.longest_ns <= LONGEST_NS, "no halt is longer than was asked for");
    return campaign_end(&campaign);
}
