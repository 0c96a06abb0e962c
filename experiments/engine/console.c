/* SPDX-License-Identifier: MIT */
#include "experiments/engine/console.h"

#include "arch/x86/insn_privileged.h"

enum {
    COM_PORTS = 4,
    DEBUG_PORT = 0xe9, /* of Bochs, QEMU (isa-debugcon) and Xen: takes bytes at once and says nothing of itself */
};

static void ports_write(void *context, const char *text, size_t bytes)
{
    struct console *console = context;

    serial_write(&console->serial, text, bytes);
}

static void debug_port_write(void *context, const char *text, size_t bytes)
{
    (void)context;
    outsb(DEBUG_PORT, text, bytes);
}

static bool open_serial(struct serial *serial, const struct cmdline_console *wish)
{
    struct uart_place place = uart_at_port(wish->port);

    if (wish->kind == CMDLINE_CONSOLE_NONE)
        return false;
    if (wish->kind == CMDLINE_CONSOLE_PORT)
        return serial_add(serial, &place, SERIAL_NAMED, wish->baud_rate);
    for (uint32_t i = 0; i < COM_PORTS; i++) {
        place = uart_at_port(uart_com_port(i));
        serial_add(serial, &place, SERIAL_PROBE, wish->baud_rate);
    }
    return serial->count != 0;
}

void console_open(struct console *console, const struct cmdline *cmdline, struct record_stream *stream)
{
    console->heard = true;
    if (cmdline->console.kind == CMDLINE_CONSOLE_PORT && cmdline->console.port == DEBUG_PORT)
        record_add_sink(stream, (struct record_sink){debug_port_write, console});
    else if (open_serial(&console->serial, &cmdline->console))
        record_add_sink(stream, (struct record_sink){ports_write, console});
    else
        console->heard = false;
}
