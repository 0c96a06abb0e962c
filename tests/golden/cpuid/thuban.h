/* SPDX-License-Identifier: MIT */
/*
 * AMD Phenom II X6 (family 10h), six cores, before leaf 0Bh. Register values of processor 0 as read
 * on the machine, and where each processor sits as another program (AIDA64) saw it; published in
 * the InstLatx64 collection. Leaves that read as zeros are left out.
 */
#ifndef LAB_TESTS_GOLDEN_CPUID_THUBAN_H
#define LAB_TESTS_GOLDEN_CPUID_THUBAN_H

#include "tests/golden/cpuid/recorded.h"

static const struct cpuid_leaf thuban_leaves[] = {
    {0x00000000, 0, {0x00000006, 0x68747541, 0x444D4163, 0x69746E65}},
    {0x00000001, 0, {0x00100FA0, 0x00060800, 0x00802009, 0x178BFBFF}},
    {0x00000005, 0, {0x00000040, 0x00000040, 0x00000003, 0x00000000}},
    {0x00000006, 0, {0x00000000, 0x00000000, 0x00000001, 0x00000000}},
    {0x80000000, 0, {0x8000001B, 0x68747541, 0x444D4163, 0x69746E65}},
    {0x80000001, 0, {0x00100FA0, 0x10000050, 0x000037FF, 0xEFD3FBFF}},
    {0x80000002, 0, {0x20444D41, 0x6E656850, 0x74286D6F, 0x4920296D}},
    {0x80000003, 0, {0x36582049, 0x35303120, 0x50205435, 0x65636F72}},
    {0x80000004, 0, {0x726F7373, 0x00000000, 0x00000000, 0x00000000}},
    {0x80000005, 0, {0xFF30FF10, 0xFF30FF20, 0x40020140, 0x40020140}},
    {0x80000006, 0, {0x20800000, 0x42004200, 0x02008140, 0x0030B140}},
    {0x80000007, 0, {0x00000000, 0x00000000, 0x00000000, 0x000003F9}},
    {0x80000008, 0, {0x00003030, 0x00000000, 0x00003005, 0x00000000}},
    {0x8000000A, 0, {0x00000001, 0x00000040, 0x00000000, 0x0000040F}},
    {0x80000019, 0, {0xF0300000, 0x60100000, 0x00000000, 0x00000000}},
    {0x8000001A, 0, {0x00000003, 0x00000000, 0x00000000, 0x00000000}},
    {0x8000001B, 0, {0x0000001F, 0x00000000, 0x00000000, 0x00000000}},
};

static const struct recorded_place thuban_places[] = {
    {0x0, 0, 0, 0}, {0x1, 0, 1, 0}, {0x3, 0, 2, 0}, {0x5, 0, 3, 0}, {0x2, 0, 4, 0}, {0x4, 0, 5, 0},
};

static const struct recorded_cpu recorded_thuban = {
    .name = "thuban",
    .leaves = thuban_leaves,
    .leaf_count = sizeof(thuban_leaves) / sizeof(thuban_leaves[0]),
    .places = thuban_places,
    .place_count = sizeof(thuban_places) / sizeof(thuban_places[0]),
};

#endif
