/* SPDX-License-Identifier: MIT */
/*
 * Keys of a PS/2 keyboard, or of a USB one that the firmware passes off as one, by polling.
 *
 * Boot CPU, never while a CPU measures. Nothing is sent to the controller. Source: IBM PS/2 hardware reference,
 * "Keyboard and auxiliary device controller"; scan code set 1, to which the controller translates.
 */
#ifndef LAB_ARCH_CONSOLE_KEYBOARD_H
#define LAB_ARCH_CONSOLE_KEYBOARD_H

#include <stdint.h>

enum key {
    KEY_NONE,
    KEY_OTHER,
    KEY_ESCAPE,
    KEY_NEXT, /* blank, enter, right, down, page down */
    KEY_BACK, /* left, up, page up, backspace */
    KEY_C,
    KEY_L,
    KEY_Q,
    KEY_R,
    KEY_S,
};

/* The key that was pressed; KEY_NONE: none, or there is no controller. Takes bytes until then, at most 32. */
enum key keyboard_poll(void);

#endif /* LAB_ARCH_CONSOLE_KEYBOARD_H */
