#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# What `make install` does: the commands run from where they were put, wherever that is, and write nothing there; the manual pages have all
# that --help says, and no formatter complains; the completion answers; nothing of it stays behind `make uninstall`.
# NEEDS: image host linux iso pages
# LONG: 12 s
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"
unset BUILD # an installation finds its own

installed=$work/moved/usr
pages=$installed/share/man/man1

# Files, links and times of a tree.
listing()
{
    find "$1" -printf '%P %y %s %T@ %l\n' | sort
}

# The tree is moved behind the installation, as a package's is.
installs()
{
    run/install/install "$build" "$work/staged" /usr && mv "$work/staged" "$work/moved" && listing "$installed" >"$work/before" &&
        [ -z "$(find "$installed" -xtype l)" ] && ! grep -rIl "$root" "$installed"
}

# user NAME COMMAND...: in a folder of a user's own, with the installed commands in PATH.
user()
{
    mkdir -p "$work/$1" || return
    (cd "$work/$1" && shift && PATH=$installed/bin:$PATH "$@")
}

boots()
{
    user boots idlelab-qemu --accel tcg --smp 1 --script smoke >"$work/boots.said" 2>&1 && user boots idlelab check results/latest/serial.log &&
        expect_text "$work/boots.said" '^idlelab-qemu: QEMU TCG' && ! grep 'run/qemu' "$work/boots.said" &&
        listing "$installed" | diff "$work/before" -
}

# What the launchers call beside themselves.
others()
{
    user others idlelab plan smoke >"$work/plan" && expect_text "$work/plan" 'cost' && user others idlelab-kvm-sweep --list | grep -c . >/dev/null &&
        user others idlelab-linux 'noise time=10ms' >"$work/linux.log" && user others idlelab check "$work/linux.log" &&
        IDLELAB_LAUNCHER='' expect_status 2 user others idlelab-compare --boots 1 one 2>"$work/compare.err" &&
        expect_text "$work/compare.err" '^idlelab-compare: found 1 settings' && user others idlelab-setup --help | grep -c idlelab-nested >/dev/null &&
        expect_status 2 user others idlelab-setup build >"$work/setup.out" 2>&1
}

# A campaign's jobs run without a checkout.
campaign()
{
    printf 'campaign name=c engine=local accel=tcg smp=1\nmachine name=m\nscript name=smoke\n' >"$work/c.fleet"
    user fleet idlelab fleet plan ../c.fleet && user fleet idlelab-fleet c.jobs >"$work/fleet.said" 2>&1 && expect_text "$work/fleet.said" '1 done; 0 to be run' &&
        cat "$work/fleet/c.jobs/1/m.smoke.01/try-1/serial.log"{,} >"$work/fleet/two.log" && user fleet idlelab-boots two.log &&
        user fleet idlelab check two-02.log
}

# What a lab runs: a medium, a job's log, labgrid's tests, whose results are the user's and which leave nothing behind.
labs()
{
    local tests=$installed/lib/idlelab/run/labs/labgrid

    user labs idlelab-labs-medium --script smoke --iso stick.iso && grep -aq 'idlelab_args=exit=auto script=smoke' "$work/labs/stick.iso" &&
        user labs idlelab-labs-medium --help | grep -c '^usage: idlelab-labs-medium ' >/dev/null &&
        user labs idlelab-labs-lava-local --help | grep -c '^usage: idlelab-labs-lava-local ' >/dev/null &&
        echo '- {"dt": "x", "lvl": "target", "msg": "ok 1 survey"}' >"$work/labs/output.yaml" &&
        [ "$(user labs idlelab-labs-lava-serial output.yaml)" = 'ok 1 survey' ] &&
        [ -x "$installed/lib/idlelab/run/labs/labgrid/job" ] && [ -x "$installed/lib/idlelab/run/labs/lava/job" ] || return
    /usr/bin/python3 -c 'import labgrid, pytest' 2>/dev/null || return 0
    expect_status 2 user labs idlelab-labs-labgrid-boot --env qemu --script 'wake idel=hlt' --log boot.log 2>"$work/labs.err" &&
        expect_text "$work/labs.err" "^idlelab-labs-labgrid-boot: .*found 'idel'" &&
        PYTHONDONTWRITEBYTECODE=yes user labs /usr/bin/python3 -m pytest -q "$tests" --lg-env "$tests/qemu.yaml" >"$work/labs.said" &&
        user labs idlelab check "$(find "$work/labs/results" -name serial.log)" && [ -z "$(find "$work/labs/results" -name '*.iso')" ] &&
        listing "$installed" | diff "$work/before" -
}

# Only launchers are left out that are for a checkout.
all_launchers()
{
    local file name

    for file in run/*; do
        name=${file##*/}
        [[ $name != @(gdb|qemu-trixie|size) && -f $file && -x $file ]] || continue
        [ -x "$installed/bin/idlelab-$name" ] || { echo "there is no idlelab-$name" && return 1; }
    done
    ! find "$installed/lib/idlelab" -name '.*' | grep .
}

