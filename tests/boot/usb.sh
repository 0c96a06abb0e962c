#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2317 # cases are called by name
# run/usb on loop devices, which the real lsblk tells of; only that they are whole disks and can be removed is put into its mouth. Where the
# system's own disk is named, dd is one that writes nothing.
# NEEDS: nothing
set -uo pipefail
# shellcheck source=tests/boot/cases.sh
. "$(dirname "$0")/cases.sh"
image=$work/idlelab.iso
image_bytes=$((3 * 1024 * 1024 + 2048)) # no whole number of blocks
stick_bytes=$((8 * 1024 * 1024))
mkdir -p "$work/bin" "$work/harmless"
head -c $image_bytes /dev/urandom >"$image"
export BUILD=$work REAL_LSBLK REAL_DD
REAL_LSBLK=$(command -v lsblk)
REAL_DD=$(command -v dd)

# lsblk with the words of a stick; MANY_MOUNTS puts so many lines behind a first one that whoever stops reading early ends it.
cat >"$work/bin/lsblk" <<'END'
#!/bin/bash
answer=$("$REAL_LSBLK" "$@") || exit
case " $* " in
*' TYPE '*) echo "${answer/loop/disk}" ;;
*' RM '*) echo 1 ;;
*' MOUNTPOINT '*)
    if [ -n "${MANY_MOUNTS:-}" ]; then
        printf '/media/stick\n%0100000d\n' 0
        exec printf '\n%0100000d' 0
    fi
    printf '%s\n' "$answer"
    ;;
*) printf '%s\n' "$answer" ;;
esac
END
# dd that does as DD says, once it has written.
cat >"$work/bin/dd" <<'END'
#!/bin/bash
[[ " $* " != *' of=/dev/'* ]] || case ${DD:-} in
fault)
    "$REAL_DD" "$@" || exit
    exec "$REAL_DD" if=/dev/zero of="$BEHIND" bs=1 seek=3000000 count=64 conv=notrunc status=none
    ;;
slow)
    "$REAL_DD" "$@" count=1
    echo $$ >"$DD_PID"
    exec sleep 60
    ;;
