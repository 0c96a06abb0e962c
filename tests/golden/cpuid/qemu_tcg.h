/* SPDX-License-Identifier: MIT */
/*
 * QEMU 7.2, -accel tcg -cpu max -smp 4,sockets=1,cores=2,threads=2: read by a multiboot program
 * inside. The places are those of the command line.
 */
#ifndef LAB_TESTS_GOLDEN_CPUID_QEMU_TCG_H
#define LAB_TESTS_GOLDEN_CPUID_QEMU_TCG_H

#include "tests/golden/cpuid/recorded.h"

static const struct cpuid_leaf qemu_tcg_leaves[] = {
    {0x00000000, 0, {0x0000000D, 0x68747541, 0x444D4163, 0x69746E65}},
    {0x00000001, 0, {0x00060FB1, 0x00040800, 0xF6D8320B, 0x1FCBFBFD}},
    {0x00000005, 0, {0x00000000, 0x00000000, 0x00000003, 0x00000000}},
    {0x00000006, 0, {0x00000004, 0x00000000, 0x00000000, 0x00000000}},
    {0x00000007, 0, {0x00000000, 0x01D843A9, 0x8001020C, 0x00000000}},
    {0x0000000B, 0, {0x00000001, 0x00000002, 0x00000100, 0x00000000}},
    {0x0000000B, 1, {0x00000002, 0x00000004, 0x00000201, 0x00000000}},
    {0x0000000B, 2, {0x00000000, 0x00000000, 0x00000002, 0x00000000}},
    {0x0000000B, 3, {0x00000000, 0x00000000, 0x00000003, 0x00000000}},
    {0x0000000D, 0, {0x0000021F, 0x00000240, 0x00000A88, 0x00000000}},
    {0x0000000D, 1, {0x00000005, 0x000003C8, 0x00000000, 0x00000000}},
    {0x0000000D, 2, {0x00000100, 0x00000240, 0x00000000, 0x00000000}},
    {0x0000000D, 3, {0x00000040, 0x000003C0, 0x00000000, 0x00000000}},
    {0x0000000D, 4, {0x00000040, 0x00000400, 0x00000000, 0x00000000}},
    {0x0000000D, 9, {0x00000008, 0x00000A80, 0x00000000, 0x00000000}},
    {0x40000000, 0, {0x40000001, 0x54474354, 0x43544743, 0x47435447}},
    {0x40000100, 0, {0x0000021F, 0x00000240, 0x00000A88, 0x00000000}},
    {0x80000000, 0, {0x8000000A, 0x68747541, 0x444D4163, 0x69746E65}},
    {0x80000001, 0, {0x00060FB1, 0x00000000, 0x00000077, 0xEDD3FBFD}},
    {0x80000002, 0, {0x554D4551, 0x47435420, 0x55504320, 0x72657620}},
    {0x80000003, 0, {0x6E6F6973, 0x352E3220, 0x0000002B, 0x00000000}},
    {0x80000005, 0, {0x01FF01FF, 0x01FF01FF, 0x40020140, 0x40020140}},
    {0x80000006, 0, {0x00000000, 0x42004200, 0x02008140, 0x00808140}},
    {0x80000008, 0, {0x00003928, 0x00000000, 0x00002003, 0x00000000}},
    {0x8000000A, 0, {0x00000001, 0x00000010, 0x00000000, 0x10010001}},
};

static const struct recorded_place qemu_tcg_places[] = {
    {0x0, 0, 0, 0},
    {0x1, 0, 0, 1},
    {0x2, 0, 1, 0},
    {0x3, 0, 1, 1},
};

static const struct recorded_cpu recorded_qemu_tcg = {
    .name = "qemu_tcg",
    .leaves = qemu_tcg_leaves,
    .leaf_count = sizeof(qemu_tcg_leaves) / sizeof(qemu_tcg_leaves[0]),
    .places = qemu_tcg_places,
    .place_count = sizeof(qemu_tcg_places) / sizeof(qemu_tcg_places[0]),
};

#endif
