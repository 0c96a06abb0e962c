# SPDX-License-Identifier: MIT
# Finds Bochs 3. Sourced by bash, which must have set build, setup and the function die.
# shellcheck shell=bash disable=SC2154,SC2034 # set, and read, by the script that sources this
bochs_root=${BOCHS_ROOT:-${XDG_CACHE_HOME:-$HOME/.cache}/idlelab/bochs}
port_is_shared=
# shellcheck source=run/host/bochs_patched.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/bochs_patched.sh"

# find_bochs [patched]: sets bochs_command and share: Bochs 3 from run/setup, which runs by its own dynamic loader, or the one that is
# installed; with the word the one that we have mended, where it is, with the firmware of that.
find_bochs()
{
    local libraries=$bochs_root/usr/lib/x86_64-linux-gnu

    if [ -x "$bochs_root/usr/bin/bochs-bin" ]; then
        share=$bochs_root/usr/share/bochs
        bochs_command=(env "LD_PRELOAD=$build/standing_clock.so" "LTDL_LIBRARY_PATH=$libraries/bochs/plugins"
            "$bochs_root/usr/lib64/ld-linux-x86-64.so.2"
            --library-path "$libraries:$libraries/pulseaudio" "$bochs_root/usr/bin/bochs-bin")
    elif command -v bochs >/dev/null && [[ $(bochs --help 2>&1) =~ Emulator\ [3-9]\. ]]; then
        share=/usr/share/bochs
        bochs_command=(env "LD_PRELOAD=$build/standing_clock.so" bochs)
    else
        die "Bochs 3 is not there: $setup nested installs it"
    fi
    if [ "${1:-}" = patched ] && bochs_is_patched; then
        bochs_command=(env "LD_PRELOAD=$build/standing_clock.so" "$bochs_patched_root/bochs")
    fi
    # The only display that needs none listens on a TCP port. A network namespace of its own keeps others out; root in a chroot
    # may make that one, but no user namespace.
    if unshare --net --map-root-user true 2>/dev/null; then
        bochs_command=(unshare --net --map-root-user "${bochs_command[@]}")
    elif unshare --net true 2>/dev/null; then
        bochs_command=(unshare --net "${bochs_command[@]}")
    else
        port_is_shared=yes
    fi
}

# Of two that bind the same port at once only one may listen, and Bochs does not try the next port with a new socket, so it gives
# up. The lock, on a file that all read, goes with the sleep.
keep_starts_apart()
{
    exec 9<"$share/BIOS-bochs-latest"
    flock 9
    sleep 2 <&9 >/dev/null 2>&1 &
    exec 9<&-
}
