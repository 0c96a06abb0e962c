/* SPDX-License-Identifier: MIT */
/*
 * console=auto[,baud] | none | PORT[+PORT...], with
 *   PORT   ttyS0..3 | 0xPORT | pci:BB:DD.F, each with [,baud[,clock]] | mmio:0xADDRESS[,bits[,clock[,baud]]]
 */
#include "lib/script/cmdline_value.h"

#include "lib/cstring.h"
#include "lib/script/words.h"

enum {
    BAUD_RATE_MIN = 50,
    BAUD_RATE_TOP = 4000000,
    PORT_MAX = 0xfff8, /* a 16550 has eight registers */
    CLOCK_PARTS = 16,  /* of one bit, at divisor 1 */
    CLOCK_MIN_HZ = CLOCK_PARTS * BAUD_RATE_MIN,
    CLOCK_MAX_HZ = 1000000000,
    TOLERANCE = 32, /* a receiver bears an error of a few percent: one part in so many */
    PARTS_MAX = 4,
};

#define ADDRESS_MAX UINT64_C(0xFFFFFFFFFFFFF)

/* The pieces of a port between its commas; those that are not there are empty. */
struct parts {
    uint32_t count;
    struct script_token part[PARTS_MAX];
};

static bool split(const struct cmdline_value *value, const struct script_token *token, struct parts *parts)
{
    size_t from = 0;

    *parts = (struct parts){0};
    for (size_t i = 0; i <= token->bytes; i++) {
        if (i < token->bytes && token->text[i] != ',')
            continue;
        if (parts->count == PARTS_MAX) {
            cmdline_refuse(value, token, "fewer commas", NULL);
            return false;
        }
        parts->part[parts->count++] = cmdline_token_part(token, from, i - from);
        from = i + 1;
    }
    return true;
}

/* True where the clock makes that rate, nearly. */
static bool clock_makes(uint64_t clock_hz, uint64_t rate)
{
    uint64_t fastest = clock_hz / CLOCK_PARTS, divisor = (fastest + rate / 2) / rate, made;

    made = divisor ? fastest / divisor : fastest;
    return (made > rate ? made - rate : rate - made) <= rate / TOLERANCE;
}

/* NULL, or what the rate should be instead. */
static const char *wrong_rate(uint64_t rate, uint32_t clock_hz)
{
    if (clock_hz)
        return clock_makes(clock_hz, rate) ? NULL
                                           : "a rate that this clock makes: it divided by 16 and by a whole number";
    if (rate > CMDLINE_BAUD_RATE_MAX)
        return "at most 115200, or a faster port's clock behind it: ttyS0,921600,14745600";
    return CMDLINE_BAUD_RATE_MAX % rate == 0 ? NULL : "115200 divided by a whole number: 57600, 38400, 9600 ...";
}

/* Reads a baud rate, with or without the "n8" that Linux writes after it. */
static bool read_baud_rate(const struct cmdline_value *value, const struct script_token *token, uint32_t clock_hz,
                           uint32_t *baud_rate)
{
    struct script_token digits = *token;
    const char *wrong;
    uint64_t rate;

    if (digits.bytes > 2 && memcmp(digits.text + digits.bytes - 2, "n8", 2) == 0)
        digits.bytes -= 2;
    if (!cmdline_read_count(value, &digits, BAUD_RATE_MIN, BAUD_RATE_TOP, &rate))
        return false;
    wrong = wrong_rate(rate, clock_hz);
    if (wrong) {
        cmdline_refuse(value, &digits, wrong, NULL);
        return false;
    }
    *baud_rate = (uint32_t)rate;
    return true;
}

static bool read_clock(const struct cmdline_value *value, const struct script_token *token, uint32_t *clock_hz)
{
    uint64_t hz;

    if (!cmdline_read_count(value, token, CLOCK_MIN_HZ, CLOCK_MAX_HZ, &hz))
        return false;
    *clock_hz = (uint32_t)hz;
    return true;
}

