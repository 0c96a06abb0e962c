#!/bin/bash
# SPDX-License-Identifier: MIT
# The quick part of the simulations: a minute each at most. CASES chooses topics by their names.
# NEEDS: statistics
# LONG: 20 s
cd "$(dirname "$0")/../.." || exit 1
mapfile -t topics < <(printf '%s\n' tests/statistics/*.c | sed -E 's,.*/(.*)\.c,\1,' | grep -E -- "${CASES:-.}")
if [ ${#topics[@]} -eq 0 ]; then
    echo '1..0 # SKIP no topic of that name'
    exit
fi
exec tests/statistics/run --quick "${topics[@]}"
