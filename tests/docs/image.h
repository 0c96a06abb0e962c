/* SPDX-License-Identifier: MIT */
/*
 * The image in this process: its segments are copied to the addresses for which it was linked, so that its descriptors
 * can be read and its pure functions can be called. Code that touches the machine must not be called.
 */
#ifndef LAB_TESTS_DOCS_IMAGE_H
#define LAB_TESTS_DOCS_IMAGE_H

/* Loads an ELF64 file (build/idlelab64.elf); on failure the process ends with a message. */
void image_load(const char *path);

/* The address of a symbol of the image; where there is none, the process ends with a message. */
void *image_symbol(const char *name);

#endif /* LAB_TESTS_DOCS_IMAGE_H */
