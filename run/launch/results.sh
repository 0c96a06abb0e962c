# SPDX-License-Identifier: MIT
# Where results go: one folder a run, whose name sorts by time, and results/latest, which is a link to the newest. Sourced by bash.
# shellcheck shell=bash

# new_results ROOT [WORD]: makes ROOT/results/<UTC time>[-WORD] and prints its path; 1 where it cannot be made.
new_results()
{
    local name n=1 folder

    name=$(date -u +%Y%m%dT%H%M%SZ)${2:+-$2}
    folder=$name
    mkdir -p "$1/results" || return 1
    until mkdir "$1/results/$folder" 2>/dev/null; do
        n=$((n + 1))
        if [ $n -ge 100 ]; then
            echo "no result folder can be made in $1/results" >&2
            return 1
        fi
        folder=$name-$n
    done
    # Of two runs that begin at once one has the link. A folder of that name stays.
    [ ! -L "$1/results/latest" ] && [ -e "$1/results/latest" ] || ln -sfn "$folder" "$1/results/latest" 2>/dev/null || true
    echo "$1/results/$folder"
}
