/* SPDX-License-Identifier: MIT */
/*
 * vmm: the smallest virtual machine that runs the image on /dev/kvm, for hosts where QEMU would be too slow. A PVH
 * start, memory, KVM's own APICs and PIT, a UART on stdin and stdout, ACPI tables with a PM timer, the debug exit port
 * F4h.
 */
#ifndef LAB_RUN_HOST_VMM_H
#define LAB_RUN_HOST_VMM_H

#include <stdbool.h>
#include <stdint.h>

enum {
    VCPUS_MAX = 16,
    UART_PORT = 0x3f8, /* COM1 */
    PM_TIMER_PORT = 0x608,
    START_INFO_AT = 0x1000, /* where the PVH start information lies */
};

struct kvm_run;

struct guest {
    uint8_t *ram;
    uint64_t ram_bytes;
    unsigned vcpu_count;
    bool pm_timer;
};

struct vcpu {
    unsigned index;
    int fd;
    struct kvm_run *run;
};

/* A line on stderr, with errno's text where there is one, and the end of the process. */
_Noreturn void vmm_die(const char *what);

/* ioctl(), which must not fail: what it returns. */
int vmm_ask(int fd, unsigned long request, void *argument, const char *name);
#define ASK(fd, request, argument) vmm_ask(fd, request, argument, #request)

/* Gives the vCPU what KVM can do, with its APIC id in it, and MWAIT listed as the processor has it. */
void set_cpuid(int kvm, const struct vcpu *vcpu, unsigned vcpus, bool list_mwait);

/* 32-bit protected mode without paging, flat segments, EBX = the start information. */
void set_registers(const struct vcpu *vcpu, uint32_t entry);

/* Reads the ELF32 file into memory; the address of its PVH entry. */
uint32_t load_image(const struct guest *guest, const char *path);

/* RSDP, XSDT, FADT, MADT and an empty DSDT below 1 MiB, and the PVH start information with this command line. */
void write_tables(const struct guest *guest, const char *words);

/* The 16550 UART: what the guest writes goes to stdout, what comes on stdin is there for it to read. */
void uart_write(unsigned reg, uint8_t value);
uint8_t uart_read(unsigned reg);

/* Sends what uart_write() took. */
void uart_flush(void);

/*
 * Lets KVM gather the bytes that the guest writes to the UART, so that not each of them wakes this process and the
 * launcher. kvm and vm are the descriptors, run the mapping of any vCPU.
 */
void gather_output(int kvm, int vm, struct kvm_run *run, bool pm_timer);

/* Takes what was gathered; to be called after each return of KVM_RUN, before its exit is served. */
void take_gathered(void);

/* Serves an exit for a port. */
void serve_port(struct kvm_run *run);

#endif /* LAB_RUN_HOST_VMM_H */
