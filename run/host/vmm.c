/* SPDX-License-Identifier: MIT */
/*
 * vmm.h says what it is. vmm --help prints the options. It ends with what the guest writes to port F4h, or as a line on
 * stderr says: 5 an exit that it does not know, 6 a system event, 7 a triple fault, 8 a reset, 9 KVM refused something.
 * Source: Linux, Documentation/virt/kvm/api.rst.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "run/host/vmm.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/kvm.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    TSS_AT = 0xfffbd000, /* three pages that the guest does not use, as KVM asks for on Intel processors */
    MSR_IA32_MISC_ENABLE = 0x1a0,
    MIB = 1 << 20,
};

static const char USAGE[] =
    "usage: vmm [--vcpus N] [--mem MIB] [--disable-exits mwait,hlt,pause,cstate] [--list-mwait] [--no-pm-timer]\n"
    "           IMAGE WORDS\n"
    "IMAGE is an ELF32 file with a PVH note, WORDS its command line. Its serial line is stdin and stdout.\n";

_Noreturn void vmm_die(const char *what)
{
    fprintf(stderr, "vmm: %s%s%s\n", what, errno != 0 ? ": " : "", errno != 0 ? strerror(errno) : "");
    _exit(9);
}

int vmm_ask(int fd, unsigned long request, void *argument, const char *name)
{
    int answer = ioctl(fd, request, argument);

    if (answer < 0)
        vmm_die(name);
    return answer;
}

static _Noreturn void give_up(const struct vcpu *vcpu)
{
    const struct kvm_run *run = vcpu->run;
    struct kvm_regs regs = {0};

    ioctl(vcpu->fd, KVM_GET_REGS, &regs);
    fprintf(stderr, "vmm: vCPU %u: exit %u, %llx, at rip %llx\n", vcpu->index, run->exit_reason,
            (unsigned long long)run->hw.hardware_exit_reason, (unsigned long long)regs.rip);
    _exit(run->exit_reason == KVM_EXIT_SHUTDOWN ? 7 : run->exit_reason == KVM_EXIT_SYSTEM_EVENT ? 6 : 5);
}

static void *run_vcpu(void *argument)
{
    const struct vcpu *vcpu = argument;
    struct kvm_run *run = vcpu->run;

    for (;;) {
        int refused = ioctl(vcpu->fd, KVM_RUN, 0) < 0 ? errno : 0;

        if (refused != 0 && refused != EINTR && refused != EAGAIN)
            vmm_die("KVM_RUN");
        take_gathered();
        if (refused != 0)
            continue;
        if (run->exit_reason == KVM_EXIT_IO) {
            serve_port(run);
        } else if (run->exit_reason == KVM_EXIT_MMIO) {
            if (!run->mmio.is_write)
                memset(run->mmio.data, 0xff, sizeof(run->mmio.data));
        } else if (run->exit_reason != KVM_EXIT_INTR) {
            give_up(vcpu);
        }
    }
}

/* Bits of KVM_CAP_X86_DISABLE_EXITS from their names; a word that is none ends the program. */
static uint64_t exits_by_name(const char *names)
{
    static const char *const name[] = {"mwait", "hlt", "pause", "cstate"};
    uint64_t bits = 0;

    for (const char *at = names;; at++) {
        size_t length = strcspn(at, ",");
        unsigned i = 0;

        while (i < 4 && (strlen(name[i]) != length || strncmp(at, name[i], length) != 0))
            i++;
        if (i == 4) {
            fprintf(stderr, "vmm: --disable-exits: found '%.*s', %s\n", (int)length, at,
                    "expected words of mwait, hlt, pause and cstate with commas");
            exit(2);
        }
        bits |= 1ULL << i;
        at += length;
        if (*at == '\0')
            return bits;
    }
}

