# SPDX-License-Identifier: MIT
# The emulators that run/nested's host runs in. Each function boots $kernel with $scratch/initramfs, the console on stdout, what the host
# sends in $scratch/sent. Sourced by bash, which must have set what run/nested's command line sets.
# shellcheck shell=bash disable=SC2154 # set by the script that sources this

# The kernel's random numbers come from RDRAND and from these words.
kernel_words='console=ttyS0,115200 quiet loglevel=4 mitigations=off nokaslr norandmaps panic=-1 audit=0 cryptomgr.notests'

# within_limit COMMAND...: runs the emulator for --timeout seconds of this machine's clock at most; without that, until it has used so much of a
# processor's time, a boot's and each row's, which a busy machine gives it later and not less of. An emulator that waits for ever uses none.
within_limit()
{
    local processor_s

    if [ -n "${timeout:-}" ]; then
        limit="$timeout s"
        run_child timeout -k 5 "$timeout" "$@"
    else
        processor_s=$((700 + 200 * ${#row_names[@]}))
        [ "$host" != kvm_intel ] || processor_s=$((processor_s * cpus)) # Bochs runs each of them, idle or not
        limit="$processor_s s of a processor"
        run_child timeout -k 5 $((20 * processor_s)) prlimit "--cpu=$processor_s" "$@"
    fi
}

# What the host runs in, as a fact of its logs.
emulator_name()
{
    local version

    if [ "$host" != kvm_intel ]; then
        version=$("$host_qemu" --version)
        echo "${version%%$'\n'*}"
    elif bochs_is_patched; then
        echo "Bochs $(cat "$bochs_patched_root/version"), mended by bochs_vmx.patch $(sha256sum <"$bochs_patch" | cut -c 1-8)"
    else
        echo "Bochs 3, Debian's"
    fi
}

# QEMU's SVM. One CPU runs one instruction a nanosecond, and none waits: the time in there is exact. A TSC that the kernel has to watch and
# to calibrate gives it no high-resolution timers before its second 1.6: until then they go by its ticks of 4 ms.
run_kvm_amd()
{
    within_limit "$host_qemu" -machine q35 -accel tcg,thread=single \
        -icount shift=0,sleep=off -rtc base=2026-01-01T00:00:00,clock=vm -seed 1 -cpu EPYC -smp "$cpus" -m 1G \
        -nodefaults -display none -no-reboot -kernel "$kernel" -initrd "$scratch/initramfs" -append "$kernel_words tsc=reliable tsc_early_khz=1000000" \
        -chardev stdio,id=console,signal=off -serial chardev:console -serial "file:$scratch/sent" </dev/null
}

# Xen under the same SVM, in the same time. cpuidle=0: MWAIT with ECX = 1 is a fault in QEMU 7.2, and Xen's idle loop dies of it. No SMAP:
# there IRET to ring 3 reads its stack as the supervisor, of which a paravirtual Linux dies.
run_xen()
{
    within_limit "$host_qemu" -machine q35 -accel tcg,thread=single \
        -icount shift=0,sleep=off -rtc base=2026-01-01T00:00:00,clock=vm -seed 1 \
        -cpu "${cpu:-EPYC,-smap}" -smp "$cpus" -m 2500M -nodefaults -display none -no-reboot -kernel "$xen_root/xen.elf" \
        -append "com1=115200,8n1 console=com1 loglvl=all guest_loglvl=all conring_size=1M cpuidle=0 console_timestamps=boot \
dom0_mem=1024M,max:1024M dom0_max_vcpus=1 spec-ctrl=no xpti=no ${module_words[*]}" \
        -initrd "$kernel ${kernel_words/ttyS0,115200/hvc0},$scratch/initramfs" \
        -chardev stdio,id=console,signal=off -serial chardev:console -serial "file:$scratch/sent" </dev/null
}

# Instructions, and ticks of the TSC, in one second of Bochs' virtual time.
bochs_hz=200000000

# An ISO image that GRUB boots: Bochs takes no kernel. The same kernel, words and files make the same image. CPUID leaves 15h and 16h of the
# model do not say what a tick is here.
write_host_iso()
{
    local folder=$scratch/iso date

    date=$(date -u -d "@$host_epoch" +%Y%m%d%H%M%S00)
    mkdir -p "$folder/boot/grub"
    cp -L "$kernel" "$folder/boot/vmlinuz"
    mv "$scratch/initramfs" "$folder/boot/initrd"
    printf '%s\n' "linux /boot/vmlinuz $kernel_words tsc=reliable tsc_early_khz=$((bochs_hz / 1000)) no_timer_check random.trust_cpu=on pci=nomsi,noaer \
            nowatchdog clearcpuid=amx_tile,rdpid nopku${host_append:+ $host_append}" 'initrd /boot/initrd' boot >"$folder/boot/grub/grub.cfg"
    if ! {
        grub-mkimage -d /usr/lib/grub/i386-pc -O i386-pc-eltorito -p /boot/grub -o "$folder/boot/grub/bios.img" normal linux iso9660 biosdisk &&
            chmod -R u=rwX,go=rX "$folder" &&
            TZ=UTC xorriso -as mkisofs -o "$scratch/host.iso" -r --modification-date="$date" --set_all_file_dates "$date" \
                -b boot/grub/bios.img -no-emul-boot -boot-load-size 4 -boot-info-table "$folder"
    } >"$scratch/xorriso.log" 2>&1; then
        die "the host's ISO image could not be made: $(tail -n 1 "$scratch/xorriso.log")"
    fi
    rm -rf "$folder"
}

write_host_bochsrc()
{
    cat >"$scratch/bochsrc" <<EOF
config_interface: textconfig
display_library: rfb, options="timeout=0"
romimage: file=$share/BIOS-bochs-latest
vgaromimage: file=$share/VGABIOS-lgpl-latest
cpu: model=${cpu:-corei3_cnl}, count=$cpus, ips=$bochs_hz, reset_on_triple_fault=0, ignore_bad_msrs=1, add_features="waitpkg"
memory: guest=512, host=512
clock: sync=none, time0=$host_epoch
vga: realtime=0
ata0-master: type=cdrom, path=$scratch/host.iso, status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev=$scratch/console
com2: enabled=1, mode=file, dev=$scratch/sent
$(bochs_is_patched || echo 'sound: driver=dummy') # it is built without
speaker: enabled=0
log: $base.bochs.log
panic: action=fatal
error: action=report
info: action=ignore
debug: action=ignore
EOF
}

# Bochs' VMX. It ends by the host's power button, which Bochs calls a panic.
run_kvm_intel()
{
    find_bochs patched
    write_host_iso
    write_host_bochsrc
    [ -z "$port_is_shared" ] || keep_starts_apart
    within_limit "${bochs_command[@]}" -q -f "$scratch/bochsrc" </dev/null >"$scratch/bochs.out" 2>&1 ||
        status=$?
    if [ -s "$scratch/sent" ]; then
        status=0
    elif [ "$status" -eq 1 ]; then
        awk '!/^([0-9]+i|=|\[| |Bochs is)/ && n++ < 3' "$scratch/bochs.out" >&2
    fi
}
