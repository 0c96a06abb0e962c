#!/bin/bash
# SPDX-License-Identifier: MIT
# Why a step failed, as `show` says it: exceptions by their registers, each step's own, and a step that never ended.
# NEEDS: host tool-tests sanitized
# shellcheck source=tests/tool/tap.sh
. "$(dirname "$0")/tap.sh"

# make_log PYTHON: a log with CRCs from zlib and binascii, which the lines of PYTHON fill by record(JSON), verdict(TEXT) and end(PASSED, FAILED).
make_log() {
    /usr/bin/python3 - <<END
import binascii, zlib
seq, before = 0, 0
def record(json):
    global seq, before
    text = f"{seq:04x} {json}".encode()
    print(f"# IL {text.decode()} *{zlib.crc32(text):08x}")
    before = zlib.crc32(text + b"\n", before)
    seq += 1
def verdict(text):
    print(f"{text} ~{binascii.crc_hqx(text.encode(), 0xffff):04x}")
def end(passed, failed):
    record('{"t":"sum","pass":%d,"fail":%d,"skip":0,"error":0,"lines":%d,"crc":"%08x"}' % (passed, failed, seq, before))
    print("IDLELAB-END run=00c0ffee5eed1234 result=" + ("FAIL" if failed else "PASS"))
print("\nIDLELAB-BEGIN run=00c0ffee5eed1234 fmt=1\nKTAP version 1\n1..2")
for step in (1, 2):
    record('{"t":"plan","step":%d,"name":"wake_%d","exp":"wake","line":%d,"args":"","n":10,"est_ms":100}' % (step, step, step))
$1
END
}

echo "TAP version 13"
# Intel SDM volume 3, 6.15: a page fault's address is in CR2; a general protection has none.
make_log '
for step, vector, address in ((1, 14, ",\"cr2\":\"feedf000\""), (2, 13, ",\"cr2\":\"deadbeef\"")):
    record("{\"t\":\"exp\",\"step\":%d,\"at\":%d}" % (step, 1000 * step))
    record("{\"t\":\"fault\",\"step\":%d,\"cpu\":%d,\"vec\":%d,\"err\":\"2\",\"rip\":\"10%d\"%s}" % (step, step, vector, step, address))
    record("{\"t\":\"exp\",\"step\":%d,\"end\":\"fault\",\"n\":0,\"rej\":0,\"ms\":10}" % step)
    verdict("not ok %d wake_%d # fault_vector %d count" % (step, step, vector))
end(0, 2)' >"$work/faults.log"
exits 1 "check of a run with two faults" "$tool" check "$work/faults.log"
exits 1 "show of it" "$tool" show "$work/faults.log"
tr -s ' \n' ' ' <"$work/out" >"$work/words"
cp "$work/words" "$work/out"
says "a page fault has its address" 'wake_1: exception 14 \(#PF[^)]*\) on CPU 1 at 101h, error code 2h, address feedf000h'
says "another exception has none" 'wake_2: exception 13 \(#GP[^)]*\) on CPU 2 at 102h, error code 2h [^,]'

make_log '
record("{\"t\":\"exp\",\"step\":1,\"at\":1000}")' >"$work/cut.log"
exits 3 "show of a log that ends within a step" "$tool" show "$work/cut.log"
says "the step never ended" 'wake_1: .*it began and never ended'
says "the next one never ran" 'wake_2: .*it never ran'
echo "1..$number"
exit "$failed"