static bool begins(const struct script_token *token, const char *with)
{
    return token->bytes > strlen(with) && memcmp(token->text, with, strlen(with)) == 0;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* pci:BB:DD.F, as lspci writes it. */
static bool read_function(const struct cmdline_value *value, const struct script_token *token,
                          struct cmdline_port *port)
{
    static const char form[] = "pci:hh:hh.h";
    int digits[5];
    unsigned count = 0;
    bool good = token->bytes == sizeof(form) - 1;

    for (size_t i = 0; good && i < sizeof(form) - 1; i++) {
        if (form[i] != 'h') {
            good = token->text[i] == form[i];
            continue;
        }
        digits[count] = hex_digit(token->text[i]);
        good = digits[count++] >= 0;
    }
    if (!good || digits[2] > 1 || digits[4] > 7) {
        cmdline_refuse(value, token, "pci:BUS:DEVICE.FUNCTION, as pci:00:16.3", NULL);
        return false;
    }
    port->kind = CMDLINE_PORT_PCI;
    port->bus = (uint8_t)(digits[0] << 4 | digits[1]);
    port->device = (uint8_t)(digits[2] << 4 | digits[3]);
    port->function = (uint8_t)digits[4];
    return true;
}

static bool read_memory(const struct cmdline_value *value, const struct script_token *token, struct cmdline_port *port)
{
    static const char prefix[] = "mmio:";
    struct script_token number = cmdline_token_part(token, sizeof(prefix) - 1, token->bytes - (sizeof(prefix) - 1));

    port->kind = CMDLINE_PORT_MEMORY;
    return cmdline_read_count(value, &number, 1, ADDRESS_MAX, &port->address);
}

static bool read_place(const struct cmdline_value *value, const struct script_token *token, struct cmdline_port *port)
{
    static const char *const words[] = {"auto", "none", "ttyS0", "ttyS1", "ttyS2", "ttyS3", NULL};
    static const uint16_t ports[] = {0x3f8, 0x2f8, 0x3e8, 0x2e8}; /* COM1 to COM4 */
    for (unsigned i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
        if (words_equal(words[i + 2], token->text, token->bytes)) {
            port->address = ports[i];
            return true;
        }
    }
    if (words_equal("auto", token->text, token->bytes) || words_equal("none", token->text, token->bytes)) {
        cmdline_refuse(value, token, "a port: auto and none stand alone", NULL);
        return false;
    }
    if (begins(token, "0x"))
        return cmdline_read_count(value, token, 1, PORT_MAX, &port->address);
    if (begins(token, "pci:"))
        return read_function(value, token, port);
    if (begins(token, "mmio:"))
        return read_memory(value, token, port);
    cmdline_refuse(value, token, "one of auto, none, ttyS0, ttyS1, ttyS2, ttyS3, a port such as 0x3f8, mmio: or pci:",
                   words_nearest(words, token->text, token->bytes));
    return false;
}

static bool read_width(const struct cmdline_value *value, const struct script_token *token, uint8_t *width)
{
    uint64_t bits;

    if (!cmdline_read_count(value, token, 8, 32, &bits))
        return false;
    if (bits != 8 && bits != 16 && bits != 32) {
        cmdline_refuse(value, token, "8, 16 or 32 bits", NULL);
        return false;
    }
    *width = (uint8_t)(bits / 8);
    return true;
}

static bool read_port(const struct cmdline_value *value, const struct script_token *token, struct cmdline_port *port)
{
    struct parts parts;
    bool memory;
    uint32_t clock_part, baud_part;

    *port = (struct cmdline_port){.width = 1, .name = token->text, .name_bytes = token->bytes};
    if (!split(value, token, &parts) || !read_place(value, &parts.part[0], port))
        return false;
    memory = port->kind == CMDLINE_PORT_MEMORY;
    clock_part = 2;
    baud_part = memory ? 3 : 1;
    if (parts.count > (memory ? 4 : 3)) {
        cmdline_refuse(value, &parts.part[3], "no more than speed and clock", NULL);
        return false;
    }
    return (!memory || parts.count < 2 || read_width(value, &parts.part[1], &port->width)) &&
           (parts.count <= clock_part || read_clock(value, &parts.part[clock_part], &port->clock_hz)) &&
           (parts.count <= baud_part ||
            read_baud_rate(value, &parts.part[baud_part], port->clock_hz, &port->baud_rate));
}

/* auto and none stand alone. False: it is neither. */
static bool read_general(const struct cmdline_value *value, struct cmdline_console *console)
{
    const struct script_token *token = &value->token;
    struct script_token word, rate;
    size_t comma = 0;

    while (comma < token->bytes && token->text[comma] != ',')
        comma++;
    word = cmdline_token_part(token, 0, comma);
    if (words_equal("none", word.text, word.bytes))
        console->kind = CMDLINE_CONSOLE_NONE;
    else if (!words_equal("auto", word.text, word.bytes))
        return false;
    if (comma == token->bytes)
        return true;
    rate = cmdline_token_part(token, comma + 1, token->bytes - comma - 1);
    if (!read_baud_rate(value, &rate, 0, &console->baud_rate))
        *console = (struct cmdline_console){0};
    return true;
}

void cmdline_read_console(struct cmdline *cmdline, const struct cmdline_value *value)
{
    const struct script_token *token = &value->token;
    struct cmdline_console console = {0};
    size_t from = 0;

    if (read_general(value, &console)) {
        cmdline->console = console;
        return;
    }
    console.kind = CMDLINE_CONSOLE_PORTS;
    for (size_t i = 0; i <= token->bytes; i++) {
        struct script_token one = cmdline_token_part(token, from, i - from);

        if (i < token->bytes && token->text[i] != '+')
            continue;
        if (console.port_count == CMDLINE_PORTS_MAX) {
            cmdline_refuse(value, &one, "at most four ports", NULL);
            return;
        }
        if (!read_port(value, &one, &console.ports[console.port_count++]))
            return;
        from = i + 1;
    }
    cmdline->console = console;
}
