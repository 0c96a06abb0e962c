/* SPDX-License-Identifier: MIT */
/* One line on the screen and on COM1, then stop: for failures before the lab can write a log (early_message.S). */
#ifndef LAB_BOOT_BOOT_STOP_H
#define LAB_BOOT_BOOT_STOP_H

/*
 * Never returns. text: begins with a newline and ends with one, ASCII, below 4 GiB; at most 80 characters show on the
 * screen. Boot CPU, interrupts off, identity map.
 */
_Noreturn void boot_stop(const char *text);

#endif /* LAB_BOOT_BOOT_STOP_H */
