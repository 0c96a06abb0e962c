# SPDX-License-Identifier: MIT
# The Xen of run/nested: the tree of its first domain and the command that starts a guest there. Sourced by bash, which must have set what
# run/nested's command line sets.
# shellcheck shell=bash disable=SC2154,SC2034 # set, and read, by the script that sources this

# All words of --module are of Xen's own command line: it has one, read as it boots.
check_xen()
{
    local word

    for word in "${module_words[@]}"; do
        [[ $word =~ ^[a-z0-9_-]+(=[^[:space:]]+)?$ ]] || die "--module: found '$word', expected a word of Xen's command line"
    done
    [ -z "$exits" ] || die '--exits: Xen does not count them; xl dmesg comes back'
}

# add_xen_program TREE FILE: with its libraries, those of Xen's packages from where they were unpacked.
add_xen_program()
{
    local library from=$xen_root/root

    mkdir -p "$1$(dirname "$2")"
    cp -L "$from$2" "$1$2"
    while read -r library; do
        if [ ! -e "$1${library#"$from"}" ]; then
            mkdir -p "$1$(dirname "${library#"$from"}")"
            cp -L "$library" "$1${library#"$from"}"
        fi
    done < <(LD_LIBRARY_PATH=$from/usr/lib/x86_64-linux-gnu ldd "$from$2" 2>/dev/null | grep -o '/[^ ]*')
}

tree_with_xen()
{
    local tree=$1 program bin boot

    bin=$(cd "$xen_root/root" && echo usr/lib/xen-[0-9]*/bin)
    mkdir -p "$tree/bin" "$tree/etc/xen" "$tree/idlelab/build" "$tree/idlelab/run/host"
    for program in xl xenstored xenconsoled xenconsole xen-init-dom0 libxl-save-helper; do
        add_xen_program "$tree" "/$bin/$program"
        ln -s "/$bin/$program" "$tree/bin/$program"
    done
    add_xen_program "$tree" /usr/libexec/xen-qemu-system-i386
    add_xen_program "$tree" /usr/bin/xenstore-read
    boot=${bin%bin}boot
    mkdir -p "$tree/$boot"
    cp "$xen_root/root/$boot/hvmloader" "$tree/$boot/"
    add_firmware "$tree"
    cp -L /usr/share/seabios/{bios-256k,vgabios-stdvga}.bin "$tree/usr/share/qemu/"
    cp -L /usr/share/qemu/{linuxboot,multiboot}.bin "$tree/usr/share/qemu/"
    mkdir "$tree/usr/share/qemu/keymaps"
    cp -L /usr/share/qemu/keymaps/en-us "$tree/usr/share/qemu/keymaps/"
    cp -r "$xen_root/root/etc/xen/scripts" "$tree/etc/xen/"
    : >"$tree/etc/xen/xl.conf"
    add_libraries "$tree" "$build/launch"
    cp "$build/launch" "$build/idlelab64.elf" "$tree/idlelab/build/"
    cp "$root"/run/host/{xen_guest,xen_hvm.cfg,xen_pvh.cfg} "$tree/idlelab/run/host/"
    cp "$root/run/host/init_xen" "$tree/host"
}

# The command for a row, by build/launch as for every machine. A PVH guest gets its words from xl, an HVM guest by its ISO image.
command_with_xen()
{
    local words="exit=poweroff${host_stats:+ sync=serial}" resume

    script=${row_script[$1]} script_words='' script_file=''
    resolve_script
    [ -z "$script_file" ] || script_words=$(script_file_words "$script_file")
    words+="${script_words:+ $script_words}${append:+ $append}"
    [[ $words != *\'* ]] || die "xl takes no ' in the guest's words"
    resume=(--resume-argument "$words")
    if [ "$xen_type" = hvm ]; then
        iso_with_words "$build/idlelab.iso" "$words"
        mv "$iso_copy" "$tree/job/$1.iso"
        resume=(--resume-image "/job/$1.iso")
    fi
    # shellcheck disable=SC2206 # words
    command_words=(/idlelab/build/launch --name xl --log "/out/$1.log" --emulator-log "/out/$1.emulator.log" --silence 120 ${host_stats:+--host-stats}
        "${resume[@]}" -- /idlelab/run/host/xen_guest "$xen_type" "$1" "${row_smp[$1]}" "$words" ${row_args[$1]})
}
