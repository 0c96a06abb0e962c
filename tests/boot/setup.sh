#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# run/setup with an apt-get that installs nothing and writes down what it is asked for: what each word installs, what is said without root,
# without a network and where it is no Debian.
# NEEDS: nothing
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/cases.sh"

# The commands that run/setup may find, and no others.
mkdir -p "$work/bin"
for command in bash dirname readlink awk cat paste mktemp mkdir rm env ls; do
    ln -s "$(command -v $command)" "$work/bin/$command"
done
cat >"$work/bin/dpkg-query" <<'END'
#!/bin/bash
grep -qx "${!#}" "$INSTALLED" 2>/dev/null && echo installed
END
ln -s "$(command -v grep)" "$work/bin/grep"
cat >"$work/bin/id" <<'END'
#!/bin/bash
echo "${AS:-0}"
END
# OFFLINE=yes: no list and no package can be loaded. Of its sources Debian's comes first, and very many behind it.
cat >"$work/bin/apt-get" <<'END'
#!/bin/bash
echo "$*" >>"$ASKED"
case " $* " in
*' indextargets '*)
    echo 'http://mirror.test/debian/ bookworm'
    for ((i = 0; i < 5000; i++)); do echo "http://other.test/$i/ $RANDOM"; done || exit
    ;;
*' update '*) [ -z "${OFFLINE:-}" ] || { echo 'E: Failed to fetch http://mirror.test' >&2 && exit 100; } ;;
*' install '*)
    [ -z "${OFFLINE:-}" ] || { echo 'E: Unable to fetch some archives' >&2 && exit 100; }
    printf '%s\n' "$@" >>"$INSTALLED"
    ;;
esac
END
mkdir -p "$work/npm" "$work/sudo"
printf '#!/bin/bash\n' | tee "$work/npm/npm" "$work/npm/node" >"$work/sudo/sudo"
chmod +x "$work"/bin/{dpkg-query,id,apt-get} "$work"/npm/* "$work"/sudo/*

# setup STATUS NAME WORD...: run/setup where nothing is installed but what a call of that name installed before.
setup()
{
    local status=$1 name=$2

    shift 2
    : >"$work/$name.asked"
    expect_status "$status" env -i PATH="$path" HOME="$work/$name.home" INSTALLED="$work/$name.installed" ASKED="$work/$name.asked" \
        OFFLINE="$offline" AS="$as" run/setup "$@" >"$work/$name.said" 2>"$work/$name.err" </dev/null && return
    cat "$work/$name.said" "$work/$name.err"
    return 1
}
path=$work/bin offline='' as=0

# word WORD STATUS PACKAGES OTHERS: it installs the first, none of the others, says so, and is silent the second time.
word()
{
    local package

    setup "$2" "$1" "$1" || return
    for package in $3; do
        if ! grep -qx "$package" "$work/$1.installed" || ! grep -qE "^run/setup: installing .*\b$package\b" "$work/$1.said"; then
            echo "$package is not installed"
            return 1
        fi
    done
    for package in $4; do
        ! grep -x "$package" "$work/$1.installed" || return
    done
    grep -qx -e '-qq update' "$work/$1.asked" || return
    path=$work/bin:$work/npm
    setup "$2" "$1" "$1" && ! grep -e update -e '--yes' "$work/$1.asked" | grep -v Dir:: && ! grep 'installing [a-z]' "$work/$1.said"
}

no_root()
{
    as=1000
    setup 2 no_root build && expect_text "$work/no_root.err" '^run/setup: missing packages: make gcc libc6-dev ' &&
        expect_text "$work/no_root.err" "^run/setup: type this: su - -c 'apt-get update; apt-get install --no-install-recommends make gcc .*'$" &&
        [ ! -s "$work/no_root.asked" ] && [ ! -e "$work/no_root.installed" ] || return
    path=$work/bin:$work/sudo
    setup 2 no_root build && expect_text "$work/no_root.err" "^run/setup: type this: sudo sh -c 'apt-get update; .*'$"
}

no_network()
{
    offline=yes
    setup 1 no_network run && expect_text "$work/no_network.err" '^run/setup: apt-get update failed; going on' &&
        expect_text "$work/no_network.err" '^E: Unable to fetch' &&
        expect_text "$work/no_network.err" '^run/setup: apt-get install failed, .*\(no network\?\); still missing: make gcc .*qemu-system-x86'
}

# The emulators come from the mirror of this machine's apt, from its first line; with BOCHS_MIRROR from another. Nothing of a failure stays.
no_emulators()
{
    offline=yes path=$work/bin:$work/npm
    all_packages >"$work/emulators.installed"
    setup 1 emulators test && expect_text "$work/emulators.err" 'no package list of trixie from http://mirror.test/debian/: Bochs 3 and QEMU 10 are missing$' &&
        [ -z "$(find "$work/emulators.home" -type f -o -name 'bochs*')" ]
}

# What somebody else has put into the place where it unpacks is never replaced: neither for the emulators nor for a kernel.
others_place()
{
    local place name

    path=$work/bin:$work/npm
    all_packages >"$work/others.installed"
    for name in bochs cbmc; do
        mkdir -p "$work/others.home/.cache/idlelab/$name"
        echo 'a letter' >"$work/others.home/.cache/idlelab/$name/.letter"
    done
    setup 1 others test && expect_text "$work/others.err" 'idlelab/bochs is not empty, and run/setup has not made it: it stays as it is$' &&
        setup 1 others prove && expect_text "$work/others.err" 'idlelab/cbmc is not empty' && [ ! -s "$work/others.asked" ] || return
    for place in trace:6.12 nested:vmlinuz xen:xen.elf; do
        name=${place%:*}
        mkdir -p "$work/places/$name"
        echo 'a letter' >"$work/places/$name/.letter"
        (unpacks_into "$name") >"$work/places/$name.said" 2>&1 && { echo "$name: it goes on"; return 1; }
        expect_text "$work/places/$name.said" "places/$name is not empty, and run/setup has not made it" || return
        touch "$work/places/$name/${place#*:}"
        (unpacks_into "$name") >"$work/places/$name.said" 2>&1 && { echo "$name: it goes on without a package"; return 1; }
        expect_text "$work/places/$name.said" 'apt offers no' || return
    done
}

# unpacks_into NAME: run/setup's function for what lies in that place, where apt has no package.
unpacks_into()
{
    local self=run/setup TRACE_KERNELS=$work/places/trace NESTED_ROOT=$work/places/nested XEN_ROOT=$work/places/xen

    die()
    {
        echo "$*" >&2
        exit 1
    }
    apt-cache()
    {
        :
    }
    # shellcheck source=run/host/kernels.sh
    . run/host/kernels.sh
    # shellcheck source=run/host/xen_packages.sh
    . run/host/xen_packages.sh
    case $1 in
    trace) install_trace_kernels ;;
    nested) install_nested_kernel ;;
    xen) install_xen ;;
    esac
}

# All packages that any word names, one a line.
all_packages()
{
    sed -nE '/^[a-z]+_packages=\(/,/\)/{s/#.*//; s/^[a-z]+_packages=\(//; s/\).*//; p}' run/setup | xargs printf '%s\n'
}

