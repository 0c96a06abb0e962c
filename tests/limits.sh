# SPDX-License-Identifier: MIT
# The budget, in one place: how large the image and the ISO image may be. Sourced by bash.
# shellcheck shell=bash disable=SC2034 # whoever sources this uses them
image_limit_kib=360
saver_limit_kib=64
iso_limit_kib=$((12 * 1024))
