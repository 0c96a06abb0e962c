#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# NEEDS: image host iso BUILD/fill BUILD/unit/test_rows
# `make new-experiment` and `make new-method`, in a copy of the tree: what they write is in the image's style, passes the checks of the
# code, runs in emulators, and leaves the image as it was when it is taken away.
# LONG: 18 s
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/cases.sh"
tree=$work/tree
experiment=gauge_2
method=doze_2_longs # the longest name

# A copy with its own history and with the objects of this build, which are made anew only where something changes: a folder's name is in
# the flags (CURDIR), the build's name in the image.
copy()
{
    local part

    mkdir -p "$tree/build/unit"
    git ls-files -co --exclude-standard | while read -r file; do [ ! -e "$file" ] || echo "$file"; done |
        xargs -d '\n' cp -p --parents -t "$tree" && tree_git init --quiet && tree_git add -A && tree_git commit --quiet -m copy &&
        for part in obj gen host link tool fill idlelab idlelab.elf idlelab64.elf idlelab.iso launch standing_clock.so; do
            cp -pr "$build/$part" "$tree/build/" || return 1
        done && cp -p "$build/unit/test_rows" "$tree/build/unit/"
}

tree_git()
{
    git -C "$tree" -c user.name=test -c user.email=test@example.org "$@"
}

# in_tree COMMAND...: there, with nothing of this build in the environment.
in_tree()
{
    (cd "$tree" && env -u BUILD -u MAKEFLAGS -u MAKELEVEL -u CASES CASES_AT_ONCE=1 "$@")
}

make_tree()
{
    in_tree make CURDIR="$root" BUILD_ID="$(sed -n 's/^const char build_id.*"\(.*\)";/\1/p' "$build/gen/build_id.c")" "$@"
}

written()
{
    make_tree new-experiment NAME="$experiment" && make_tree new-method NAME="$method" && make_tree image host iso linux || return 1
    cmp -s "$build/idlelab.elf" "$tree/build/idlelab.elf" || return 0
    echo 'the image is the same as without them'
    return 1
}

formatted()
{
    if ! command -v clang-format >/dev/null; then
        echo 'clang-format is not installed'
        return "$skip_status"
    fi
    (cd "$tree" && clang-format --dry-run -Werror "experiments/$experiment"/*.[ch] "arch/x86/idle/$method.c")
}

# refused NAME PATTERN: nothing is written.
refused()
{
    local before=$tree/../before

    tree_git status --porcelain >"$before"
    ! in_tree run/new/skeleton experiment "$1" 2>"$work/$1.err" && expect_text "$work/$1.err" "$2" && tree_git status --porcelain |
        diff "$before" -
}

# Removed by what git knows, and by nothing that the user would have to find.
removed()
{
    tree_git clean --quiet -fd && tree_git checkout --quiet . && make_tree image && cmp "$build/idlelab.elf" "$tree/build/idlelab.elf"
}

case_first skeleton_copy copy
case_first skeleton_is_written written
case_run skeleton_format formatted
case_run skeleton_style in_tree tests/check/style.sh
case_run skeleton_headers in_tree tests/check/headers.sh
case_run skeleton_dependencies in_tree tests/check/dependencies.sh
case_run skeleton_docs in_tree env TESTS_BUILT=yes tests/check/docs.sh
case_run skeleton_links in_tree tests/check/links.sh
case_run skeleton_symbols in_tree tests/check/symbols.sh
case_run skeleton_windows in_tree tests/check/windows.sh
case_run skeleton_experiment_boots in_tree tests/matrix/$experiment.sh
case_run skeleton_method_boots in_tree tests/matrix/wake_$method.sh
case_run skeleton_twice refused $experiment 'is there already'
case_run skeleton_of_a_script refused smoke "is a script's name"
case_run skeleton_bad_name refused Gauge 'expected a to z'
case_run skeleton_long_name refused gauge_2_longer '12 characters at most'
case_run skeleton_word_of_c refused int 'is a word of C'
case_run skeleton_type_of_the_kit refused step "is a type's name"
case_run skeleton_room refused kit 'is there already'
wait
case_run skeleton_removed removed
cases_end
