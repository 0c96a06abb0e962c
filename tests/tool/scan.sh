#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# idlelab scan with a zbarimg that gives out what an "image" holds as text: images that cannot be read, codes that are not the lab's, more codes
# than the screen's histograms may take. tests/screen/codes.sh has the real zbarimg.
# NEEDS: host
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/../boot/cases.sh"

mkdir "$work/bin"
cat >"$work/bin/zbarimg" <<'END'
#!/bin/sh
for image; do :; done
grep -v '^no image' "$image"
END
chmod +x "$work/bin/zbarimg"

# image NAME NUMBER COUNT LINE...
image()
{
    local name=$1 number=$2 count=$3

    shift 3
    { printf 'IDLELAB-CODE %u/%u 0123456789abcdef\n' "$number" "$count"; printf '%s\n' "$@" ''; } >"$work/$name"
}
# scanned NAME STATUS IMAGE...: scan's log is NAME.log, its words NAME.text
scanned()
{
    local name=$1 status=$2

    shift 2
    PATH=$work/bin:$PATH expect_status "$status" "$build/idlelab" scan "${@/#/$work/}" >"$work/$name.log" 2>"$work/$name.text"
}

# One that cannot be read stands before the others, and hides none.
unreadable()
{
    echo 'no image' >"$work/broken"
    image a 1 2 'ok 1 a' && image b 2 2 'ok 2 b' && scanned unreadable 0 broken a b && grep -q 'could not read .*/broken$' "$work/unreadable.text" &&
        grep -qx 'ok 2 b' "$work/unreadable.log"
}

# A sticker on the machine stands on the same picture, behind the lab's code.
foreign_code()
{
    image c 1 1 'ok 1 c' && printf 'https://example.org/asset/1\nok 9 of whom?\n' >>"$work/c" && scanned foreign 0 c &&
        grep -qx 'ok 1 c' "$work/foreign.log" && ! grep -E 'example|ok 9' "$work/foreign.log"
}

many_codes()
{
    image d 1 100 'ok 1 d' && image e 100 100 'ok 2 e' && scanned many 3 e d && grep -q '2 of 100 codes; missing: 2, 3' "$work/many.text" &&
        [ "$(grep '^ok ' "$work/many.log")" = $'ok 1 d\nok 2 e' ]
}

two_runs()
{
    image f 1 1 'ok 1 f' && sed 's/0123/4567/; s/ok/not ok/' "$work/f" >"$work/g" && scanned two_runs 0 f g f &&
        grep -q '^1 codes of other runs were left out' "$work/two_runs.text" && [ "$(grep -c 'ok 1' "$work/two_runs.log")" -eq 1 ]
}

case_run unreadable unreadable
case_run foreign_code foreign_code
case_run many_codes many_codes
case_run two_runs two_runs
cases_end
