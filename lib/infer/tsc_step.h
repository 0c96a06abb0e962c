/* SPDX-License-Identifier: MIT */
/*
 * By how much the TSC moves at a time: on some processors (AMD's since Zen) by many ticks at once, so that no single
 * difference of two stamps is known better. Pure; any context.
 */
#ifndef LAB_LIB_INFER_TSC_STEP_H
#define LAB_LIB_INFER_TSC_STEP_H

#include <stddef.h>
#include <stdint.h>

enum { TSC_STEP_MOST = 128 }; /* the largest step that is looked for */

struct tsc_step {
    uint32_t step_tsc; /* 1: no larger one shows */
    int64_t mode_tsc;  /* of the differences: the most frequent, and the median */
    int64_t p50_tsc;
    uint32_t n;
};

/*
 * Of n differences of two stamps each, between which work of many lengths lay; sorts them. The step is the largest of
 * which nearly all are a multiple, give or take a tick where it is above 8, and not all the same multiple.
 */
struct tsc_step tsc_step_of(int64_t *differences_tsc, size_t n);

#endif /* LAB_LIB_INFER_TSC_STEP_H */
