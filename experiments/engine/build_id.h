/* SPDX-License-Identifier: MIT */
/* Which source and which compiler made this image. Generated at build time (build/gen/build_id.c), read-only. */
#ifndef LAB_EXPERIMENTS_ENGINE_BUILD_ID_H
#define LAB_EXPERIMENTS_ENGINE_BUILD_ID_H

/* `git describe --always --dirty`, or "unknown" outside a git checkout. */
extern const char build_id[];

/* The compiler's name and version. */
extern const char build_compiler[];

#endif /* LAB_EXPERIMENTS_ENGINE_BUILD_ID_H */
