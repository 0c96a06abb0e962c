/* SPDX-License-Identifier: MIT */
/*
 * Kolmogorov and Smirnov's distance of two sides of several boots. A side's distribution function is the mean of its
 * boots', so that a boot of many samples counts no more than another. How far apart boots of one thing are this way
 * only the boots can say: they are dealt anew to the sides, jointly for all lines, and a line is held against the
 * largest distance of any (relabel.h: max-T, in a single step; here distances are all of one scale).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/compare/deal.h"
#include "run/tool/compare/view.h"

#define DIGITS 2

/* The boots' distribution functions at each counter that anybody uses, one boot after the other. */
struct functions {
    double *shares;
    size_t points, boots;
    size_t places[DEAL_BOOTS_MAX]; /* of each in the dealing: A's boots first, those without a function left out */
};

/* Adds the boot's function at all counters; false where it has no histogram of this shape. */
static bool add_boot(struct functions *all, const struct hdr *hist, size_t place)
{
    double below = 0, *shares = all->shares + all->boots * all->points;
    if (!hist || hist->digits != DIGITS || hist->counter_count != all->points || hist->total_count == 0)
        return false;
    for (size_t i = 0; i < all->points; i++) {
        below += (double)hdr_count_at(hist, (uint32_t)i);
        shares[i] = below / (double)hist->total_count;
    }
    all->places[all->boots++] = place;
    return true;
}

static size_t add_side(struct functions *all, const struct compare_side *side, size_t first, const char *step,
                       const char *metric)
{
    size_t before = all->boots;
    for (size_t i = 0; i < side->boot_count; i++) {
        struct model_metric *found = compare_metric_of(&side->boots[i], step, metric);
        add_boot(all, found ? model_metric_hist(side->boots[i].model, found) : NULL, first + i);
    }
    return all->boots - before;
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

/* 0 where all are dealt to one side. */
static double distance(const struct functions *all, const bool *in_b)
{
    double most = 0, a_count, b_count = 0;
    for (size_t b = 0; b < all->boots; b++)
        b_count += in_b[all->places[b]];
    a_count = (double)all->boots - b_count;
    if (a_count == 0 || b_count == 0)
        return 0;
    for (size_t i = 0; i < all->points; i++) {
        double difference = 0;
        for (size_t b = 0; b < all->boots; b++)
            difference += all->shares[b * all->points + i] * (in_b[all->places[b]] ? 1 / b_count : -1 / a_count);
        most = fmax(most, fabs(difference));
    }
    return most;
}

static void deal_begin(struct dealer *dealer, struct relabel_boots boots)
{
    dealer_begin(dealer, boots.a_count, boots.b_count, COMPARE_KS_DEALINGS, COMPARE_KS_DEALINGS - 1);
}

static void enter_dealings(struct compare_rows *rows, const struct functions *all, struct relabel_boots boots)
{
    struct dealer dealer;
    deal_begin(&dealer, boots);
    for (size_t d = 0; deal(&dealer); d++)
        rows->ks_most[d] = fmax(rows->ks_most[d], distance(all, dealer.in_b));
}

void compare_ks(struct compare_rows *rows, struct compare_row *row, struct compare_side *a, struct compare_side *b,
                const char *metric)
{
    struct functions all = {NULL, hdr_bytes(DIGITS, 4) / 4, 0, {0}};
    struct relabel_boots boots = {a->boot_count, b->boot_count};
    bool in_b[DEAL_BOOTS_MAX] = {false};
    size_t a_boots, b_boots;

    all.shares = calloc((boots.a_count + boots.b_count) * all.points, sizeof(*all.shares));
    if (!all.shares)
        return;
    a_boots = add_side(&all, a, 0, row->step, metric);
    b_boots = add_side(&all, b, boots.a_count, row->step, metric);
    if (a_boots > 0 && b_boots > 0) {
        drop_flat(&all);
        for (size_t i = 0; i < boots.b_count; i++)
            in_b[boots.a_count + i] = true;
        row->ks = distance(&all, in_b);
        enter_dealings(rows, &all, boots);
    }
    free(all.shares);
}

void compare_ks_family(struct compare_rows *rows, struct relabel_boots boots)
{
    struct dealer dealer;
    size_t dealings, own;

    deal_begin(&dealer, boots);
    dealings = dealer.left;
    /* A sample of the dealings does not hold the one that was. */
    own = !dealer.exact;
    for (size_t i = 0; i < rows->count; i++) {
        struct compare_row *row = &rows->rows[i];
        size_t reached = own;

        for (size_t d = 0; d < dealings && row->ks >= 0; d++)
            reached += rows->ks_most[d] >= row->ks - 1e-12;
        row->ks_p = (double)reached / (double)(dealings + own);
    }
}
