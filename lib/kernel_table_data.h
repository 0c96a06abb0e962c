/* SPDX-License-Identifier: MIT */
/* The figures behind lib/kernel_table.c, which alone includes this: times in us. */
#ifndef LAB_LIB_KERNEL_TABLE_DATA_H
#define LAB_LIB_KERNEL_TABLE_DATA_H

#include "lib/kernel_table.h"

#define STATES(name) static const struct kernel_state name[]

/* Name, flags, hint, exit latency, target residency. */
STATES(nehalem) = {{KERNEL_C1, 0, 0x00, 3, 6},
                   {KERNEL_C1E, 0, 0x01, 10, 20},
                   {KERNEL_C3, 0, 0x10, 20, 80},
                   {KERNEL_C6, 0, 0x20, 200, 800}};
STATES(snb) = {{KERNEL_C1, 0, 0x00, 2, 2},
               {KERNEL_C1E, 0, 0x01, 10, 20},
               {KERNEL_C3, 0, 0x10, 80, 211},
               {KERNEL_C6, 0, 0x20, 104, 345},
               {KERNEL_C7, 0, 0x30, 109, 345}};
STATES(ivb) = {{KERNEL_C1, 0, 0x00, 1, 1},
               {KERNEL_C1E, 0, 0x01, 10, 20},
               {KERNEL_C3, 0, 0x10, 59, 156},
               {KERNEL_C6, 0, 0x20, 80, 300},
               {KERNEL_C7, 0, 0x30, 87, 300}};
STATES(ivt) = {{KERNEL_C1, 0, 0x00, 1, 1},
               {KERNEL_C1E, 0, 0x01, 10, 80},
               {KERNEL_C3, 0, 0x10, 59, 156},
               {KERNEL_C6, 0, 0x20, 82, 300}};
STATES(ivt_4s) = {{KERNEL_C1, 0, 0x00, 1, 1},
                  {KERNEL_C1E, 0, 0x01, 10, 250},
                  {KERNEL_C3, 0, 0x10, 59, 300},
                  {KERNEL_C6, 0, 0x20, 84, 400}};
STATES(ivt_8s) = {{KERNEL_C1, 0, 0x00, 1, 1},
                  {KERNEL_C1E, 0, 0x01, 10, 500},
                  {KERNEL_C3, 0, 0x10, 59, 600},
                  {KERNEL_C6, 0, 0x20, 88, 700}};
STATES(hsw) = {{KERNEL_C1, 0, 0x00, 2, 2},      {KERNEL_C1E, 0, 0x01, 10, 20},          {KERNEL_C3, 0, 0x10, 33, 100},
               {KERNEL_C6, 0, 0x20, 133, 400},  {KERNEL_C7_SMALL_S, 0, 0x32, 166, 500}, {KERNEL_C8, 0, 0x40, 300, 900},
               {KERNEL_C9, 0, 0x50, 600, 1800}, {KERNEL_C10, 0, 0x60, 2600, 7700}};
STATES(bdw) = {{KERNEL_C1, 0, 0x00, 2, 2},      {KERNEL_C1E, 0, 0x01, 10, 20},          {KERNEL_C3, 0, 0x10, 40, 100},
               {KERNEL_C6, 0, 0x20, 133, 400},  {KERNEL_C7_SMALL_S, 0, 0x32, 166, 500}, {KERNEL_C8, 0, 0x40, 300, 900},
               {KERNEL_C9, 0, 0x50, 600, 1800}, {KERNEL_C10, 0, 0x60, 2600, 7700}};
STATES(skl) = {{KERNEL_C1, 0, 0x00, 2, 2},      {KERNEL_C1E, 0, 0x01, 10, 20},          {KERNEL_C3, 0, 0x10, 70, 100},
               {KERNEL_C6, 0, 0x20, 85, 200},   {KERNEL_C7_SMALL_S, 0, 0x33, 124, 800}, {KERNEL_C8, 0, 0x40, 200, 800},
               {KERNEL_C9, 0, 0x50, 480, 5000}, {KERNEL_C10, 0, 0x60, 890, 5000}};
STATES(skx) = {{KERNEL_C1, KERNEL_IRQ_ON, 0x00, 2, 2}, {KERNEL_C1E, 0, 0x01, 10, 20}, {KERNEL_C6, 0, 0x20, 133, 600}};
STATES(skx_pc2) = {
    {KERNEL_C1, KERNEL_IRQ_ON, 0x00, 2, 2}, {KERNEL_C1E, 0, 0x01, 10, 20}, {KERNEL_C6, 0, 0x20, 92, 276}};
STATES(icx) = {{KERNEL_C1, KERNEL_IRQ_ON, 0x00, 1, 1}, {KERNEL_C1E, 0, 0x01, 4, 4}, {KERNEL_C6, 0, 0x20, 170, 600}};
STATES(adl) = {{KERNEL_C1, KERNEL_OFF, 0x00, 1, 1},
               {KERNEL_C1E, 0, 0x01, 2, 4},
               {KERNEL_C6, 0, 0x20, 220, 600},
               {KERNEL_C8, 0, 0x40, 280, 800},
               {KERNEL_C10, 0, 0x60, 680, 2000}};
STATES(adl_l) = {{KERNEL_C1, KERNEL_OFF, 0x00, 1, 1},
                 {KERNEL_C1E, 0, 0x01, 2, 4},
                 {KERNEL_C6, 0, 0x20, 170, 500},
                 {KERNEL_C8, 0, 0x40, 200, 600},
                 {KERNEL_C10, 0, 0x60, 230, 700}};
