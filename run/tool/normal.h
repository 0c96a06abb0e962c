/* SPDX-License-Identifier: MIT */
/* The normal distribution. */
#ifndef LAB_TOOL_NORMAL_H
#define LAB_TOOL_NORMAL_H

/* The z that a normal value exceeds with chance `tail`, above 0, up to 0.5. */
double normal_above(double tail);

#endif /* LAB_TOOL_NORMAL_H */
