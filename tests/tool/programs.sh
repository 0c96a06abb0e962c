#!/bin/bash
# SPDX-License-Identifier: MIT
# The tool's arithmetic in programs of its own, against R, printf, sorting, and counting by hand.
# NEEDS: host tool-tests sanitized
# shellcheck source=tests/tool/tap.sh
. "$(dirname "$0")/tap.sh"

echo "TAP version 13"
"$build/tool/test_rank_sum" >"$work/out"
ok $? "rank statistics agree with R"
"$build/tool/test_relabel" >"$work/out"
ok $? "relabelled boots give the p that counting by hand gives"
"$build/tool/test_needed" >"$work/out"
ok $? "the boots that a change needs are those by R's quantiles of t"
"$build/tool/test_digits" >"$work/out"
ok $? "numbers of fast output are printf's"
"$build/tool/test_measure" >"$work/out"
ok $? "the least of a cost, which is a difference, is the shortest timing less the shortest"
"$build/tool/test_trust" >"$work/out"
ok $? "what is not to be trusted: values below a clock's bound, few samples, rejects; one meaning of counts"
"$build/tool/test_seq_window" >"$work/out"
ok $? "what arrives twice, otherwise, late or never is told, and the CRC over all that came"
"$build/tool/test_raw_values" >"$work/out"
ok $? "quantiles of raw samples are those of sorting"
echo "1..$number"
exit "$failed"
