/* SPDX-License-Identifier: MIT */
/* console=auto|none|ttyS0..3[,baud]|0xPORT[,baud] */
#include "lib/script/cmdline_value.h"

#include "lib/cstring.h"
#include "lib/script/words.h"

enum {
    BAUD_RATE_MIN = 50,
    PORT_MAX = 0xfff8, /* a 16550 has eight registers */
};

/* Reads a baud rate, with or without the "n8" that Linux writes after it. */
static bool read_baud_rate(const struct cmdline_value *value, const struct script_token *token, uint32_t *baud_rate)
{
    struct script_token digits = *token;
    uint64_t rate;

    if (digits.bytes > 2 && memcmp(digits.text + digits.bytes - 2, "n8", 2) == 0)
        digits.bytes -= 2;
    if (!cmdline_read_count(value, &digits, BAUD_RATE_MIN, CMDLINE_BAUD_RATE_MAX, &rate))
        return false;
    if (CMDLINE_BAUD_RATE_MAX % rate != 0) {
        cmdline_refuse(value, &digits, "115200 divided by a whole number: 57600, 38400, 9600 ...", NULL);
        return false;
    }
    *baud_rate = (uint32_t)rate;
    return true;
}

static bool read_port(const struct cmdline_value *value, const struct script_token *token, uint16_t *port)
{
    static const char *const words[] = {"auto", "none", "ttyS0", "ttyS1", "ttyS2", "ttyS3", NULL};
    static const uint16_t ports[] = {0x3f8, 0x2f8, 0x3e8, 0x2e8}; /* COM1 to COM4 */
    for (unsigned i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
        if (words_equal(words[i + 2], token->text, token->bytes)) {
            *port = ports[i];
            return true;
        }
    }
    if (token->bytes > 2 && memcmp(token->text, "0x", 2) == 0) {
        uint64_t number;
        if (!cmdline_read_count(value, token, 1, PORT_MAX, &number))
            return false;
        *port = (uint16_t)number;
        return true;
    }
    cmdline_refuse(value, token, "one of auto, none, ttyS0, ttyS1, ttyS2, ttyS3 or a port such as 0x3f8",
                   words_nearest(words, token->text, token->bytes));
    return false;
}

void cmdline_read_console(struct cmdline *cmdline, const struct cmdline_value *value)
{
    const struct script_token *token = &value->token;
    struct cmdline_console console = {.baud_rate = CMDLINE_BAUD_RATE_MAX};
    size_t comma = 0;
    struct script_token name;
    bool good;

    while (comma < token->bytes && token->text[comma] != ',')
        comma++;
    name = cmdline_token_part(token, 0, comma);
    good = true;
    if (words_equal("none", name.text, name.bytes)) {
        console.kind = CMDLINE_CONSOLE_NONE;
    } else if (!words_equal("auto", name.text, name.bytes)) {
        console.kind = CMDLINE_CONSOLE_PORT;
        good = read_port(value, &name, &console.port);
    }
    if (good && comma < token->bytes) {
        struct script_token rate = cmdline_token_part(token, comma + 1, token->bytes - comma - 1);
        good = read_baud_rate(value, &rate, &console.baud_rate);
    }
    if (good)
        cmdline->console = console;
}
