# SPDX-License-Identifier: MIT
# Where idlelab lies and by which name it was called: in a checkout run/NAME, installed idlelab-NAME. Sourced by bash, which must have set
# self to the name in the checkout.
# shellcheck shell=bash disable=SC2034,SC2154 # self is set, and the values are read, by the script that sources this
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)
build=${BUILD:-$root/build}
# The folder in which results/ is: the checkout, or, installed, where the user is.
results_root=$root
setup=run/setup
installed=
case ${0##*/} in
idlelab-*)
    installed=yes
    self=${0##*/}
    results_root=$PWD
    setup=idlelab-setup
    ;;
esac

# What `make install` puts into PATH; with a manual page, and, in folders of run/, without one: run/labs/medium is idlelab-labs-medium.
launchers=(bochs boots compare fleet kvm-sweep nested netboot qemu record-idle setup usb)
lab_launchers=(labs/labgrid/boot labs/lava/local labs/lava/serial labs/medium)

# Copies a text, run/NAME as idlelab-NAME. That is four characters longer, and so is the indent of the usage's further lines.
installed_names()
{
    local IFS='|' name apart=()

    for name in "${lab_launchers[@]}"; do
        apart+=(-e "s,(^|[^/a-z])run/$name\\b,\\1idlelab-${name//\//-},g")
    done
    sed -E "${apart[@]}" -e "s,(^|[^/a-z])run/(${launchers[*]})\\b,\\1idlelab-\\2,g" -e 's,^ {12}( *\[),                \1,'
}

# Copies a help text as whoever called will read it.
named()
{
    if [ -n "$installed" ]; then
        installed_names
    else
        cat
    fi
}
