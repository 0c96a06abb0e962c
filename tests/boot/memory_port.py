# SPDX-License-Identifier: MIT
"""A 16550 whose registers are memory, for gdb to play on memory that a PCI card has (tests/boot/memory_port.sh): it is told of each access to the
transmitter and to the modem control, keeps the bytes sent, and answers the loopback. PORT_AT, PORT_STRIDE (bytes), PORT_OUT come by the environment."""
import os

import gdb

AT, STRIDE = int(os.environ['PORT_AT'], 16), int(os.environ['PORT_STRIDE'])
KIND = {1: 'unsigned char', 2: 'unsigned short', 4: 'unsigned int'}[STRIDE]
DATA, LINE_CONTROL, MODEM_CONTROL, LINE_STATUS, MODEM_STATUS = 0, 3, 4, 5, 6
BYTES = 1500  # the list of consoles stands before
memory = gdb.selected_inferior()
sent = bytearray()


def get(register):
    return int.from_bytes(memory.read_memory(AT + register * STRIDE, STRIDE).tobytes(), 'little')


def put(register, value):
    memory.write_memory(AT + register * STRIDE, value.to_bytes(STRIDE, 'little'))


class Register(gdb.Breakpoint):
    def __init__(self, register, accessed):
        super().__init__(f'*({KIND} *){AT + register * STRIDE}', gdb.BP_WATCHPOINT, gdb.WP_ACCESS)
        self.silent = True
        self.accessed = accessed

    def stop(self):
        return self.accessed()


def modem_control():
    put(MODEM_STATUS, 0x90 if get(MODEM_CONTROL) & 0x10 else 0)
    return False


def data():
    if not get(LINE_CONTROL) & 0x80:
        sent.append(get(DATA) & 0xff)
    return len(sent) == BYTES


put(LINE_STATUS, 0x60)
Register(MODEM_CONTROL, modem_control)
Register(DATA, data)
gdb.execute('continue')
with open(os.environ['PORT_OUT'], 'wb') as out:
    out.write(sent)
gdb.execute('kill')
