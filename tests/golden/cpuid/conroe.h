/* SPDX-License-Identifier: MIT */
/*
 * Intel Core 2 (Conroe), two cores, before leaf 0Bh. Register values of processor 0 as read on the
 * machine, and where each processor sits as another program (AIDA64) saw it; published in the
 * InstLatx64 collection. Leaves that read as zeros are left out.
 */
#ifndef LAB_TESTS_GOLDEN_CPUID_CONROE_H
#define LAB_TESTS_GOLDEN_CPUID_CONROE_H

#include "tests/golden/cpuid/recorded.h"

static const struct cpuid_leaf conroe_leaves[] = {
    {0x00000000, 0, {0x0000000A, 0x756E6547, 0x6C65746E, 0x49656E69}},
    {0x00000001, 0, {0x000006F6, 0x00020800, 0x0000E3BD, 0xBFEBFBFF}},
    {0x00000002, 0, {0x05B0B101, 0x005657F0, 0x00000000, 0x2CB43049}},
    {0x00000004, 0, {0x04000121, 0x01C0003F, 0x0000003F, 0x00000001}},
    {0x00000004, 1, {0x04000122, 0x01C0003F, 0x0000003F, 0x00000001}},
    {0x00000004, 2, {0x04004143, 0x03C0003F, 0x00000FFF, 0x00000001}},
    {0x00000005, 0, {0x00000040, 0x00000040, 0x00000003, 0x00000020}},
    {0x00000006, 0, {0x00000001, 0x00000002, 0x00000001, 0x00000000}},
    {0x00000008, 0, {0x00000400, 0x00000000, 0x00000000, 0x00000000}},
    {0x0000000A, 0, {0x07280202, 0x00000000, 0x00000000, 0x00000000}},
    {0x80000000, 0, {0x80000008, 0x00000000, 0x00000000, 0x00000000}},
    {0x80000001, 0, {0x00000000, 0x00000000, 0x00000001, 0x20100000}},
    {0x80000002, 0, {0x65746E49, 0x2952286C, 0x726F4320, 0x4D542865}},
    {0x80000003, 0, {0x43203229, 0x20205550, 0x20202020, 0x58202020}},
    {0x80000004, 0, {0x30303836, 0x20402020, 0x33392E32, 0x007A4847}},
    {0x80000006, 0, {0x00000000, 0x00000000, 0x10008040, 0x00000000}},
    {0x80000008, 0, {0x00003024, 0x00000000, 0x00000000, 0x00000000}},
};

static const struct recorded_place conroe_places[] = {
    {0x0, 0, 0, 0},
    {0x1, 0, 1, 0},
};

static const struct recorded_cpu recorded_conroe = {
    .name = "conroe",
    .leaves = conroe_leaves,
    .leaf_count = sizeof(conroe_leaves) / sizeof(conroe_leaves[0]),
    .places = conroe_places,
    .place_count = sizeof(conroe_places) / sizeof(conroe_places[0]),
};

#endif
