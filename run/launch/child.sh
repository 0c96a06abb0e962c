# SPDX-License-Identifier: MIT
# A program that runs while we do. Sourced by bash.
# shellcheck shell=bash disable=SC2034 # child_stopped is read by those that source this

child_stopped= # yes: a signal asked for the end

# run_child COMMAND...: gives its exit status. INT, TERM and HUP end it, and so does our own death, by any signal.
run_child()
{
    local pid status

    setpriv --pdeathsig TERM "$@" &
    pid=$!
    # Where the signal went to all of us the command may be gone, and a trap that fails would end us.
    # shellcheck disable=SC2064 # the process is known now
    trap "child_stopped=yes; kill -TERM $pid 2>/dev/null || true" INT TERM HUP
    while true; do
        status=0
        wait "$pid" 2>/dev/null || status=$? # where a signal ended it, bash would print a line of its own
        kill -0 "$pid" 2>/dev/null || break
    done
    trap - INT TERM HUP
    return "$status"
}
