#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Reads the raw samples of a log and prints the quantiles of their wake latency, with numpy where it can.

The witness of tests/bench/report: an independent reading of docs/record-format.md ("Raw samples"). It checks the CRC of each
record and drops repeats, as a reader must; everything per sample is done by numpy on whole arrays.

    report_witness.py LOG      lines "STEP METRIC QUANTILE TICKS" on standard output
"""
import base64
import re
import sys
import zlib

import numpy as np

RECORD = re.compile(rb'# IL (([0-9a-f]{4,}) \{"t":"raw","step":(\d+),"i":\d+,"d":"([A-Za-z0-9+/=]*)"\}) \*([0-9a-f]{8})')
# Per 10^7, as the lab names them.
QUANTILES = (("min", 0), ("p1", 100000), ("p50", 5000000), ("p90", 9000000), ("p99", 9900000), ("p99.9", 9990000),
             ("p99.99", 9999000), ("p99.999", 9999900), ("max", 10000000))
ONE = 10000000
NONE = -(1 << 62)
LONGEST_BYTES = 10


def read_records(name):
    """The bytes of the samples, a list for each step."""
    steps, seen = {}, set()
    with open(name, "rb") as log:
        for line in log:
            found = RECORD.search(line)
            if not found:
                continue
            text, seq, step, data, crc = found.groups()
            if zlib.crc32(text) != int(crc, 16) or seq in seen:
                continue
            seen.add(seq)
            steps.setdefault(int(step), []).append(base64.b64decode(data))
    return steps


def decode(data):
    """Rows of five integers from zig-zag LEB128."""
    octets = np.frombuffer(data, dtype=np.uint8)
    ends = np.flatnonzero(octets < 0x80)
    starts = np.empty_like(ends)
    starts[0], starts[1:] = 0, ends[:-1] + 1
    lengths = ends - starts + 1
    values = np.zeros(len(ends), dtype=np.uint64)
    for k in range(LONGEST_BYTES):
        has = np.flatnonzero(lengths > k)
        if not len(has):
            break
        part = octets[starts[has] + k].astype(np.uint64) & np.uint64(0x7F)
        values[has] |= part << np.uint64(7 * k)
    signed = (values >> np.uint64(1)).astype(np.int64) ^ -(values & np.uint64(1)).astype(np.int64)
    return signed.reshape(-1, 5)


def print_quantiles(step, metric, values):
    n = len(values)
    if not n:
        return
    ranks = [max(1, -(-n * parts // ONE)) - 1 for _, parts in QUANTILES]
    chosen = np.partition(values, sorted(set(ranks)))
    for (name, _), rank in zip(QUANTILES, ranks):
        print(step, metric, name, chosen[rank])


def main():
    for step, pieces in sorted(read_records(sys.argv[1]).items()):
        rows = decode(b"".join(pieces))
        kept = rows[(rows[:, 4] & 0xFF) == 0]
        before, isr, after = kept[:, 1], kept[:, 2], kept[:, 3]
        has_isr, has_after = isr != NONE, after != NONE
        wake = np.minimum(np.where(has_isr, isr, np.iinfo(np.int64).max), np.where(has_after, after, np.iinfo(np.int64).max))
        print_quantiles(step, "wake_latency", wake[has_isr | has_after])
        print_quantiles(step, "interrupt_latency", isr[has_isr])
        print_quantiles(step, "return_latency", after[has_after])
        print_quantiles(step, "silent_time", -before[before != NONE])


main()
