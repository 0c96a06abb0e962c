#!/bin/bash
# SPDX-License-Identifier: MIT
# The core of the truth table (core.table) with kvm_intel in Bochs' VMX as the host. `make test-nested` runs the whole.
# NEEDS: image host
# LONG: 150
set -uo pipefail
exec "$(dirname "$0")/core" kvm_intel