static int make_vm(int kvm, struct guest *guest, uint64_t disabled)
{
    struct kvm_pit_config pit = {.flags = KVM_PIT_SPEAKER_DUMMY};
    struct kvm_enable_cap exits = {.cap = KVM_CAP_X86_DISABLE_EXITS, .args = {disabled}};
    struct kvm_userspace_memory_region region = {.memory_size = guest->ram_bytes};
    int vm = ASK(kvm, KVM_CREATE_VM, 0);

    ASK(vm, KVM_SET_TSS_ADDR, (void *)(uintptr_t)TSS_AT);
    ASK(vm, KVM_CREATE_IRQCHIP, 0);
    ASK(vm, KVM_CREATE_PIT2, &pit);
    if (disabled != 0)
        ASK(vm, KVM_ENABLE_CAP, &exits);
    guest->ram = mmap(NULL, guest->ram_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (guest->ram == MAP_FAILED)
        vmm_die("memory");
    region.userspace_addr = (uintptr_t)guest->ram;
    ASK(vm, KVM_SET_USER_MEMORY_REGION, &region);
    return vm;
}

static void make_vcpu(int kvm, int vm, struct vcpu *vcpu, unsigned vcpus, bool list_mwait)
{
    struct {
        struct kvm_msrs head;
        struct kvm_msr_entry entry;
    } misc = {{.nmsrs = 1}, {.index = MSR_IA32_MISC_ENABLE, .data = 1}}; /* fast strings */
    int bytes = ASK(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);

    vcpu->fd = ASK(vm, KVM_CREATE_VCPU, (void *)(uintptr_t)vcpu->index);
    vcpu->run = mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd, 0);
    if (vcpu->run == MAP_FAILED)
        vmm_die("the vCPU's page");
    set_cpuid(kvm, vcpu, vcpus, list_mwait);
    ioctl(vcpu->fd, KVM_SET_MSRS, &misc); /* AMD's KVM may refuse it: nothing there needs it */
}

static unsigned number(const char *option, const char *text, unsigned high)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);

    if (*end != '\0' || value < 1 || value > high) {
        fprintf(stderr, "vmm: %s: found '%s', expected a number from 1 to %u\n", option, text, high);
        exit(2);
    }
    return (unsigned)value;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"vcpus", 1, NULL, 'c'},         {"mem", 1, NULL, 'm'},
                                            {"disable-exits", 1, NULL, 'd'}, {"list-mwait", 0, NULL, 'l'},
                                            {"no-pm-timer", 0, NULL, 'p'},   {NULL, 0, NULL, 0}};
    static struct guest guest = {.vcpu_count = 1, .ram_bytes = 64 * MIB, .pm_timer = true};
    static struct vcpu vcpu[VCPUS_MAX];
    uint64_t disabled = 0;
    bool list_mwait = false;
    int kvm, vm, option;
    pthread_t thread;

    while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
        switch (option) {
        case 'c':
            guest.vcpu_count = number("--vcpus", optarg, VCPUS_MAX);
            break;
        case 'm':
            guest.ram_bytes = (uint64_t)number("--mem", optarg, 2048) * MIB;
            break;
        case 'd':
            disabled = exits_by_name(optarg);
            break;
        case 'l':
            list_mwait = true;
            break;
        case 'p':
            guest.pm_timer = false;
            break;
        default:
            optind = argc;
        }
    }
    if (argc - optind > 2)
        fprintf(stderr, "vmm: found '%s', expected an option, or nothing but IMAGE and WORDS\n", argv[optind]);
    if (argc - optind != 2) {
        fputs(USAGE, stderr);
        return 2;
    }
    kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
    if (kvm < 0)
        vmm_die("/dev/kvm");
    vm = make_vm(kvm, &guest, disabled);
    write_tables(&guest, argv[optind + 1]);
    for (unsigned i = 0; i < guest.vcpu_count; i++) {
        vcpu[i].index = i;
        make_vcpu(kvm, vm, &vcpu[i], guest.vcpu_count, list_mwait);
    }
    gather_output(kvm, vm, vcpu[0].run, guest.pm_timer);
    set_registers(&vcpu[0], load_image(&guest, argv[optind]));
    for (unsigned i = 1; i < guest.vcpu_count; i++)
        if (pthread_create(&thread, NULL, run_vcpu, &vcpu[i]) != 0)
            vmm_die("a vCPU's thread");
    run_vcpu(&vcpu[0]);
}
