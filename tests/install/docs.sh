#!/bin/bash
# SPDX-License-Identifier: MIT
# docs/install.md: each line of it. What runs installed runs here, from an installation, and so does run/ci/boot; targets of make, options and
# packages are those that there are; lines for root are named by the tests that run them.
# NEEDS: image host linux iso pages
# LONG: 10 s
set -uo pipefail
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
page=docs/install.md
work=$build/test/install/docs
rm -rf "$work"
mkdir -p "$work/user"
unset BUILD

# blocks LANGUAGE: the lines of its blocks.
blocks()
{
    awk -v language="$1" '/^```/ { on = !inside && $0 == "```" language; inside = !inside; next } on' "$page"
}

# Says what is wrong with a line, or nothing.
try()
{
    local line=${1#sudo } words

    case $line in
    make\ * | make)
        read -ra words <<<"${line#make}"
        # shellcheck disable=SC2013 # words
        for word in $(grep -oE '^[a-z-]+' <<<"${words[*]/*=*/}"); do
            grep -qE "^([a-z-]+ )*$word( [a-z-]+)*:" Makefile run/install/install.mk || echo "make has no target $word"
        done
        [[ $line != *install* ]] || [ "$(make -n install DESTDIR=/d PREFIX=/p BUILD=b | tail -n 1)" = "OBJCOPY='objcopy' run/install/install 'b' '/d' '/p'" ] || echo 'it does not call run/install/install'
        ;;
    run/setup\ *) run/setup --help | awk -v word="${line#* }" '$1 == word { found = 1 } END { exit !found }' || echo 'run/setup has no such word' ;;
    run/ci/boot\ *) eval "run/ci/boot '$work/ci' ${line#* * }" >"$work/said" 2>&1 || tail -n 3 "$work/said" ;;
    idlelab*) (cd "$work/user" && PATH=$work/usr/bin:$PATH eval "$line") >"$work/said" 2>&1 || tail -n 3 "$work/said" ;;
    man\ *) [ -s "$work/usr/share/man/man1/${line#* }.1" ] || echo 'there is no such page' ;;
    apt\ install\ *) grep -q 'apt-get .*install .*idlelab\*\.deb' tests/debian/run || echo 'make test-debian does not install it' ;;
    podman\ run\ *) grep -q 'run --volume .*/lab.*idlelab-qemu --accel tcg --script smoke' tests/debian/container || echo 'make test-container does not run it' ;;
    *) echo 'who runs it?' ;;
    esac
}

# What the two services' blocks say: inputs that the action has, variables that the job has.
ci_words()
{
    blocks yaml >"$work/blocks.yml"
    /usr/bin/python3 - "$work/blocks.yml" <<'END'
import sys
import yaml

text = open(sys.argv[1], encoding="utf-8").read()
step = yaml.safe_load(text[: text.index("include:")])[0]
job = yaml.safe_load(text[text.index("include:") :])
action = yaml.safe_load(open("run/ci/action.yml", encoding="utf-8"))
template = yaml.safe_load(open("run/ci/gitlab.yml", encoding="utf-8"))
for word in set(step["with"]) - set(action["inputs"]):
    print(f"the action has no input {word}")
for word in set(job["idle"]["variables"]) - set(template[job["idle"]["extends"]]["variables"]):
    print(f"the job has no variable {word}")
if job["include"][0]["file"] != "/run/ci/gitlab.yml" or "/run/ci@" not in step["uses"]:
    print("the files have other names")
END
}

run/install/install "$build" '' "$work/usr"
count=0
while read -r line; do
    count=$((count + 1))
    result "install_line_$count" "$(try "$line" | sed "s,^,$line: ,")"
done < <(blocks '')
result install_lines_are_seen "$([ "$count" -ge 12 ] || echo "only $count lines were found")"
if /usr/bin/python3 -c 'import yaml' 2>/dev/null; then
    result install_ci_words "$(ci_words)"
fi
results_end
