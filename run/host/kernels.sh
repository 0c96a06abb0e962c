# SPDX-License-Identifier: MIT
# Debian's kernels for run/setup: unpacked into a folder of their own, never installed. Sourced by bash, which must have set self and
# the function die.
# shellcheck shell=bash disable=SC2154 # self is set by the script that sources this

# For tests/trace/live: cloud images of two versions that record themselves in QEMU, and a shell for them.
trace_root=${TRACE_KERNELS:-${XDG_CACHE_HOME:-$HOME/.cache}/idlelab/trace}

# For run/nested: the kernel that is the host there, with KVM's modules, and a shell for it.
nested_root=${NESTED_ROOT:-${XDG_CACHE_HOME:-$HOME/.cache}/idlelab/nested}

# own_place FOLDER FILE...: what run/setup has unpacked takes the place of all that is in FOLDER, so that has to be nothing, or to have one of these
# files of its own.
own_place()
{
    local file folder=$1

    shift
    for file; do
        [ ! -e "$folder/$file" ] || return 0
    done
    [ ! -e "$folder" ] || { [ -d "$folder" ] && [ -z "$(ls -A "$folder")" ]; } ||
        die "$folder is not empty, and $self has not made it: it stays as it is"
}

# The newest package whose name matches "$1".
newest_package()
{
    apt-cache search --names-only "$1" | awk '{ print $1 }' | sort -V | tail -n 1
}

# trace_kernel VERSION PACKAGE: the kernel and the modules of its disk into $trace_root.new/VERSION.
trace_kernel()
{
    local folder=$trace_root.new/$1 tree=$trace_root.new/tree module

    mkdir -p "$folder" "$tree"
    dpkg-deb --fsys-tarfile "$trace_root.new/$2"_*.deb | tar -x -C "$tree" --no-same-owner || die "$2 could not be unpacked"
    mv "$tree"/boot/vmlinuz-* "$folder/vmlinuz"
    for module in virtio virtio_ring virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci virtio_blk; do
        find "$tree" -name "$module.ko*" -exec mv {} "$folder" \;
    done
    rm -rf "$tree"
}

install_trace_kernels()
{
    local new old

    [ ! -x "$trace_root/busybox" ] || return 0
    own_place "$trace_root" 6.12 6.1
    new=$(newest_package '^linux-image-6\.12\.[0-9.]*[+]deb1[23]-cloud-amd64(-unsigned)?$')
    old=$(newest_package '^linux-image-6\.1\.0-[0-9]*-cloud-amd64$')
    if [ -z "$new" ] || [ -z "$old" ]; then
        die "this machine's apt offers no linux-image-6.12...-cloud-amd64 and 6.1.0-...-cloud-amd64"
    fi
    echo "$self: loading $new and $old into $trace_root (63 MB)"
    rm -rf "$trace_root.new"
    mkdir -p "$trace_root.new"
    (cd "$trace_root.new" && apt-get -qq download "$new" "$old" busybox-static) || die 'the kernels could not be loaded'
    trace_kernel 6.12 "$new"
    trace_kernel 6.1 "$old"
    dpkg-deb --fsys-tarfile "$trace_root.new"/busybox-static_*.deb | tar -xO ./bin/busybox >"$trace_root.new/busybox" ||
        die 'busybox could not be unpacked'
    chmod +x "$trace_root.new/busybox"
    rm -f "$trace_root.new"/*.deb
    rm -rf "$trace_root"
    mv "$trace_root.new" "$trace_root"
}

# One kernel, the newest that this machine's apt has of its own release. `versions` says which; its folder is made last.
install_nested_kernel()
{
    local package tree=$nested_root.new/tree module

    [ ! -r "$nested_root/versions" ] || return 0
    own_place "$nested_root" vmlinuz
    package=$(apt-cache depends linux-image-cloud-amd64 2>/dev/null | awk '/Depends: linux-image-/ && !found++ { print $2 }')
    [ -n "$package" ] || die "this machine's apt offers no linux-image-cloud-amd64"
    echo "$self: loading $package and busybox-static into $nested_root (28 MB)"
    rm -rf "$nested_root.new"
    mkdir -p "$tree" "$nested_root.new/modules"
    (cd "$nested_root.new" && apt-get -qq -o APT::Sandbox::User= download "$package" busybox-static) || die 'the kernel could not be loaded'
    for module in "$nested_root.new"/*.deb; do
        dpkg-deb --fsys-tarfile "$module" | tar -x -C "$tree" --no-same-owner || die "${module##*/} could not be unpacked"
        dpkg-deb -f "$module" Package Version | sed 's/^[A-Za-z]*: //' | paste -sd ' ' >>"$nested_root.new/versions.new"
    done
    mv "$tree"/boot/vmlinuz-* "$nested_root.new/vmlinuz"
    mv "$tree/bin/busybox" "$nested_root.new/busybox"
    for module in irqbypass kvm kvm-amd kvm-intel; do
        find "$tree" -name "$module.ko*" -exec mv {} "$nested_root.new/modules" \;
    done
    xz -dfq "$nested_root.new"/modules/*.xz 2>/dev/null || true # Debian 12's are not packed
    [ -s "$nested_root.new/modules/kvm.ko" ] || die "$package has no kvm.ko"
    rm -rf "$tree" "$nested_root.new"/*.deb "$nested_root"
    mv "$nested_root.new/versions.new" "$nested_root.new/versions"
    mv "$nested_root.new" "$nested_root"
}
