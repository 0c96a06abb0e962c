# SPDX-License-Identifier: MIT
# The first file system of run/nested's host: busybox, the programs that run/qemu calls with the libraries they need, KVM's modules,
# idlelab. Sourced by bash, which must have set: root, build, self, host_root, kernel, modules_folder and the function die.
# shellcheck shell=bash disable=SC2154 # set by the script that sources this

# All dates in there, and the second at which the host's clock begins: 2026-01-01.
host_epoch=1767225600

# What busybox has not, or not as run/qemu needs it.
host_programs=(bash sed awk grep mktemp timeout taskset setpriv)
# QEMU's firmware for the boots of run/qemu that need no disk.
firmware=(bios-256k.bin kvmvapic.bin linuxboot_dma.bin multiboot_dma.bin pvh.bin vgabios-stdvga.bin qboot.rom bios-microvm.bin)

# add_program TREE PROGRAM: under its own path and in /bin, with its libraries and its loader.
add_program()
{
    local path

    path=$(readlink -f "$(command -v "$2")") || die "$2 is not there, and the host inside needs it"
    add_file "$1" "$path"
    [ "$path" = "/bin/$2" ] || ln -sfn "$path" "$1/bin/$2"
    add_libraries "$1" "$path"
}

# add_libraries TREE FILE
add_libraries()
{
    local library

    while read -r library; do
        [ -e "$1$library" ] || add_file "$1" "$library"
    done < <(ldd "$2" 2>/dev/null | grep -o '/[^ ]*')
}

add_file()
{
    mkdir -p "$1$(dirname "$2")"
    rm -f "$1$2"
    cp -L "$2" "$1$2"
}

add_firmware()
{
    local tree=$1 name folder

    mkdir -p "$tree/usr/share/qemu" "$tree/usr/share/seabios"
    for name in "${firmware[@]}"; do
        for folder in /usr/share/qemu /usr/share/seabios; do
            [ ! -e "$folder/$name" ] || cp -L "$folder/$name" "$tree$folder/"
        done
    done
}

# cut_signature FILE: takes the signature of a module away, which costs an emulated processor seconds at each load, and which Debian's kernel
# does not insist on; one that no longer fits the module, because somebody changed that, it refuses. Source: Linux, include/linux/module_signature.h.
cut_signature()
{
    local bytes

    [ "$(tail -c 28 "$1" | tr -d '\0')" = '~Module signature appended~' ] || return 0
    read -ra bytes < <(tail -c 32 "$1" | od -An -v -tu1 -w32) # the signature's length, the highest byte first, and those words
    truncate -s "-$(((bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3]) + 12 + 28))" "$1"
}

# add_modules TREE NAME...: plain, those of the folder and of all below it.
add_modules()
{
    local tree=$1 name file

    shift
    mkdir -p "$tree/modules"
    for name in "$@"; do
        while read -r file; do
            case $file in
            *.xz) xz -dc "$file" >"$tree/modules/$name.ko" ;;
            *.zst) zstd -qdc "$file" >"$tree/modules/$name.ko" ;;
            *) cp "$file" "$tree/modules/" ;;
            esac
        done < <(find -L "$modules_folder" -name "$name.ko" -o -name "$name.ko.xz" -o -name "$name.ko.zst")
        [ ! -e "$tree/modules/$name.ko" ] || [ "$kernel" != "$host_root/vmlinuz" ] || cut_signature "$tree/modules/$name.ko"
    done
}

# The tree of a host that starts its guests by run/qemu.
tree_with_qemu()
{
    local tree=$1 program

    mkdir -p "$tree/bin" "$tree/lib64" "$tree/idlelab/build"
    for program in "${host_programs[@]}" "${QEMU:-qemu-system-x86_64}"; do
        add_program "$tree" "$program"
    done
    add_firmware "$tree"
    tree_with_vmm "$tree"
    add_libraries "$tree" "$build/idlelab"
    cp "$build/idlelab" "$build/idlelab64.elf" "$tree/idlelab/build/"
    cp -r "$root/run" "$tree/idlelab/"
}

# The tree of one that starts them by our own VMM.
tree_with_vmm()
{
    mkdir -p "$1/bin" "$1/lib64" "$1/idlelab/build"
    add_libraries "$1" "$build/launch"
    cp "$build/launch" "$build/vmm" "$build/idlelab.elf" "$1/idlelab/build/"
}

# pack_tree TREE FILE: not compressed, for a processor that is emulated unpacks slowly. The same tree makes the same file: neither the order of
# a folder, nor dates, owners and numbers of its files are in it.
pack_tree()
{
    chmod -R u=rwX,go=rX "$1"
    find "$1" -exec touch -h -d "@$host_epoch" {} +
    (cd "$1" && find . | LC_ALL=C sort | "$host_root/busybox" cpio -o -H newc -R 0:0 --ignore-devno --renumber-inodes) >"$2" 2>/dev/null ||
        die 'the first file system could not be written'
}

# write_initramfs TREE FILE
write_initramfs()
{
    cp "$host_root/busybox" "$1/bin/busybox"
    cp "$root/run/host/init" "$1/init"
    chmod +x "$1/init"
    pack_tree "$1" "$2"
}