no_debian()
{
    mkdir "$work/elsewhere"
    find "$work/bin" -type l -exec cp -P {} "$work/elsewhere" \;
    path=$work/elsewhere
    setup 2 no_debian build && expect_text "$work/no_debian.err" 'this is no Debian; install what these Debian packages hold: make gcc libc6-dev '
}

# Installed as idlelab-setup it installs no compiler, and has no word for what builds.
installed()
{
    ln -s "$root/run/setup" "$work/idlelab-setup"
    expect_status 0 env -i PATH="$path" HOME="$work/home" INSTALLED="$work/there.installed" ASKED="$work/there.asked" "$work/idlelab-setup" \
        >"$work/there.said" && expect_text "$work/there.said" '^idlelab-setup: installing .*qemu-system-x86' && ! grep -wE 'gcc|make' "$work/there.installed" &&
        expect_status 2 env -i PATH="$path" HOME="$work/home" "$work/idlelab-setup" deb 2>"$work/there.err" && expect_text "$work/there.err" '^usage: idlelab-setup .run.nested.xen.labs.$'
}

bad_words()
{
    setup 2 bad everything && setup 2 bad build run && [ ! -s "$work/bad.asked" ] && expect_text "$work/bad.err" '^usage: run/setup ' &&
        setup 0 bad --help && expect_text "$work/bad.said" '^usage: run/setup '
}

case_run setup_build word build 0 'make gcc libsqlite3-dev' 'qemu-system-x86 npm clang clang-tidy gdb'
case_run setup_run word run 0 'gcc grub-pc-bin qemu-system-x86 ovmf' 'labgrid npm nodejs clang clang-tidy gdb spin'
case_run setup_test word test 1 'gcc qemu-system-x86 clang spin gdb' 'clang-tidy'
case_run setup_labs word labs 1 'gcc qemu-system-x86 clang lava-dispatcher lava-server postgresql' 'clang-tidy'
case_run setup_lint word lint 0 'gcc clang-tidy shellcheck' 'qemu-system-x86 npm spin'
case_run setup_gdb word gdb 0 'gcc qemu-system-x86 gdb' 'clang spin'
case_run setup_deb word deb 0 'gcc build-essential qemu-system-x86 debhelper lintian debootstrap' 'clang spin buildah'
case_run setup_container word container 0 'buildah' 'gcc qemu-system-x86 debhelper'
case_run setup_bochs_patched word bochs-patched 1 'gcc patch xz-utils qemu-system-x86' 'clang spin gdb'
case_run setup_all word all 1 'gcc qemu-system-x86 clang gdb clang-tidy lintian buildah' ''
case_run setup_installed installed
case_run setup_no_root no_root
case_run setup_no_network no_network
case_run setup_no_emulators no_emulators
case_run setup_others_place others_place
case_run setup_no_debian no_debian
case_run setup_bad_words bad_words
cases_end
