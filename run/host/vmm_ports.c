/* SPDX-License-Identifier: MIT */
/*
 * The ports of vmm. What the guest writes to the UART's data port stays in a ring of KVM's until the guest leaves to
 * this process for something else; the end of a line that nothing follows is fetched by an alarm. Source: Linux,
 * Documentation/virt/kvm/api.rst, KVM_CAP_COALESCED_PIO.
 */
#include "run/host/vmm.h"

#include <linux/kvm.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum {
    DEBUG_EXIT_PORT = 0xf4,
    RESET_PORT = 0xcf9,
    PM_TIMER_HZ = 3579545,
    PAGE_BYTES = 4096,
    TAIL_US = 1000, /* so long may the end of a line stay in the ring */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of all below, and of the UART */
static struct kvm_coalesced_mmio_ring *ring;             /* NULL: this KVM gathers nothing */
static bool has_pm_timer;
static volatile sig_atomic_t alarm_is_set;

/* That it comes ends KVM_RUN. */
static void wake(int signal)
{
    (void)signal;
    alarm_is_set = false;
}

void gather_output(int kvm, int vm, struct kvm_run *run, bool pm_timer)
{
    struct kvm_coalesced_mmio_zone zone = {.addr = UART_PORT, .size = 1, .pio = 1};
    struct sigaction action = {.sa_handler = wake};
    int page = ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_COALESCED_MMIO);

    has_pm_timer = pm_timer;
    if (page <= 0 || ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_COALESCED_PIO) <= 0)
        return;
    ASK(vm, KVM_REGISTER_COALESCED_MMIO, &zone);
    sigaction(SIGALRM, &action, NULL);
    ring = (struct kvm_coalesced_mmio_ring *)((uint8_t *)run + (size_t)page * PAGE_BYTES);
}

/* Behind a look at the UART's status the guest may write without another exit; behind a byte that came it does not. */
static void set_alarm(bool wanted)
{
    struct itimerval when = {.it_value = {.tv_usec = wanted ? TAIL_US : 0}};

    if (ring == NULL || wanted == alarm_is_set)
        return;
    alarm_is_set = wanted;
    setitimer(ITIMER_REAL, &when, NULL);
}

void take_gathered(void)
{
    const unsigned entries = (PAGE_BYTES - sizeof(*ring)) / sizeof(ring->coalesced_mmio[0]);

    if (ring == NULL)
        return;
    pthread_mutex_lock(&lock);
    while (ring->first != __atomic_load_n(&ring->last, __ATOMIC_ACQUIRE)) {
        uart_write(0, ring->coalesced_mmio[ring->first].data[0]);
        __atomic_store_n(&ring->first, (ring->first + 1) % entries, __ATOMIC_RELEASE);
    }
    uart_flush();
    pthread_mutex_unlock(&lock);
}

/* A port's value for the guest, all ones where nothing is. */
static uint32_t port_in(uint16_t port)
{
    struct timespec now;

    if (port >= UART_PORT && port < UART_PORT + 8) {
        set_alarm(port != UART_PORT);
        return uart_read(port - UART_PORT);
    }
    if (port != PM_TIMER_PORT || !has_pm_timer)
        return UINT32_MAX;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)((uint64_t)now.tv_sec * PM_TIMER_HZ + (uint64_t)now.tv_nsec * PM_TIMER_HZ / 1000000000);
}

static void port_out(uint16_t port, uint8_t value)
{
    if (port >= UART_PORT && port < UART_PORT + 8)
        uart_write(port - UART_PORT, value);
    if (port == DEBUG_EXIT_PORT)
        _exit(value);
    if (port == RESET_PORT || (port == 0x64 && value == 0xfe)) {
        fprintf(stderr, "vmm: the guest resets the machine\n");
        _exit(8);
    }
}

void serve_port(struct kvm_run *run)
{
    uint8_t *data = (uint8_t *)run + run->io.data_offset;

    pthread_mutex_lock(&lock);
    for (uint32_t i = 0; i < run->io.count; i++, data += run->io.size) {
        uint32_t value;

        if (run->io.direction == KVM_EXIT_IO_OUT) {
            port_out(run->io.port, *data);
        } else {
            value = port_in(run->io.port);
            memcpy(data, &value, run->io.size);
        }
    }
    uart_flush();
    pthread_mutex_unlock(&lock);
}
