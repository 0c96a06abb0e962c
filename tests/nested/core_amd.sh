#!/bin/bash
# SPDX-License-Identifier: MIT
# The core of the truth table (core.table) with kvm_amd in QEMU's SVM as the host. `make test-nested` runs the whole.
# NEEDS: image host
# LONG: 90
set -uo pipefail
exec "$(dirname "$0")/core" kvm_amd