full) echo 'dd: No space left on device' >&2 && exit 1 ;;
esac
exec "$REAL_DD" "$@"
END
printf '#!/bin/bash\necho "$*" >>%q\nexit 9\n' "$work/dd.called" >"$work/harmless/dd"
chmod +x "$work"/bin/* "$work"/harmless/*

# A loop device of $2 bytes over the file of that name; goes when the case ends.
attach()
{
    local name=$1

    if [ "$(id -u)" -ne 0 ]; then
        echo 'loop devices take root'
        exit_case=$skip_status
        return 1
    fi
    truncate -s "${2:-$stick_bytes}" "$work/$name.stick"
    if ! loop=$(losetup ${3:+"$3"} --find --show "$work/$name.stick" 2>"$work/$name.err"); then
        echo "no loop device here: $(head -n 1 "$work/$name.err")"
        exit_case=$skip_status
        return 1
    fi
}

# on_stick NAME BYTES LOSETUP-OPTION FUNCTION...: `loop` is the device.
on_stick()
{
    local name=$1 loop='' exit_case=1 status=0

    attach "$1" "$2" "$3" || return "$exit_case"
    shift 3
    "$@" "$name" || status=$?
    losetup --detach "$loop"
    return "$status"
}

# usb STATUS NAME ARGUMENT...: its words go to NAME.err.
usb()
{
    local status=$1 name=$2

    shift 2
    PATH=$work/bin:$PATH expect_status "$status" run/usb "$@" >"$work/$name.words" 2>"$work/$name.err" || {
        cat "$work/$name.err"
        return 1
    }
}

# The stick as it was: nothing was written.
untouched()
{
    cmp --bytes="$stick_bytes" "$work/$1.stick" /dev/zero
}

written()
{
    usb 0 "$1" --yes "$loop" && cmp --bytes="$image_bytes" "$image" "$work/$1.stick" && expect_text "$work/$1.words" 'is ready: boot from it'
}

asked()
{
    usb 2 "$1" "$loop" <<<no && expect_text "$work/$1.err" 'nothing was written$' && untouched "$1" &&
        usb 2 "$1" "$loop" </dev/null && expect_text "$work/$1.err" 'nothing was written$' && untouched "$1" &&
        usb 0 "$1" "$loop" <<<"$loop" && cmp --bytes="$image_bytes" "$image" "$work/$1.stick"
}

# While another program has the stick open the kernel keeps what was written: it must not be that which is compared.
faulty()
{
    exec 7<"$loop"
    DD=fault BEHIND=$work/$1.stick usb 1 "$1" --yes "$loop" && expect_text "$work/$1.err" 'gives back is not what was written: the stick is faulty$'
}

full()
{
    DD=full usb 1 "$1" --yes "$loop" && expect_text "$work/$1.err" 'holds a part of the image: write it again$'
}

mounted()
{
    local status

    mkfs.ext4 -q "$loop" && mkdir -p "$work/mnt" || return
    mount "$loop" "$work/mnt" 2>"$work/$1.err" || { echo "mount: $(cat "$work/$1.err")" && return "$skip_status"; }
    cp --sparse=always "$work/$1.stick" "$work/before"
    usb 2 "$1" --yes "$loop" && expect_text "$work/$1.err" 'is mounted: unmount it first$'
    status=$?
    umount "$work/mnt"
    return "$status"
}

# Many mount points: whoever stops at the first must not lose the answer.
many_mounts()
{
    MANY_MOUNTS=yes usb 2 "$1" --yes "$loop" && expect_text "$work/$1.err" 'is mounted: unmount it first$' && untouched "$1"
}

too_small()
{
    usb 2 "$1" --yes "$loop" && expect_text "$work/$1.err" 'has 1048576 bytes, the image has 3147776$' &&
        cmp --bytes=1048576 "$work/$1.stick" /dev/zero
}

read_only()
{
    usb 2 "$1" --yes "$loop" && expect_text "$work/$1.err" 'is read-only' && untouched "$1"
}

# lsblk as it is: a loop device is no whole disk.
not_whole()
{
    expect_status 2 run/usb --yes "$loop" 2>"$work/$1.err" && expect_text "$work/$1.err" "is not a whole disk but 'loop': name the disk" && untouched "$1"
}

# stopped SIGNAL NAME: everything ends at once, and it is said what the stick holds. A terminal's ^C goes to the whole group.
stopped()
{
    local pid i

    PATH=$work/bin:$PATH DD=slow DD_PID=$work/$2.pid setsid env --default-signal=INT run/usb --yes "$loop" >"$work/$2.words" 2>"$work/$2.err" &
    pid=$!
    for ((i = 0; i < 100; i++)); do
        [ ! -s "$work/$2.pid" ] || break
        sleep 0.1
    done
    kill "-$1" -- "-$pid"
    expect_status 130 wait "$pid" && expect_text "$work/$2.err" 'stopped: .* holds a part of the image: write it again$' &&
        ! kill -0 "$(cat "$work/$2.pid")" 2>/dev/null
}

system_disk()
{
    local source disk

    source=$(findmnt -no SOURCE /)
    [ -b "$source" ] || { echo "/ is on no block device but on $source" && return "$skip_status"; }
    disk=$(lsblk --nodeps --noheadings --paths --output PKNAME "$source" | tr -d ' ')
    PATH=$work/harmless:$PATH expect_status 2 run/usb --yes "${disk:-$source}" 2>"$work/system.err" &&
        expect_text "$work/system.err" 'is mounted: unmount it first$|is not a whole disk' && [ ! -e "$work/dd.called" ]
}

refused()
{
    touch "$work/file"
    PATH=$work/harmless:$PATH
    usb 2 refused --yes "$work/file" && expect_text "$work/refused.err" 'file is not a block device$' &&
        usb 2 refused --yes /dev/null && expect_text "$work/refused.err" '/dev/null is not a block device$' &&
        usb 2 refused --yes "$work/none" && usb 2 refused --no-such && usb 2 refused a b &&
        BUILD=$work/none usb 2 refused --yes "$work/file" && expect_text "$work/refused.err" "type 'make iso' first" &&
        usb 0 refused && expect_text "$work/refused.words" '^Disks that can be removed' && [ ! -e "$work/dd.called" ]
}

case_run usb_written on_stick written $stick_bytes '' written
case_run usb_asks on_stick asked $stick_bytes '' asked
case_run usb_faulty_stick on_stick faulty $stick_bytes '' faulty
case_run usb_write_fails on_stick full $stick_bytes '' full
case_run usb_mounted on_stick mounted $stick_bytes '' mounted
case_run usb_many_mounts on_stick many $stick_bytes '' many_mounts
case_run usb_too_small on_stick small 1048576 '' too_small
case_run usb_read_only on_stick read_only $stick_bytes --read-only read_only
case_run usb_not_a_whole_disk on_stick not_whole $stick_bytes '' not_whole
for signal in INT TERM HUP; do
    case_run usb_stopped_$signal on_stick stopped_$signal $stick_bytes '' stopped $signal
done
case_run usb_system_disk system_disk
case_run usb_refused refused
cases_end
