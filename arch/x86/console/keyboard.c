/* SPDX-License-Identifier: MIT */
#include "arch/x86/console/keyboard.h"

#include "arch/x86/insn_privileged.h"

static const uint16_t data_port = 0x60, status_port = 0x64;

enum {
    STATUS_FULL = 0x01,  /* a byte waits */
    STATUS_MOUSE = 0x20, /* it is the mouse's */
    STATUS_ABSENT = 0xFF,
    CODE_RELEASED = 0x80, /* also the prefixes E0h and E1h: what follows E0h is told by the same codes */
    POLL_BYTES = 32,
};

static enum key key_of(uint8_t code)
{
    switch (code) {
    case 0x01:
        return KEY_ESCAPE;
    case 0x39: /* blank */
    case 0x1C: /* enter */
    case 0x4D: /* right */
    case 0x50: /* down */
    case 0x51: /* page down */
        return KEY_NEXT;
    case 0x0E: /* backspace */
    case 0x4B: /* left */
    case 0x48: /* up */
    case 0x49: /* page up */
        return KEY_BACK;
    case 0x2E:
        return KEY_C;
    case 0x26:
        return KEY_L;
    case 0x10:
        return KEY_Q;
    case 0x13:
        return KEY_R;
    case 0x1F:
        return KEY_S;
    default:
        return KEY_OTHER;
    }
}

enum key keyboard_poll(void)
{
    for (uint32_t i = 0; i < POLL_BYTES; i++) {
        uint8_t status = inb(status_port), code;

        if (status == STATUS_ABSENT || (status & STATUS_FULL) == 0)
            return KEY_NONE;
        code = inb(data_port);
        if ((status & STATUS_MOUSE) == 0 && (code & CODE_RELEASED) == 0)
            return key_of(code);
    }
    return KEY_NONE;
}
