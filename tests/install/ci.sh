#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317,SC2016 # cases are called by name; programs in quotes
# The files of run/ci for other people's continuous integration: their form, and their shell steps run as GitHub and GitLab run them, on what
# is built here. `make test-debian` runs all of GitLab's, from an empty Debian on.
# NEEDS: image host
# LONG: 8 s
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"
steps() { /usr/bin/python3 tests/install/ci_steps.py "$@"; }
action=run/ci/action.yml

well_formed()
{
    steps check "$action" run/ci/github-example.yml run/ci/gitlab.yml || return
    sed 's/shell: bash/shall: bash/' "$action" >"$work/planted.yml"
    ! steps check "$work/planted.yml" >"$work/planted.out" && expect_text "$work/planted.out" 'step Boot' || return
    sed 's/smp "2"/smp 2/; s/IDLELAB_SMP: "2"/IDLELAB_SMP: 2/' run/ci/gitlab.yml >"$work/planted.yml"
    ! steps check "$work/planted.yml" >"$work/planted.out" && expect_text "$work/planted.out" 'a variable that is no text'
}

# A step of the action, as GitHub's bash runs it: github NAME STATUS [NAME=VALUE]...
github()
{
    local folder=$work/$1 status=$2

    mkdir -p "$folder/temp"
    steps github "$action" Boot >"$folder/step" || return
    expect_status "$status" env "${@:3}" RUNNER_TEMP="$folder/temp" GITHUB_OUTPUT="$folder/output" GITHUB_STEP_SUMMARY="$folder/summary" \
        GITHUB_ACTION_PATH="$root/run/ci" bash --noprofile --norc -eo pipefail "$folder/step" >"$folder/said" 2>&1 || { tail -n 5 "$folder/said" && return 1; }
}

has_results()
{
    local file

    for file in serial.log junit.xml report.html summary.txt; do
        [ -s "$1/$file" ] || { echo "$1 has no $file" && return 1; }
    done
    xmllint --noout "$1/junit.xml" && "$build/idlelab" check --quiet "$1/serial.log"
}

github_passes()
{
    github passes 0 ACCEL=tcg && has_results "$work/passes/temp/idlelab" && expect_text "$work/passes/summary" 'PASS' &&
        [ "$(cat "$work/passes/output")" = "folder=$work/passes/temp/idlelab" ]
}

# What fails ends the job, with its results; a wrong script leaves none, and the boots of many have a file each.
github_fails()
{
    github fails 1 ACCEL=tcg SMP=1 SCRIPT='selftest plant=fault' && [ -s "$work/fails/temp/idlelab/report.html" ] && expect_text "$work/fails/temp/idlelab/junit.xml" '<failure' &&
        github wrong 2 ACCEL=tcg SCRIPT='nonsense' && [ ! -e "$work/wrong/temp/idlelab/serial.log" ] && [ ! -s "$work/wrong/summary" ] &&
        github boots 0 ACCEL=tcg SMP=1 BOOTS=2 SCRIPT='noise time=10ms' ARGUMENTS='--mem 128M' &&
        [ -s "$work/boots/temp/idlelab/junit-01.xml" ] && [ -s "$work/boots/temp/idlelab/junit-02.xml" ] && [ -s "$work/boots/temp/idlelab/report.html" ]
}

# Nothing is installed where all is there, and /dev/kvm is opened only where it is closed.
github_installs()
{
    steps github "$action" 'Install what idlelab needs' >"$work/install" && steps github "$action" Build >"$work/build.step" &&
        expect_text "$work/install" '^as_root "[$]GITHUB_ACTION_PATH/../../run/setup" run$' && bash -n "$work/install" && bash -n "$work/build.step" &&
        expect_text "$work/build.step" ' image host$'
}

gitlab_passes()
{
    mkdir -p "$work/builds" "$work/project"
    ln -sfn "$root" "$work/builds/idlelab"
    { echo 'set -eo pipefail' && steps gitlab run/ci/gitlab.yml script; } >"$work/gitlab" || return
    CI_BUILDS_DIR=$work/builds CI_PROJECT_DIR=$work/project CI_SERVER_URL=https://gitlab.test IDLELAB_ACCEL=tcg IDLELAB_SMP=1 IDLELAB_SCRIPT='noise time=10ms' \
        bash "$work/gitlab" >"$work/gitlab.said" 2>&1 || { tail -n 5 "$work/gitlab.said" && return 1; }
    has_results "$work/project/idlelab"
}

/usr/bin/python3 -c 'import yaml' 2>/dev/null || { echo '1..0 # SKIP needs python3-yaml' && exit; }
case_run ci_well_formed well_formed
case_run ci_github_passes github_passes
case_run ci_github_fails github_fails
case_run ci_github_installs github_installs
case_run ci_gitlab_passes gitlab_passes
cases_end