STATES(gmt) = {{KERNEL_C1, KERNEL_OFF, 0x00, 1, 1},
               {KERNEL_C1E, 0, 0x01, 2, 4},
               {KERNEL_C6, 0, 0x20, 195, 585},
               {KERNEL_C8, 0, 0x40, 260, 1040},
               {KERNEL_C10, 0, 0x60, 660, 1980}};
STATES(mtl_l) = {{KERNEL_C1E, 0, 0x01, 1, 1}, {KERNEL_C6, 0, 0x20, 140, 420}, {KERNEL_C10, 0, 0x60, 310, 930}};
STATES(ptl) = {{KERNEL_C1, 0, 0x00, 1, 1},
               {KERNEL_C1E, 0, 0x01, 10, 10},
               {KERNEL_C6S, 0, 0x21, 300, 300},
               {KERNEL_C10, 0, 0x60, 370, 2500}};
STATES(spr) = {{KERNEL_C1, 0, 0x00, 1, 1}, {KERNEL_C1E, 0, 0x01, 2, 4}, {KERNEL_C6, KERNEL_AMX_INIT, 0x20, 290, 800}};
STATES(spr_pc2) = {
    {KERNEL_C1, 0, 0x00, 1, 1}, {KERNEL_C1E, 0, 0x01, 2, 4}, {KERNEL_C6, KERNEL_AMX_INIT, 0x20, 190, 600}};
STATES(gnr) = {{KERNEL_C1, 0, 0x00, 1, 1},
               {KERNEL_C1E, 0, 0x01, 4, 4},
               {KERNEL_C6, KERNEL_AMX_INIT, 0x20, 170, 650},
               {KERNEL_C6P, KERNEL_AMX_INIT, 0x21, 210, 1000}};
STATES(gnrd) = {{KERNEL_C1, 0, 0x00, 1, 1},
                {KERNEL_C1E, 0, 0x01, 4, 4},
                {KERNEL_C6, KERNEL_AMX_INIT, 0x20, 220, 650},
                {KERNEL_C6P, KERNEL_AMX_INIT, 0x21, 240, 750}};
STATES(grr) = {{KERNEL_C1, 0, 0x00, 1, 1}, {KERNEL_C1E, 0, 0x01, 2, 10}, {KERNEL_C6S, 0, 0x22, 140, 500}};
STATES(srf) = {{KERNEL_C1, 0, 0x00, 1, 1},
               {KERNEL_C1E, 0, 0x01, 2, 10},
               {KERNEL_C6S, 0, 0x22, 270, 700},
               {KERNEL_C6SP, 0, 0x23, 310, 900}};
STATES(snr) = {{KERNEL_C1, 0, 0x00, 2, 2}, {KERNEL_C1E, 0, 0x01, 15, 25}, {KERNEL_C6, 0, 0x20, 130, 500}};
STATES(dnv) = {{KERNEL_C1, 0, 0x00, 2, 2}, {KERNEL_C1E, 0, 0x01, 10, 20}, {KERNEL_C6, 0, 0x20, 50, 500}};
STATES(bxt) = {{KERNEL_C1, 0, 0x00, 2, 2},         {KERNEL_C1E, 0, 0x01, 10, 20},
               {KERNEL_C6, 0, 0x20, 133, 133},     {KERNEL_C7_SMALL_S, 0, 0x31, 155, 155},
               {KERNEL_C8, 0, 0x40, 1000, 1000},   {KERNEL_C9, 0, 0x50, 2000, 2000},
               {KERNEL_C10, 0, 0x60, 10000, 10000}};
STATES(byt) = {{KERNEL_C1, 0, 0x00, 1, 1},
               {KERNEL_C6N, 0, 0x58, 300, 275},
               {KERNEL_C6S, 0, 0x52, 500, 560},
               {KERNEL_C7, 0, 0x60, 1200, 4000},
               {KERNEL_C7S, 0, 0x64, 10000, 20000}};
STATES(cht) = {{KERNEL_C1, 0, 0x00, 1, 1},
               {KERNEL_C6N, 0, 0x58, 80, 275},
               {KERNEL_C6S, 0, 0x52, 200, 560},
               {KERNEL_C7, 0, 0x60, 1200, 4000},
               {KERNEL_C7S, 0, 0x64, 10000, 20000}};
STATES(avn) = {{KERNEL_C1, 0, 0x00, 2, 2}, {KERNEL_C6, 0, 0x51, 15, 45}};
STATES(tangier) = {{KERNEL_C1, 0, 0x00, 1, 4},
                   {KERNEL_C4, 0, 0x30, 100, 400},
                   {KERNEL_C6, 0, 0x52, 140, 560},
                   {KERNEL_C7, 0, 0x60, 1200, 4000},
                   {KERNEL_C9, 0, 0x64, 10000, 20000}};
STATES(atom) = {{KERNEL_C1E, 0, 0x00, 10, 20},
                {KERNEL_C2, 0, 0x10, 20, 80},
                {KERNEL_C4, 0, 0x30, 100, 400},
                {KERNEL_C6, 0, 0x52, 140, 560}};
STATES(knl) = {{KERNEL_C1, 0, 0x00, 1, 2}, {KERNEL_C6, 0, 0x10, 120, 500}};
/* What firmware states in _CST; C2's 400 us is about twenty times the value measured on Zen 2. */
STATES(zen) = {{KERNEL_C1, 0, 0x00, 1, 2}, {KERNEL_C2, KERNEL_PORT, 0x01, 400, 800}};
STATES(generic) = {{KERNEL_C1, 0, 0x00, 2, 2},
                   {KERNEL_C1E, 0, 0x01, 10, 20},
                   {KERNEL_C3, 0, 0x10, 70, 100},
                   {KERNEL_C6, 0, 0x20, 200, 800}};

#undef STATES

#endif /* LAB_LIB_KERNEL_TABLE_DATA_H */
