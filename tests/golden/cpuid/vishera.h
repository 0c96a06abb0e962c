/* SPDX-License-Identifier: MIT */
/*
 * AMD FX-8350 (family 15h), eight cores in four compute units. Register values of processor 0 as
 * read on the machine, and where each processor sits as another program (AIDA64) saw it; published
 * in the InstLatx64 collection. Leaves that read as zeros are left out.
 */
#ifndef LAB_TESTS_GOLDEN_CPUID_VISHERA_H
#define LAB_TESTS_GOLDEN_CPUID_VISHERA_H

#include "tests/golden/cpuid/recorded.h"

static const struct cpuid_leaf vishera_leaves[] = {
    {0x00000000, 0, {0x0000000D, 0x68747541, 0x444D4163, 0x69746E65}},
    {0x00000001, 0, {0x00600F20, 0x00080800, 0x3E98320B, 0x178BFBFF}},
    {0x00000005, 0, {0x00000040, 0x00000040, 0x00000003, 0x00000000}},
    {0x00000006, 0, {0x00000000, 0x00000000, 0x00000001, 0x00000000}},
    {0x00000007, 0, {0x00000000, 0x00000008, 0x00000000, 0x00000000}},
    {0x0000000D, 0, {0x00000007, 0x00000340, 0x000003C0, 0x40000000}},
    {0x0000000D, 1, {0x00000100, 0x00000240, 0x00000000, 0x00000000}},
    {0x80000000, 0, {0x8000001E, 0x68747541, 0x444D4163, 0x69746E65}},
    {0x80000001, 0, {0x00600F20, 0x10000000, 0x01EBBFFF, 0x2FD3FBFF}},
    {0x80000002, 0, {0x20444D41, 0x74285846, 0x382D296D, 0x20303533}},
    {0x80000003, 0, {0x68676945, 0x6F432D74, 0x50206572, 0x65636F72}},
    {0x80000004, 0, {0x726F7373, 0x20202020, 0x20202020, 0x00202020}},
    {0x80000005, 0, {0xFF40FF18, 0xFF40FF30, 0x10040140, 0x40020140}},
    {0x80000006, 0, {0x64006400, 0x64004200, 0x08008140, 0x0040C140}},
    {0x80000007, 0, {0x00000000, 0x00000000, 0x00000000, 0x000007D9}},
    {0x80000008, 0, {0x00003030, 0x00000000, 0x00004007, 0x00000000}},
    {0x8000000A, 0, {0x00000001, 0x00010000, 0x00000000, 0x00001CFF}},
    {0x80000019, 0, {0xF040F018, 0x64006400, 0x00000000, 0x00000000}},
    {0x8000001A, 0, {0x00000003, 0x00000000, 0x00000000, 0x00000000}},
    {0x8000001B, 0, {0x000000FF, 0x00000000, 0x00000000, 0x00000000}},
    {0x8000001C, 0, {0x00000000, 0x80032013, 0x00010200, 0x8000000F}},
    {0x8000001D, 0, {0x00000121, 0x00C0003F, 0x0000003F, 0x00000000}},
    {0x8000001D, 1, {0x00004122, 0x0040003F, 0x000001FF, 0x00000000}},
    {0x8000001D, 2, {0x00004143, 0x03C0003F, 0x000007FF, 0x00000001}},
    {0x8000001D, 3, {0x0001C163, 0x0FC0003F, 0x000007FF, 0x00000001}},
    {0x8000001E, 0, {0x00000010, 0x00000100, 0x00000000, 0x00000000}},
};

static const struct recorded_place vishera_places[] = {
    {0x0, 0, 0, 0}, {0x1, 0, 1, 0}, {0x2, 0, 2, 0}, {0x3, 0, 3, 0},
    {0x4, 0, 4, 0}, {0x5, 0, 5, 0}, {0x6, 0, 6, 0}, {0x7, 0, 7, 0},
};

static const struct recorded_cpu recorded_vishera = {
    .name = "vishera",
    .leaves = vishera_leaves,
    .leaf_count = sizeof(vishera_leaves) / sizeof(vishera_leaves[0]),
    .places = vishera_places,
    .place_count = sizeof(vishera_places) / sizeof(vishera_places[0]),
};

#endif
