/* SPDX-License-Identifier: MIT */
/*
 * The image in this process: its segments are copied to the addresses for which it was linked, so that its descriptors
 * can be read and its pure functions can be called. Code that touches the machine must not be called.
 */
#ifndef LAB_TOOL_PLAN_IMAGE_H
#define LAB_TOOL_PLAN_IMAGE_H

/* Loads an ELF64 file with symbols (build/link/pvh.elf), one a process. NULL, or why it cannot. */
const char *image_load(const char *path);

/* The address of a symbol of the image that was loaded; NULL: there is none. */
void *image_symbol(const char *name);

#endif /* LAB_TOOL_PLAN_IMAGE_H */
