// SPDX-License-Identifier: MIT
/* Built-in state tables: exit latency and target residency in us, by the MWAIT hint. */
#include <stddef.h>

#include "arch/x86/cpu/cpuid.h"
#include "arch/x86/idle/driver.h"
#include "lib/cstring.h"

enum { FAMILY = 6 };

/* Linux 6.2; mtl_l, gnr and srf are of 2025. Sub-states by hint, times in us. */
static const struct idle_model models[] = {
    {"nehalem",
     {0x1e, 0x1f, 0x1a, 0x2e, 0x25, 0x2c, 0x2f},
     {{"C1", 0x00, 3, 6}, {"C1E", 0x01, 10, 20}, {"C3", 0x10, 20, 80}, {"C6", 0x20, 200, 800}}},
    {"snb",
     {0x2a, 0x2d},
     {{"C1", 0x00, 2, 2},
      {"C1E", 0x01, 10, 20},
      {"C3", 0x10, 80, 211},
      {"C6", 0x20, 104, 345},
      {"C7", 0x30, 109, 345}}},
    {"hsw",
     {0x3c, 0x45, 0x46, 0x3f},
     {{"C1", 0x00, 2, 2},
      {"C1E", 0x01, 10, 20},
      {"C3", 0x10, 33, 100},
      {"C6", 0x20, 133, 400},
      {"C7s", 0x32, 166, 500},
      {"C8", 0x40, 300, 900},
      {"C9", 0x50, 600, 1800},
      {"C10", 0x60, 2600, 7700}}},
    {"bdw",
     {0x3d, 0x47, 0x4f, 0x56},
     {{"C1", 0x00, 2, 2},
      {"C1E", 0x01, 10, 20},
      {"C3", 0x10, 40, 100},
      {"C6", 0x20, 133, 400},
      {"C7s", 0x32, 166, 500},
      {"C8", 0x40, 300, 900},
      {"C9", 0x50, 600, 1800},
      {"C10", 0x60, 2600, 7700}}},
    {"skl",
     {0x4e, 0x5e, 0x8e, 0x9e},
     {{"C1", 0x00, 2, 2},
      {"C1E", 0x01, 10, 20},
      {"C3", 0x10, 70, 100},
      {"C6", 0x20, 85, 200},
      {"C7s", 0x33, 124, 800},
      {"C8", 0x40, 200, 800},
      {"C9", 0x50, 480, 5000},
      {"C10", 0x60, 890, 5000}}},
    {"skx", {0x55}, {{"C1", 0x00, 2, 2}, {"C1E", 0x01, 10, 20}, {"C6", 0x20, 133, 600}}},
    {"icx", {0x6a, 0x6c}, {{"C1", 0x00, 1, 1}, {"C1E", 0x01, 4, 4}, {"C6", 0x20, 170, 600}}},
    {"adl",
     {0x97},
     {{"C1E", 0x01, 2, 4},
      {"C6", 0x20, 220, 600},
      {"C8", 0x40, 280, 800},
      {"C10", 0x60, 680, 2000}}},
    {"adl_l",
     {0x9a},
     {{"C1E", 0x01, 2, 4},
      {"C6", 0x20, 170, 500},
      {"C8", 0x40, 200, 600},
      {"C10", 0x60, 230, 700}}},
    {"mtl_l", {0xaa}, {{"C1E", 0x01, 1, 1}, {"C6", 0x20, 140, 420}, {"C10", 0x60, 310, 930}}},
    {"spr", {0x8f, 0xcf}, {{"C1", 0x00, 1, 1}, {"C1E", 0x01, 2, 4}, {"C6", 0x20, 290, 800}}},
    {"gnr",
     {0xad},
     {{"C1", 0x00, 1, 1}, {"C1E", 0x01, 4, 4}, {"C6", 0x20, 170, 650}, {"C6P", 0x21, 210, 1000}}},
    {"srf",
     {0xaf, 0xdd},
     {{"C1", 0x00, 1, 1}, {"C1E", 0x01, 2, 10}, {"C6S", 0x22, 270, 700}, {"C6SP", 0x23, 310, 900}}},
};

/* Nobody's figures: of the order of the tables above, so that a processor unknown here has states. */
const struct idle_model idle_model_generic = {
    "generic",
    {0},
    {{"C1", 0x00, 2, 2}, {"C1E", 0x01, 10, 20}, {"C3", 0x10, 70, 100}, {"C6", 0x20, 200, 800}}};

const struct idle_model *idle_model_find(const char *name, uint32_t bytes)
{
    for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++) {
        if (strlen(models[i].name) == bytes && memcmp(models[i].name, name, bytes) == 0)
            return &models[i];
    }
    if (strlen(idle_model_generic.name) == bytes &&
        memcmp(idle_model_generic.name, name, bytes) == 0)
        return &idle_model_generic;
    return NULL;
}

const struct idle_model *idle_model_of(const struct cpu_snapshot *snapshot)
{
    if (snapshot->vendor != CPU_VENDOR_INTEL || snapshot->family != FAMILY)
        return NULL;
    for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++) {
        for (const uint8_t *model = models[i].cpus; *model; model++) {
            if (*model == snapshot->model)
                return &models[i];
        }
    }
    return NULL;
}
