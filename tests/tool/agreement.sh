# shellcheck shell=bash disable=SC2154 # tool, build and work are set by the script that sources this
# SPDX-License-Identifier: MIT
# The launcher and the host tool on the same log: the same number of problems, the same first one at the same line, the same end. Sourced by
# bash, which must have set tool and work (a folder for what they say). The launcher is the one beside the tool.

# tool_says LOG: the exit code, then "damaged: N problems, the first: line L: TEXT", "cut", "reboot" or nothing.
tool_says() {
    local code=0 count first
    "$tool" check --all "$1" >"$work/out" 2>"$work/err" || code=$?
    echo "$code"
    grep -q 'a second IDLELAB-BEGIN' "$work/err" && echo reboot && return
    grep -qE 'no IDLELAB-END|no line of idlelab' "$work/err" && echo cut && return
    count=$(sed -n 's/^NOT WHOLE:\(.*\)/\1/p' "$work/out" | grep -oE '[0-9]+' | paste -sd + | sed 's/^$/0/' | bc)
    [ "${count:-0}" -gt 0 ] || return
    first=$(sed -n -e '1{s/^[^:]*:\([0-9]*\):\([0-9]*:\)\{0,1\} [a-z]*: /line \1: /p;t' -e 's/^[^:]*: [a-z]*: //p;}' "$work/err")
    echo "damaged: $count problem$([ "$count" -eq 1 ] || echo s), the first: $first"
}

# launcher_says LOG: the same of the launcher; a script that was refused is a run that failed.
launcher_says() {
    local code=0
    "${tool%/*}/launch" --name agree --quiet --log "$work/kept.log" --emulator-log "$work/emulator.log" --grace 30 --timeout 60 \
        -- cat "$1" 2>"$work/launch" || code=$?
    echo "${code/2/1}"
    sed -n -e 's/^agree: damaged log: \(.*\); serial log: .*/damaged: \1/p' -e 's/^agree: silent reboot.*/reboot/p' \
        -e 's/^agree: \(cut log\|the image cannot run here\): .*/cut/p' "$work/launch"
    cmp "$1" "$work/kept.log"
}

# disagreement LOG: in words, or nothing. One difference is meant (run/log/reader.h): a BEGIN that comes twice is a reboot to the launcher.
disagreement() {
    local theirs ours
    theirs=$(tool_says "$1") ours=$(launcher_says "$1")
    [ "$theirs" = "$ours" ] && return
    [ "$ours" = $'3\nreboot' ] && [ "$(grep -aEc 'IDLELAB-BEGIN run=[0-9a-f]{16} fmt=1' "$1")" -gt 1 ] && return
    printf '%s: the tool says\n%s\nthe launcher says\n%s\n' "$1" "$theirs" "$ours"
}
