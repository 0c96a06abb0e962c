#!/bin/bash
# SPDX-License-Identifier: MIT
# Forty short boots of the campaign, always the same ones: random machines, scripts, damage, interrupts and kills. `make test-campaign` has
# as many others as there is time for.
# NEEDS: image host iso campaign
# WAITS: for machines that are killed or silent, 27 s of a processor in 101
# LONG: 100 s
set -uo pipefail
exec "$(dirname "$0")/run" --quick --boots "${CAMPAIGN_BOOTS:-40}" --seed 17 --jobs "${CASES_AT_ONCE:-2}"