# What the scripts are written in comes with Debian, or the package names it: lintian would call it an error.
interpreters()
{
    local file line word

    while read -r file; do
        IFS= read -r line <"$file"
        [[ $line == '#!'* ]] || continue
        word=${line##*/}
        word=${word#env }
        case ${word%% *} in
        bash | sh | busybox) ;;
        *) grep -qE "^(Depends|Recommends|Suggests): .*\\b${word%% *}\\b" run/install/debian/control || { echo "$file: the package does not name ${word%% *}" && return 1; } ;;
        esac
    done < <(find "$installed/lib/idlelab/run" -type f -perm -u+x)
}

# Each subcommand, launcher and option of --help stands in the pages.
pages_are_whole()
{
    local text name page word

    for text in "$build"/help/*; do
        name=${text##*/} page=$pages/${name%% *}.1
        [ -s "$page" ] || { echo "there is no page $page" && return 1; }
        while read -r word; do
            grep -qF -- "${word//-/\\-}" "$page" || { echo "$page has no $word" && return 1; }
        done < <(grep -oE -- '--[a-z-]+' "$text")
        [[ $name != *' '* ]] || grep -qx ".SS ${name#* }" "$page" || { echo "$page has no $name" && return 1; }
    done
    [ "$(find "$pages" -name '*.1' | wc -l)" -ge 10 ] && ! grep -nE '^\.SH NAME$|\\- $' -A1 "$pages"/*.1 | grep -E '\\- $'
}

# Without a word of complaint, by two formatters, where they are.
pages_render()
{
    local page

    command -v man >/dev/null || { echo 'man is not there' && return 77; }
    for page in "$pages"/*.1; do
        MANWIDTH=100 man --warnings -E UTF-8 -l "$page" >"$work/man.out" 2>"$work/man.err" || return
        ! grep . "$work/man.err" && expect_text "$work/man.out" 'SYNOPSIS' || return
        ! command -v mandoc >/dev/null || mandoc -T lint -W warning "$page" || return
    done
}

# complete WORD...: what the completion offers for the last word.
complete_words()
{
    bash -c '. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _idlelab; echo "${COMPREPLY[*]}"' \
        "$installed/share/bash-completion/completions/idlelab-qemu" "$@"
}

# offers EXPECTED WORD...
offers()
{
    local expected=$1 found

    shift
    found=$(complete_words "$@")
    [ "$found" = "$expected" ] || { echo "$*: found '$found', expected '$expected'" && return 1; }
}

completes()
{
    offers 'check' idlelab ch && offers 'cstates' idlelab cs && offers '--follow' idlelab check --fo &&
        offers 'auto kvm tcg' idlelab-qemu --accel '' && offers 'iso-bios iso-uefi' idlelab-qemu --boot iso &&
        offers 'smoke' idlelab-bochs --script smo && offers '--boots' idlelab-qemu --quiet --boots && offers 'trend' idlelab db tr &&
        offers '' idlelab show ser && offers '--junit' idlelab export --ju && shellcheck_completion
}

shellcheck_completion()
{
    ! command -v shellcheck >/dev/null || shellcheck "$installed/share/bash-completion/completions/idlelab"
}

# A second installation takes the first one's files away that it has not; a folder that is somebody else's stays.
uninstalls()
{
    mkdir -p "$work/second/share/man/man1"
    : >"$work/second/share/man/man1/other.1"
    run/install/install "$build" '' "$work/second" && : >"$work/second/bin/idlelab-old" &&
        echo bin/idlelab-old >>"$work/second/lib/idlelab/manifest" && run/install/install "$build" '' "$work/second" || return
    mkdir "$work/second/lib/idlelab/run/labs/labgrid/__pycache__" && : >"$work/second/lib/idlelab/run/labs/labgrid/__pycache__/conftest.pyc" || return
    [ ! -e "$work/second/bin/idlelab-old" ] && "$work/second/bin/idlelab" --version && run/install/install --remove '' "$work/second" || return
    [ "$(find "$work/second" ! -type d)" = "$work/second/share/man/man1/other.1" ] && [ ! -e "$work/second/lib/idlelab" ] &&
        expect_status 2 run/install/install --remove '' "$work/second" 2>"$work/gone.err" && expect_text "$work/gone.err" 'is not installed' &&
        expect_status 2 run/install/install "$build" '' usr 2>"$work/relative.err" && expect_text "$work/relative.err" 'expected an absolute path'
}

# What somebody else has put into a folder stays there.
stage_leaves_others()
{
    mkdir "$work/others_stage"
    echo 'a letter' >"$work/others_stage/.letter"
    expect_status 2 run/install/stage "$work/others_stage" 2>"$work/stage.err" && expect_text "$work/stage.err" 'is not empty, and run/install/stage has not made it' &&
        expect_text "$work/others_stage/.letter" 'a letter'
}

case_first install_installs installs
case_run install_boots boots
case_run install_others others
case_run install_campaign campaign
case_run install_labs labs
case_run install_all_launchers all_launchers
case_run install_interpreters interpreters
case_run install_pages_are_whole pages_are_whole
case_run install_pages_render pages_render
case_run install_completes completes
case_run install_stage_leaves_others stage_leaves_others
case_run install_uninstalls uninstalls
cases_end
