/* SPDX-License-Identifier: MIT */
/*
 * Kolmogorov and Smirnov's distance of two sides of several boots. A side's distribution function is the mean of its
 * boots', so that a boot of many samples counts no more than another. How far apart boots of one thing are this way
 * only the boots can say: they are dealt anew to the sides.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/compare/deal.h"
#include "run/tool/compare/view.h"

#define DIGITS           2
#define DEALINGS_EXACT   500
#define DEALINGS_SAMPLED 499

/* The boots' distribution functions at each counter that anybody uses, one boot after the other. */
struct functions {
    double *shares;
    size_t points, boots, a_boots;
};

/* Adds the boot's function at all counters; false where it has no histogram of this shape. */
static bool add_boot(struct functions *all, const struct hdr *hist)
{
    double below = 0, *shares = all->shares + all->boots * all->points;
    if (!hist || hist->digits != DIGITS || hist->counter_count != all->points || hist->total_count == 0)
        return false;
    for (size_t i = 0; i < all->points; i++) {
        below += (double)hdr_count_at(hist, (uint32_t)i);
        shares[i] = below / (double)hist->total_count;
    }
    all->boots++;
    return true;
}

static void add_side(struct functions *all, const struct compare_side *side, const char *step, const char *metric)
{
    for (size_t i = 0; i < side->boot_count; i++) {
        struct model_metric *found = compare_metric_of(&side->boots[i], step, metric);
        add_boot(all, found ? model_metric_hist(side->boots[i].model, found) : NULL);
    }
}

/* Leaves only the points where the functions are not what they were a point before. */
static void drop_flat(struct functions *all)
{
    size_t kept = 0;
    for (size_t i = 0; i < all->points; i++) {
        bool flat = i > 0;
        for (size_t b = 0; b < all->boots && flat; b++)
            flat = all->shares[b * all->points + i] == all->shares[b * all->points + i - 1];
        if (flat)
            continue;
        for (size_t b = 0; b < all->boots; b++)
            all->shares[b * all->points + kept] = all->shares[b * all->points + i];
        kept++;
    }
    for (size_t b = 1; b < all->boots; b++)
        memmove(all->shares + b * kept, all->shares + b * all->points, kept * sizeof(*all->shares));
    all->points = kept;
}

static double distance(const struct functions *all, const bool *in_b)
{
    double most = 0, a_count = (double)all->a_boots, b_count = (double)(all->boots - all->a_boots);
    for (size_t i = 0; i < all->points; i++) {
        double difference = 0;
        for (size_t b = 0; b < all->boots; b++)
            difference += all->shares[b * all->points + i] * (in_b[b] ? 1 / b_count : -1 / a_count);
        most = fmax(most, fabs(difference));
    }
    return most;
}

static double share_as_far(const struct functions *all, double observed)
{
    struct dealer dealer;
    size_t reached = 0, dealings = 0;
    dealer_begin(&dealer, all->a_boots, all->boots - all->a_boots, DEALINGS_EXACT, DEALINGS_SAMPLED);
    while (deal(&dealer)) {
        reached += distance(all, dealer.in_b) >= observed - 1e-12;
        dealings++;
    }
    /* A sample of the dealings does not hold the one that was. */
    reached += !dealer.exact;
    dealings += !dealer.exact;
    return (double)reached / (double)dealings;
}

void compare_ks(struct compare_row *row, struct compare_side *a, struct compare_side *b, const char *metric)
{
    struct functions all = {NULL, hdr_bytes(DIGITS, 4) / 4, 0, 0};
    bool in_b[DEAL_BOOTS_MAX] = {false};

    all.shares = calloc((a->boot_count + b->boot_count) * all.points, sizeof(*all.shares));
    if (!all.shares)
        return;
    add_side(&all, a, row->step, metric);
    all.a_boots = all.boots;
    add_side(&all, b, row->step, metric);
    if (all.a_boots > 0 && all.boots > all.a_boots) {
        drop_flat(&all);
        for (size_t i = all.a_boots; i < all.boots; i++)
            in_b[i] = true;
        row->ks = distance(&all, in_b);
        row->ks_p = share_as_far(&all, row->ks);
    }
    free(all.shares);
}
