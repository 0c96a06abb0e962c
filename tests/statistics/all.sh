#!/bin/bash
# SPDX-License-Identifier: MIT
# The quick part of the simulations: a minute each at most.
# NEEDS: statistics
# LONG: 20 s
exec "$(dirname "$0")/run" --quick
