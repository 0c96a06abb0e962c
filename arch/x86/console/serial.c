/* SPDX-License-Identifier: MIT */
#include "arch/x86/console/serial.h"

#include "arch/x86/console/claimed.h"
#include "arch/x86/cpu/mem.h"
#include "arch/x86/cpu/paging.h"
#include "lib/cstring.h"
#include "lib/fmt.h"

static bool is_listed(const struct serial *serial, const struct uart_place *place)
{
    for (uint32_t i = 0; i < serial->count; i++) {
        const struct uart_place *other = &serial->ports[i].uart.place;

        if (other->memory == place->memory && other->address == place->address)
            return true;
    }
    return false;
}

/* The last byte of the registers: none may be mapped, nor written, where it cannot be a port's. */
static uint64_t last_of(const struct uart_place *place)
{
    return place->address + UART_REGISTERS * (uint64_t)(place->stride ? place->stride : 1) - 1;
}

const char *serial_claimed(const struct boot_info *boot, const struct uart_place *place)
{
    uint64_t last = last_of(place);

    if (!place->memory)
        return claimed_ports(place->address, last);
    if (boot && mem_is_ram(boot, place->address, last - place->address + 1))
        return "RAM";
    return claimed_memory(place->address, last);
}

static bool reached(const struct serial *serial, const struct uart_place *place)
{
    return serial_claimed(serial->boot, place) == NULL &&
           (!place->memory || paging_map_mmio(place->address, last_of(place) - place->address + 1) != NULL);
}

bool serial_add(struct serial *serial, const struct uart_place *place, enum serial_source source, uint32_t baud)
{
    struct serial_port *port = &serial->ports[serial->count];

    if (is_listed(serial, place))
        return true;
    if (serial->count == SERIAL_PORTS_MAX)
        return false;
    if (!reached(serial, place) || !uart_open(&port->uart, place, baud, source == SERIAL_SPCR))
        return false;
    port->source = source;
    port->wanted_baud = baud == UART_BAUD_KEEP ? 0 : baud;
    port->silent = false;
    serial->count++;
    return true;
}

bool serial_add_xen(struct serial *serial)
{
    return xen_console_open(&serial->xen);
}

void serial_set_tsc_hz(struct serial *serial, uint64_t tsc_hz)
{
    for (uint32_t i = 0; i < serial->count; i++)
        uart_set_tsc_hz(&serial->ports[i].uart, tsc_hz);
}

static void silence_others(struct serial *serial, const struct serial_port *reader)
{
    char name[SERIAL_NAME_BYTES], line[80];
    int bytes;

    serial->chosen = true;
    serial_name(&reader->uart.place, name);
    bytes = fmt(line, sizeof(line), "# console: a reader answered on %s, and this port is silent from here on\n", name);
    for (struct serial_port *port = serial->ports; port < serial->ports + serial->count; port++) {
        if (port == reader || port->silent)
            continue;
        uart_write(&port->uart, line, (size_t)bytes);
        port->silent = true;
    }
}

bool serial_read(struct serial *serial, uint8_t wanted, uint8_t *byte)
{
    for (struct serial_port *port = serial->ports; port < serial->ports + serial->count; port++) {
        if (port->silent || !uart_read(&port->uart, byte))
            continue;
        if (!serial->chosen && (*byte == '\r' || *byte == '\n' || (wanted && *byte == wanted)))
            silence_others(serial, port);
        return true;
    }
    return serial->xen.ring && xen_console_read(&serial->xen, byte);
}

void serial_write(struct serial *serial, const char *text, size_t bytes)
{
    uint8_t byte;

    if (serial->count > 1 && !serial->chosen)
        serial_read(serial, 0, &byte);
    for (struct serial_port *port = serial->ports; port < serial->ports + serial->count; port++)
        if (!port->silent)
            uart_write(&port->uart, text, bytes);
    if (serial->xen.ring)
        xen_console_write(&serial->xen, text, bytes);
}

void serial_drain(struct serial *serial)
{
    for (uint32_t i = 0; i < serial->count; i++)
        if (!serial->ports[i].silent)
            uart_drain(&serial->ports[i].uart);
    if (serial->xen.ring)
        xen_console_drain(&serial->xen);
}

bool serial_is_heard(const struct serial *serial)
{
    for (uint32_t i = 0; i < serial->count; i++)
        if (serial->ports[i].uart.proven)
            return true;
    return serial->chosen || serial->xen.ring != NULL;
}

bool serial_is_ready(const struct serial *serial)
{
    for (uint32_t i = 0; i < serial->count; i++)
        if (!serial->ports[i].silent && serial->ports[i].uart.state == UART_READY)
            return true;
    return serial->xen.ring != NULL;
}

void serial_name(const struct uart_place *place, char *name)
{
    fmt(name, SERIAL_NAME_BYTES, "%s0x%lx", place->memory ? "mmio:" : "", place->address);
}

const char *serial_source_name(enum serial_source source)
{
    static const char *const names[SERIAL_SOURCES] = {"named", "spcr", "dbg2", "pci", "probe"};

    return names[source];
}
