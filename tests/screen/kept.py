#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Copies of a log in a file that is a machine's memory (lib/kept/kept.h): reads and spoils them.

    kept.py MEMORY text           the text of the first copy
    kept.py MEMORY lose_copy N    the heads of a whole copy, from 0 in the order of addresses
    kept.py MEMORY lose_block N   one byte in the text of block N, in each copy
"""
import struct
import sys

MAGIC, BLOCK = b'IDLELAB-KEPT-1\n\0', 65536


def find(memory):
    """[(index, offset)] of all heads, in the order of addresses."""
    found = []
    memory.seek(0, 2)
    for offset in range(0, memory.tell(), BLOCK):
        memory.seek(offset)
        head = memory.read(64)
        if head.startswith(MAGIC):
            found.append((struct.unpack_from('<I', head, 24)[0], offset))
    return found


def spoil(memory, offset):
    memory.seek(offset)
    byte = memory.read(1)[0]
    memory.seek(offset)
    memory.write(bytes([byte ^ 0x20]))


path, what = sys.argv[1:3]
if what == 'text':
    with open(path, 'rb') as ram:
        for index, at in find(ram):
            ram.seek(at)
            block = ram.read(BLOCK)
            if index == 0 and at != find(ram)[0][1]:
                break
            sys.stdout.buffer.write(block[64:64 + struct.unpack_from('<I', block, 28)[0]])
    sys.exit()
number = int(sys.argv[3])
with open(path, 'r+b') as ram:
    copy, spoilt = -1, 0
    for index, at in find(ram):
        copy += index == 0
        if what == 'lose_copy' and copy == number:
            spoil(ram, at)
            spoilt += 1
        if what == 'lose_block' and index == number:
            spoil(ram, at + 64 + 1000)
            spoilt += 1
    print(f'{copy + 1} copies, {spoilt} blocks spoilt')
sys.exit(0 if spoilt > 0 else 1)
