#!/bin/bash
# SPDX-License-Identifier: MIT
# Each count of the sum record one off, in all its copies and with a right CRC: `check` holds it against what came and names it.
# NEEDS: host tool-tests
# shellcheck source=tests/tool/tap.sh
. "$(dirname "$0")/tap.sh"

# recount LOG MEMBER BY: the log with that much more in that member of the sum record.
recount() {
    /usr/bin/python3 - "$@" <<'END'
import re, sys, zlib
name, member, by = sys.argv[1:4]
for line in open(name):
    if '"t":"sum"' in line:
        text = line[5:].rstrip().rpartition(" *")[0]
        text = re.sub('"%s":(\\d+)' % member, lambda m: '"%s":%d' % (member, int(m[1]) + int(by)), text)
        text = re.sub('"%s":"([0-9a-f]+)"' % member, lambda m: '"%s":"%08x"' % (member, int(m[1], 16) ^ int(by)), text)
        line = "# IL %s *%08x\n" % (text, zlib.crc32(text.encode()))
    sys.stdout.write(line)
END
}

echo "TAP version 13"
for log in tests/boot/fixtures/pass.log tests/boot/fixtures/fail.log tests/golden/logs/failed.log; do
    whole=0
    grep -q 'result=PASS' "$log" || whole=1
    recount "$log" pass 0 >"$work/x.log"
    exits $whole "$log, nothing changed" "$tool" check "$work/x.log"
    for what in 'pass the sum record counts [0-9]+ passed, the log holds [0-9]+' \
        'fail the sum record counts [0-9]+ failed or in error, the log holds [0-9]+' \
        'skip the sum record counts [0-9]+ skipped, the log holds [0-9]+' \
        'error the sum record counts [0-9]+ failed or in error, the log holds [0-9]+' \
        'lines the sum record counts [0-9]+ records before it, but has number [0-9]+' \
        'crc expected CRC [0-9a-f]+ over all records, computed [0-9a-f]+'; do
        recount "$log" "${what%% *}" 1 >"$work/x.log"
        exits 3 "$log, ${what%% *} one off" "$tool" check --all "$work/x.log"
        says "it is named" "${what#* }"
    done
done
echo "1..$number"
exit "$failed"
