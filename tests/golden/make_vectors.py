#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the golden vectors that unit tests compare with, from Python's own arithmetic.

Run in the project's top folder: python3 tests/golden/make_vectors.py. It writes tests/golden/*_vectors.h; nothing of lib/ takes
part, so the vectors are an independent witness.
"""
import binascii
import random
import zlib
from decimal import Decimal, getcontext

getcontext().prec = 60
GOLDEN = "tests/golden/"
PARTS_ONE = 10**7


def write_header(name, text):
    """One header with its guard."""
    guard = "LAB_TESTS_GOLDEN_" + name.upper() + "_VECTORS_H"
    with open(GOLDEN + name + "_vectors.h", "w", encoding="ascii") as out:
        out.write("/* SPDX-License-Identifier: MIT */\n")
        out.write("/* Written by tests/golden/make_vectors.py; do not edit. */\n")
        out.write(f"#ifndef {guard}\n#define {guard}\n\n#include <stdint.h>\n\n{text}\n#endif\n")


def table(kind, name, rows):
    """A C array, one row a line."""
    body = "".join("    {" + ", ".join(str(cell) for cell in row) + "},\n" for row in rows)
    return f"static const {kind} {name}[] = {{\n{body}}};\n"


def crc_vectors():
    """Checksums by zlib and binascii of byte strings of length n with byte i = (i * step) mod 256."""
    rows = []
    for n, step in [(0, 1), (1, 7), (2, 255), (9, 31), (255, 1), (5552, 255), (5553, 255), (70000, 251)]:
        data = bytes(i * step % 256 for i in range(n))
        rows.append((n, step, hex(zlib.crc32(data)), hex(binascii.crc_hqx(data, 0xFFFF)), hex(zlib.adler32(data))))
    struct = "struct crc_vector {\n    uint32_t bytes;\n    uint32_t step;\n    uint32_t crc32;\n" \
             "    uint32_t crc16;\n    uint32_t adler32;\n};\n\n"
    write_header("crc", struct + table("struct crc_vector", "CRC_VECTORS", rows))


def fixed_vectors():
    """floor(2^32 log2 v) and round(2^x), by decimal arithmetic with 60 digits."""
    rng = random.Random(1)
    two32 = Decimal(2**32)
    ln2 = Decimal(2).ln()
    logs = []
    for v in [1, 2, 3, 10, 50000, 10**9, 2**40, 2**40 - 1, 2**63, 2**64 - 1] + [
            rng.getrandbits(rng.randint(2, 64)) | 1 for _ in range(30)]:
        logs.append((f"UINT64_C({v})", f"UINT64_C({int(Decimal(v).ln() / ln2 * two32)})"))
    exps = []
    for x in [0, 1, 2**31, 2**32, 2**32 - 1, 5 * 2**32 + 1, 63 * 2**32, 64 * 2**32 - 1] + [
            rng.randrange(64 * 2**32) for _ in range(30)]:
        v = int((Decimal(2) ** (Decimal(x) / two32)).to_integral_value())
        exps.append((f"UINT64_C({x})", f"UINT64_C({min(v, 2**64 - 1)})"))
    struct = "struct fixed_vector {\n    uint64_t in;\n    uint64_t out;\n};\n\n"
    write_header("fixed", struct + table("struct fixed_vector", "LOG2_VECTORS", logs) + "\n" +
                 table("struct fixed_vector", "EXP2_VECTORS", exps))


def ranks_small(n, hit):
    """Exact: binomial weights as whole numbers."""
    miss = PARTS_ONE - hit
    weight = miss**n  # of k = 0 hits, times 10^(7 n)
    total = PARTS_ONE**n
    below = []  # P(hits <= k) * total
    acc = 0
    for k in range(n + 1):
        acc += weight
        below.append(acc)
        weight = weight * (n - k) * hit // ((k + 1) * miss)
    assert acc == total
    return ranks_from(n, lambda k: below[k] * 40 <= total, lambda k: (total - below[k]) * 40 <= total)


def ranks_large(n, hit):
    """By 60-digit decimals from the rarer outcome's end, where the number of terms is small."""
    mirrored = hit * 2 > PARTS_ONE
    rare = Decimal(PARTS_ONE - hit if mirrored else hit) / PARTS_ONE
    weight = (n * (1 - rare).ln()).exp()
    ratio = rare / (1 - rare)
    tail = Decimal(1) / 40
    acc = Decimal(0)
    low = high = 0
    for k in range(n + 1):
        if acc <= tail:  # acc = P(fewer than k)
            low = k
        if 1 - acc <= tail:
            high = k
            break
        acc += weight
        weight = weight * (n - k) / (k + 1) * ratio
    else:
        high = n + 1
    if mirrored:
        low, high = n + 1 - high, n + 1 - low
    return (low, high) if low >= 1 and high <= n else (0, 0)


def ranks_from(n, low_ok, high_ok):
    """low: the largest with P(fewer than low) in the tail; high: the smallest with P(high or more) in it."""
    low = max((k + 1 for k in range(n + 1) if low_ok(k)), default=0)
    high = min((k + 1 for k in range(n + 1) if high_ok(k)), default=n + 1)
    return (low, high) if low >= 1 and high <= n else (0, 0)


def quantile_vectors():
    """Order-statistic ranks; 0, 0 where there is no two-sided interval."""
    parts = [100000, 5000000, 9000000, 9900000, 9990000, 9999000, 9999900]
    rows = []
    for n in list(range(1, 31)) + [35, 36, 50, 72, 73, 100, 367, 368, 369, 500, 1000, 2000]:
        for p in parts[:4] if n < 500 else parts:
            rows.append((n, p, *ranks_small(n, p)))
            assert rows[-1][2:] == ranks_large(n, p)
    for n in [3687, 3688, 10000, 36886, 36887, 100000, 368886, 368887, 1000000]:
        rows += [(n, p, *ranks_large(n, p)) for p in parts]
    rows += [(10**9, p, *ranks_large(10**9, p)) for p in parts[5:]]
    struct = "/* low = high = 0: none. */\nstruct quantile_vector {\n    uint32_t n;\n    uint32_t parts;\n" \
             "    uint32_t low;\n    uint32_t high;\n};\n\n"
    write_header("quantile", struct + table("struct quantile_vector", "QUANTILE_VECTORS", rows))


crc_vectors()
fixed_vectors()
quantile_vectors()
