# SPDX-License-Identifier: MIT
# Bochs 3 with our mends of its VMX (bochs_vmx.patch), built from Debian's source package. Where it is, run/nested takes it for kvm_intel;
# rows of the truth table that need it are skipped elsewhere. Sourced by bash. The function that builds it is called by run/setup alone.
# shellcheck shell=bash disable=SC2154 # set by run/setup
bochs_patched_root=${BOCHS_PATCHED_ROOT:-${XDG_CACHE_HOME:-$HOME/.cache}/idlelab/bochs-patched}
bochs_patch=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/bochs_vmx.patch

# True where it is, built with the patch that lies here.
bochs_is_patched()
{
    [ -x "$bochs_patched_root/bochs" ] && cmp -s "$bochs_patch" "$bochs_patched_root/patch"
}

# What Debian's rules give configure for the processor, and one display. Neither debugger nor instrumentation, which cost time, nor plugins.
bochs_options=(--with-rfb --enable-3dnow --enable-a20-pin --enable-all-optimizations --enable-amx --enable-avx --enable-cdrom --enable-cet
    --enable-cpu-level=6 --enable-evex --enable-fpu --enable-pci --enable-repeat-speedups --enable-memtype --enable-protection-keys
    --enable-smp --enable-svm --enable-uintr --enable-vmx=2 --enable-x86-64 --disable-docbook)

# The source in $work/source, patched. apt has held the archive against the signed list; the .dsc, which has the same sums, is not needed.
load_bochs_source()
{
    (cd "$work" && apt_apart "$work/apt" source --download-only --tar-only bochs) || die "the source package of Bochs 3 could not be loaded"
    mkdir "$work/source"
    tar -xJf "$work"/bochs_*.orig.tar.xz -C "$work/source" --strip-components=1 --no-same-owner || die 'the source of Bochs could not be unpacked'
    patch -s -d "$work/source" -p1 <"$bochs_patch" || die "$bochs_patch does not fit the source of Bochs"
}

# Some minutes of a processor. MAKEFLAGS of the make that may have called us would be another's.
install_patched_bochs()
{
    local work version models

    ! bochs_is_patched || return 0
    echo "$self: building Bochs 3 with our mends of its VMX in $bochs_patched_root (8 MB; 4 MB to load)"
    apart_begin "$bochs_patched_root" "Bochs 3's source" deb-src
    load_bochs_source
    version=$(basename "$work"/bochs_*.orig.tar.xz .orig.tar.xz)
    if ! (cd "$work/source" && CFLAGS=-O2 CXXFLAGS=-O2 nice ./configure "${bochs_options[@]}" &&
        env -u MAKEFLAGS -u MAKELEVEL nice make -j"$(nproc)" bochs && strip bochs) >"$work/log" 2>&1; then
        tail -n 5 "$work/log" >&2
        die 'Bochs could not be built, for the reason above'
    fi
    cp "$work/source/bochs" "$work/source/COPYING" "$work/root/"
    cp "$bochs_patch" "$work/root/patch"
    echo "${version#bochs_}" >"$work/root/version"
    models=$("$work/root/bochs" --help cpu 2>&1) || true
    grep -q corei7_skylake_x <<<"$models" || die 'Bochs was built but does not run'
    apart_end "$bochs_patched_root"
}
