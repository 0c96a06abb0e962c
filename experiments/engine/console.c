/* SPDX-License-Identifier: MIT */
#include "experiments/engine/console.h"

#include "arch/x86/insn_privileged.h"
#include "lib/fmt.h"
#include "lib/text.h"

enum {
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

static bool is_debug_port(const struct cmdline_port *wish)
{
    return wish->kind == CMDLINE_PORT_IO && wish->address == DEBUG_PORT;
}

static struct uart_place place_of(const struct cmdline_port *wish)
{
    return (struct uart_place){.memory = wish->kind == CMDLINE_PORT_MEMORY,
                               .stride = wish->width,
                               .access = wish->width,
                               .clock_hz = wish->clock_hz,
                               .address = wish->address};
}

/* Without a clock the rate of registers in memory stays that of the firmware: nothing says what a divisor makes. */
static bool open_named(struct console *console, const struct cmdline_port *wish)
{
    struct uart_place place = place_of(wish);
    bool keep = place.memory && !wish->clock_hz && !wish->baud_rate;

    if (is_debug_port(wish))
        return console->debug_port = true;
    if (wish->kind == CMDLINE_PORT_PCI)
        return serial_add_pci(&console->serial, (struct pci_function){wish->bus, wish->device, wish->function},
                              SERIAL_NAMED, wish->baud_rate, wish->clock_hz) != 0;
    return serial_add(&console->serial, &place, SERIAL_NAMED, keep ? UART_BAUD_KEEP : wish->baud_rate);
}

static void open_all_named(struct console *console, const struct cmdline_console *wish)
{
    for (uint32_t i = 0; i < wish->port_count; i++)
        if (!open_named(console, &wish->ports[i]))
            console->absent |= UINT32_C(1) << i;
}

/*
 * The firmware's console decides where it is a serial port without a doubt; else all that answer get the log, until a
 * reader answers at one.
 */
static void open_found(struct console *console, const struct acpi_info *acpi, uint32_t baud)
{
    if (serial_add_table(&console->serial, &acpi->spcr, SERIAL_SPCR, baud) && serial_is_heard(&console->serial))
        return;
    serial_add_all(&console->serial, acpi, baud);
    if (console->serial.count == 0)
        serial_add_xen(&console->serial);
}

void console_open(struct console *console, const struct cmdline *cmdline, const struct boot_info *boot,
                  const struct acpi_info *acpi, struct record_stream *stream)
{
    const struct cmdline_console *wish = &cmdline->console;

    console->serial.boot = boot;
    open_all_named(console, wish);
    if (wish->kind != CMDLINE_CONSOLE_NONE && !console->debug_port && console->serial.count == 0)
        open_found(console, acpi, wish->baud_rate);
    if (console->debug_port)
        record_add_sink(stream, (struct record_sink){debug_port_write, console});
    if (serial_is_open(&console->serial))
        record_add_sink(stream, (struct record_sink){ports_write, console});
    console->heard = console->debug_port || serial_is_heard(&console->serial);
}

/* "0x3f8 probe 115200, mmio:0xfe034000 spcr 115200". */
static void list_ports(const struct serial *serial, struct text *text)
{
    for (uint32_t i = 0; i < serial->count; i++) {
        const struct serial_port *port = &serial->ports[i];
        char name[SERIAL_NAME_BYTES];

        serial_name(&port->uart.place, name);
        text_add(text, i ? ", " : "");
        text_add(text, name);
        text_add(text, " ");
        text_add(text, serial_source_name(port->source));
        text_add(text, " ");
        text_add_uint(text, port->uart.baud);
    }
}

static void say_refused(const struct console *console, const struct acpi_serial *spcr, struct record_stream *stream)
{
    const char *why = spcr->refused;
    char line[160];

    if (!why && spcr->place.address)
        why = serial_claimed(console->serial.boot, &spcr->place);
    fmt(line, sizeof(line), "the firmware's console (SPCR) is no port for the lab: %s (kind %x)",
        why ? why : "nothing answers there", spcr->kind);
    record_finding(stream, -1, "console_refused", CONFIDENCE_NONE, line);
}

static void say_absent(const struct console *console, const struct cmdline_port *wish, struct record_stream *stream)
{
    struct uart_place place = place_of(wish);
    const char *by = wish->kind == CMDLINE_PORT_PCI ? NULL : serial_claimed(console->serial.boot, &place);
    char line[256];

    fmt(line, sizeof(line), "console=%.*s: no port %s%s", (int)wish->name_bytes, wish->name,
        by ? "is looked for there: it would be in " : "answers there", by ? by : "");
    record_finding(stream, -1, "console_absent", CONFIDENCE_NONE, line);
}

void console_say(const struct console *console, const struct cmdline *cmdline, const struct acpi_info *acpi,
                 struct record_stream *stream)
{
    const struct cmdline_console *wish = &cmdline->console;
    const struct serial *serial = &console->serial;
    char line[256];
    struct text text = text_in(line, sizeof(line));

    if (serial->count)
        record_env_uint(stream, "console_port", serial->ports[0].uart.place.address);
    list_ports(serial, &text);
    if (serial_is_open(serial))
        record_env(stream, "consoles", serial->xen.ring ? "xen pv" : line);
    for (uint32_t i = 0; i < wish->port_count; i++)
        if (console->absent >> i & 1)
            say_absent(console, &wish->ports[i], stream);
    if (wish->kind == CMDLINE_CONSOLE_AUTO && acpi->spcr.present &&
        (serial->count == 0 || serial->ports[0].source != SERIAL_SPCR))
        say_refused(console, &acpi->spcr, stream);
}

static void say_dropped(struct record_stream *stream, const char *name, uint64_t bytes)
{
    char line[160];

    if (bytes == 0)
        return;
    fmt(line, sizeof(line), "the port %s stopped taking bytes: %lu bytes of the log were not sent there", name, bytes);
    record_finding(stream, -1, "console_dropped", CONFIDENCE_NONE, line);
}

void console_say_dropped(const struct console *console, struct record_stream *stream)
{
    const struct serial *serial = &console->serial;

    for (uint32_t i = 0; i < serial->count; i++) {
        const struct uart *uart = &serial->ports[i].uart;
        char name[SERIAL_NAME_BYTES];

        serial_name(&uart->place, name);
        say_dropped(stream, name, uart->dropped_bytes);
    }
    say_dropped(stream, "xen pv", serial->xen.dropped_bytes);
}
