# SPDX-License-Identifier: MIT
# Debian's Xen for run/setup and run/nested: unpacked into a folder of its own, never installed. Sourced by bash, which must have set self
# and the function die.
# shellcheck shell=bash disable=SC2154,SC2034 # self is set, and values are read, by the script that sources this
xen_root=${XEN_ROOT:-${XDG_CACHE_HOME:-$HOME/.cache}/idlelab/xen}

# What Xen's tools need beside the packages that are installed.
xen_packages=(xen-utils-common xenstore-utils libxencall1 libxendevicemodel1 libxenevtchn1 libxenforeignmemory1 libxengnttab1
    libxenhypfs1 libxentoollog1 libxentoolcore1 libyajl2 qemu-system-xen busybox-static)
xen_libraries=(seabios libfdt1 libglib2.0-0 libjpeg62-turbo libpixman-1-0 libspice-server1 libusb-1.0-0)

# The hypervisor, its tools, and a Linux that can be its first domain (the cloud kernel cannot). `versions` says which.
install_xen()
{
    local kernel hypervisor version tree=$xen_root.new/root package

    [ ! -r "$xen_root/versions" ] || return 0
    own_place "$xen_root" xen.elf
    kernel=$(apt-cache depends linux-image-amd64 2>/dev/null | awk '/Depends: linux-image-/ && !found++ { print $2 }')
    hypervisor=$(newest_package '^xen-hypervisor-[0-9.]+-amd64$')
    if [ -z "$kernel" ] || [ -z "$hypervisor" ]; then
        die "this machine's apt offers no linux-image-amd64 and xen-hypervisor-...-amd64"
    fi
    version=${hypervisor#xen-hypervisor-}
    version=${version%-amd64}
    echo "$self: loading $hypervisor, its tools and $kernel into $xen_root (80 MB)"
    rm -rf "$xen_root.new"
    mkdir -p "$tree" "$xen_root.new/modules"
    (cd "$xen_root.new" && apt-get -qq -o APT::Sandbox::User= download "$kernel" "$hypervisor" "xen-utils-$version" "libxenmisc$version" \
        "$(newest_package '^libxenstore[0-9]+$')" "${xen_packages[@]}") || die 'Xen could not be loaded'
    for package in "$xen_root.new"/*.deb; do
        dpkg-deb --fsys-tarfile "$package" | tar -x -C "$tree" --no-same-owner || die "${package##*/} could not be unpacked"
        dpkg-deb -f "$package" Package Version | sed 's/^[A-Za-z]*: //' | paste -sd ' ' >>"$xen_root.new/versions.new"
    done
    gzip -dc "$tree/boot/xen-$version-amd64.gz" >"$xen_root.new/xen.elf" || die "$hypervisor has no hypervisor"
    mv "$tree"/boot/vmlinuz-* "$xen_root.new/vmlinuz"
    mv "$tree/bin/busybox" "$xen_root.new/busybox"
    find "$tree" -path '*/drivers/xen/*' -name 'xen*.ko*' -exec mv {} "$xen_root.new/modules" \;
    xz -dfq "$xen_root.new"/modules/*.xz 2>/dev/null || true # Debian 12's are not packed
    [ -s "$xen_root.new/modules/xen-privcmd.ko" ] || die "$kernel has no xen-privcmd.ko"
    rm -rf "$tree"/lib/modules "$tree"/boot "$tree"/usr/share "$xen_root.new"/*.deb "$xen_root"
    mv "$xen_root.new/versions.new" "$xen_root.new/versions"
    mv "$xen_root.new" "$xen_root"
}
