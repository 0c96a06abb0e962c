/* SPDX-License-Identifier: MIT */
#include "lib/stats.h"

enum {
    INSERTION_MAX = 16, /* below this a plain insertion is the quickest */
};

void summary_add(struct summary *summary, int64_t value)
{
    if (summary->n == 0 || value < summary->min)
        summary->min = value;
    if (summary->n == 0 || value > summary->max)
        summary->max = value;
    summary->n++;
    summary->negative += value < 0;
    /* A saturated sum stays at its limit: a later value of the other sign would make it look right again. */
    if (summary->sum_saturated)
        return;
    if (__builtin_add_overflow(summary->sum, value, &summary->sum)) {
        summary->sum = value < 0 ? INT64_MIN : INT64_MAX;
        summary->sum_saturated = true;
    }
}

struct summary summary_of_sorted(const int64_t *sorted, size_t n)
{
    struct summary summary = {0};

    for (size_t i = 0; i < n; i++)
        summary_add(&summary, sorted[i]);
    summary.median = stats_median(sorted, n);
    summary.mad = stats_mad(sorted, n, summary.median);
    return summary;
}

static void swap(int64_t *a, int64_t *b)
{
    int64_t kept = *a;

    *a = *b;
    *b = kept;
}

static void insertion_sort(int64_t *values, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        int64_t value = values[i];
        size_t at = i;

        for (; at > 0 && values[at - 1] > value; at--)
            values[at] = values[at - 1];
        values[at] = value;
    }
}

static void sift_down(int64_t *heap, size_t root, size_t n)
{
    for (size_t child; (child = 2 * root + 1) < n; root = child) {
        if (child + 1 < n && heap[child + 1] > heap[child])
            child++;
        if (heap[root] >= heap[child])
            return;
        swap(&heap[root], &heap[child]);
    }
}

static void heap_sort(int64_t *values, size_t n)
{
    for (size_t root = n / 2; root-- > 0;)
        sift_down(values, root, n);
    while (n-- > 1) {
        swap(&values[0], &values[n]);
        sift_down(values, 0, n);
    }
}

/* Orders first, middle and last, and gives the middle one's value. */
static int64_t pivot_of(int64_t *values, size_t n)
{
    int64_t *first = &values[0];
    int64_t *middle = &values[n / 2];
    int64_t *last = &values[n - 1];

    if (*middle < *first)
        swap(middle, first);
    if (*last < *middle)
        swap(last, middle);
    if (*middle < *first)
        swap(middle, first);
    return *middle;
}

/* C. A. R. Hoare's partition: no value before the returned place is above any value from there on. */
static size_t partition(int64_t *values, size_t n)
{
    int64_t pivot = pivot_of(values, n);
    size_t low = 0;
    size_t high = n - 1;

    for (;;) {
        while (values[low] < pivot)
            low++;
        while (values[high] > pivot)
            high--;
        if (low >= high)
            return high + 1;
        swap(&values[low++], &values[high--]);
    }
}

/*
 * Quicksort that turns to heapsort after `splits` splits (D. Musser, "Introspective Sorting and Selection Algorithms",
 * 1997): inputs that defeat the pivot cost no more than n log n. It calls itself for the smaller part only, so the
 * stack stays at log2(n) frames.
 */
static void sort_with_splits(int64_t *values, size_t n, unsigned splits)
{
    while (n > INSERTION_MAX) {
        size_t cut;

        if (splits-- == 0) {
            heap_sort(values, n);
            return;
        }
        cut = partition(values, n);
        if (cut < n - cut) {
            sort_with_splits(values, cut, splits);
            values += cut;
            n -= cut;
        } else {
            sort_with_splits(values + cut, n - cut, splits);
            n = cut;
        }
    }
    insertion_sort(values, n);
}

void stats_sort(int64_t *values, size_t n)
{
    size_t ordered = 1;

    while (ordered < n && values[ordered - 1] <= values[ordered])
        ordered++;
    if (ordered < n)
        sort_with_splits(values, n, 2 * (64 - (unsigned)__builtin_clzll(n)));
}

/* high - low, which may need 64 bits without a sign (low <= high). */
static uint64_t distance(int64_t low, int64_t high)
{
    return (uint64_t)high - (uint64_t)low;
}

int64_t stats_median(const int64_t *sorted, size_t n)
{
    int64_t low;
    int64_t high;

    if (n == 0)
        return 0;
    low = sorted[(n - 1) / 2];
    high = sorted[n / 2];
    return (int64_t)((uint64_t)low + distance(low, high) / 2);
}

int64_t stats_sort_median(int64_t *values, size_t n)
{
    stats_sort(values, n);
    return stats_median(values, n);
}

/*
 * Going away from the median, the deviations grow to the left and to the right: merging the two walks gives them in
 * ascending order, and the median of n stands half-way.
 */
int64_t stats_mad(const int64_t *sorted, size_t n, int64_t median)
{
    size_t right = 0;
    size_t left;
    uint64_t previous = 0;
    uint64_t current = 0;
    uint64_t mad;

    if (n == 0)
        return 0;
    for (size_t step = n; step; step /= 2)
        while (right + step <= n && sorted[right + step - 1] < median)
            right += step;
    left = right;
    for (size_t taken = 0; taken <= n / 2; taken++) {
        bool from_left =
            left > 0 && (right == n || distance(sorted[left - 1], median) <= distance(median, sorted[right]));

        previous = current;
        if (from_left)
            current = distance(sorted[--left], median);
        else
            current = distance(median, sorted[right++]);
    }
    mad = n % 2 ? current : previous + (current - previous) / 2;
    return mad > INT64_MAX ? INT64_MAX : (int64_t)mad;
}

void stats_order(uint64_t *at_tsc, int64_t *values, size_t n)
{
    size_t gap = 1;

    while (gap < n && at_tsc[gap - 1] <= at_tsc[gap])
        gap++;
    /* D. L. Shell's sort, whose gaps here have no factor in common for long. */
    for (gap = gap < n ? n : 1; gap > 1;) {
        gap = gap > 4 ? gap * 5 / 11 : 1;
        for (size_t i = gap; i < n; i++) {
            uint64_t at = at_tsc[i];
            int64_t value = values[i];
            size_t to = i;

            for (; to >= gap && at_tsc[to - gap] > at; to -= gap) {
                at_tsc[to] = at_tsc[to - gap];
                values[to] = values[to - gap];
            }
            at_tsc[to] = at;
            values[to] = value;
        }
    }
}

void worst_add(struct worst *worst, int64_t value, uint64_t at_tsc)
{
    uint32_t at = worst->count;

    if (at == WORST_MAX && value <= worst->entries[WORST_MAX - 1].value)
        return;
    if (at == WORST_MAX)
        at--;
    else
        worst->count++;
    for (; at > 0 && worst->entries[at - 1].value < value; at--)
        worst->entries[at] = worst->entries[at - 1];
    worst->entries[at] = (struct worst_entry){value, at_tsc};
}
