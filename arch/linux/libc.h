/* SPDX-License-Identifier: MIT */
/* The C library's pause() sleeps until a signal; ours is the instruction. Compiled in front of each file here. */
#ifndef LAB_ARCH_LINUX_LIBC_H
#define LAB_ARCH_LINUX_LIBC_H

#define pause pause_until_signal
#include <unistd.h>
#undef pause

#endif /* LAB_ARCH_LINUX_LIBC_H */
