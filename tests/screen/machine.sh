# SPDX-License-Identifier: MIT
# A machine with a screen and a monitor, for the tests of this folder. Sourced by bash, behind tests/boot/cases.sh.
# shellcheck shell=bash disable=SC2154,SC2034 # of cases.sh, and for those that source this

# QEMU's own words go to NAME.emulator; its monitor listens on NAME.monitor.
# machine_start NAME QEMU-ARGUMENT...: `machine` is its process.
machine_start()
{
    local name=$1

    shift
    qemu-system-x86_64 -accel tcg -smp 2 -nodefaults -display none -no-user-config \
        -monitor "unix:$work/$name.monitor,server=on,wait=off" "$@" >"$work/$name.emulator" 2>&1 &
    machine=$!
}

machine_end()
{
    kill "$machine" 2>/dev/null
    wait "$machine" 2>/dev/null
}

# machine_say NAME COMMAND: one line to the monitor; its answer is printed.
machine_say()
{
    echo "$2" | socat -t 0.3 - "UNIX-CONNECT:$work/$1.monitor"
}

# machine_firmware NAME: `firmware` becomes the arguments for OVMF with variables of its own.
machine_firmware()
{
    local code=/usr/share/OVMF/OVMF_CODE_4M.fd

    cp "${code/CODE/VARS}" "$work/$1.vars"
    firmware=(-drive "if=pflash,unit=0,format=raw,readonly=on,file=$code" -drive "if=pflash,unit=1,format=raw,file=$work/$1.vars")
}

# stick NAME WORDS: $work/NAME.stick is a copy of the image whose menu hands these words to idlelab.
stick()
{
    local marker='# GRUB Environment Block' offset block

    cp "$build/idlelab.iso" "$work/$1.stick"
    chmod u+w "$work/$1.stick"
    offset=$(grep -abo -F "$marker" "$work/$1.stick" | cut -d: -f1 | awk '$1 % 2048 == 0')
    block=$marker$'\n'"idlelab_args=$2"$'\n'
    printf '%s%s' "$block" "$(printf '%*s' $((1024 - ${#block})) '' | tr ' ' '#')" >"$work/$1.block"
    dd if="$work/$1.block" of="$work/$1.stick" bs=1 seek="$offset" conv=notrunc status=none
}

# screen_until NAME PATTERN SECONDS: dumps the screen until a row of it matches; its text is in NAME.text then.
screen_until()
{
    local end=$((SECONDS + $3))

    while [ "$SECONDS" -lt "$end" ] && kill -0 "$machine"; do
        sleep 0.5
        machine_say "$1" "screendump \"$work/$1.ppm\"" >/dev/null || continue
        [ -s "$work/$1.ppm" ] || continue
        tests/screen/read_screen.py "$work/$1.ppm" >"$work/$1.text" || continue
        ! grep -qE -e "$2" "$work/$1.text" || return 0
    done
    echo "no row of the screen matches '$2'; it is:"
    cat "$work/$1.text"
    return 1
}
