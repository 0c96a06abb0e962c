/* SPDX-License-Identifier: MIT */
/*
 * Signals as interrupts: a fault goes the way that an exception goes on metal (irq/fault.c: exception table, guard), a
 * wake is stamped and counted, and the watchdog's signals end guarded calls.
 */
#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "arch/linux/os.h"
#include "arch/x86/insn_privileged.h"
#include "arch/x86/cpu/percpu.h"
#include "arch/x86/irq/panic.h"
#include "arch/x86/irq/watchdog.h"
#include "arch/x86/machine.h"

enum { SIGNAL_STACK_BYTES = 64 * 1024 };

static uint32_t stops;

static struct irq_frame frame_of(const ucontext_t *context)
{
    const greg_t *r = context->uc_mcontext.gregs;

    return (struct irq_frame){
        .r15 = (uint64_t)r[REG_R15],
        .r14 = (uint64_t)r[REG_R14],
        .r13 = (uint64_t)r[REG_R13],
        .r12 = (uint64_t)r[REG_R12],
        .r11 = (uint64_t)r[REG_R11],
        .r10 = (uint64_t)r[REG_R10],
        .r9 = (uint64_t)r[REG_R9],
        .r8 = (uint64_t)r[REG_R8],
        .rdi = (uint64_t)r[REG_RDI],
        .rsi = (uint64_t)r[REG_RSI],
        .rbp = (uint64_t)r[REG_RBP],
        .rbx = (uint64_t)r[REG_RBX],
        .rcx = (uint64_t)r[REG_RCX],
        .rdx = (uint64_t)r[REG_RDX],
        .rax = (uint64_t)r[REG_RAX],
        .vector = (uint64_t)r[REG_TRAPNO],
        .error = (uint64_t)r[REG_ERR],
        .rip = (uint64_t)r[REG_RIP],
        .rflags = (uint64_t)r[REG_EFL],
        .rsp = (uint64_t)r[REG_RSP],
        .cs = (uint64_t)r[REG_CSGSFS] & 0xffff,
        .tsc = rdtsc(),
    };
}

/* What fault.c changes of an interrupted context. */
static void put_back(ucontext_t *context, const struct irq_frame *frame)
{
    greg_t *r = context->uc_mcontext.gregs;

    r[REG_R11] = (greg_t)frame->r11;
    r[REG_RDI] = (greg_t)frame->rdi;
    r[REG_RSI] = (greg_t)frame->rsi;
    r[REG_RIP] = (greg_t)frame->rip;
    r[REG_RSP] = (greg_t)frame->rsp;
}

static void on_fault(int signal, siginfo_t *info, void *argument)
{
    ucontext_t *context = argument;
    struct irq_frame frame = frame_of(context);

    (void)signal;
    /* Sent by somebody, not raised by the code. */
    if (info->si_code <= 0)
        panic("a signal of a fault that no instruction raised");
    this_cpu()->os->fault_address = (uint64_t)context->uc_mcontext.gregs[REG_CR2];
    fault_handle(&frame);
    put_back(context, &frame);
}

/* A wake that comes between the last look and the wait would be slept through: as an NMI does, it goes on behind. */
static void on_wake(int signal, siginfo_t *info, void *argument)
{
    uint64_t tsc = rdtsc();
    struct percpu *cpu = this_cpu();
    struct irq_frame frame = frame_of(argument);

    (void)signal, (void)info;
    cpu->wake_tsc = tsc;
    __atomic_store_n(&cpu->wake_count, cpu->wake_count + 1, __ATOMIC_RELEASE);
    fault_leave_wait(&frame);
    put_back(argument, &frame);
}

static void on_continue(int signal, siginfo_t *info, void *argument)
{
    (void)signal, (void)info, (void)argument;
    __atomic_add_fetch(&stops, 1, __ATOMIC_RELEASE);
}

uint32_t os_signals_stops(void)
{
    return __atomic_load_n(&stops, __ATOMIC_ACQUIRE);
}

static void on_nothing(int signal, siginfo_t *info, void *argument)
{
    (void)signal, (void)info, (void)argument;
    this_cpu()->irq_count++;
}

/* Ends this CPU's guarded call where it has been asked to. */
static void abort_asked(void *argument)
{
    struct irq_frame frame = frame_of(argument);

    if (__atomic_load_n(&this_cpu()->abort, __ATOMIC_ACQUIRE) && fault_guard_abort(&frame))
        put_back(argument, &frame);
}

static void on_abort(int signal, siginfo_t *info, void *argument)
{
    (void)signal, (void)info;
    abort_asked(argument);
}

static void on_watchdog(int signal, siginfo_t *info, void *argument)
{
    struct percpu *cpu = this_cpu();

    (void)signal, (void)info;
    watchdog_nmi(&cpu->machine->watchdog, cpu->machine, cpu);
    abort_asked(argument);
}

/* SA_ONSTACK: on the thread's second stack, where none may be left of the first. */
static void take(int signal, void (*handler)(int, siginfo_t *, void *), int flags)
{
    struct sigaction action = {.sa_flags = SA_SIGINFO | flags};

    action.sa_sigaction = handler;
    sigaction(signal, &action, NULL);
}

void os_signals_take(void)
{
    static const int faults[] = {SIGILL, SIGSEGV, SIGBUS, SIGFPE, SIGTRAP};
    sigset_t none;

    for (unsigned i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
        take(faults[i], on_fault, SA_ONSTACK);
    take(OS_SIGNAL_ABORT, on_abort, SA_ONSTACK);
    take(OS_SIGNAL_WATCHDOG, on_watchdog, SA_ONSTACK);
    take(OS_SIGNAL_WAKE, on_wake, 0);
    take(OS_SIGNAL_NOTHING, on_nothing, 0);
    take(SIGCONT, on_continue, SA_RESTART);
    /* Whoever started the program may have held them: a fault would kill it, and a lost wake would never end. */
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

void os_signals_stack(struct percpu *cpu)
{
    stack_t stack = {.ss_size = SIGNAL_STACK_BYTES};

    (void)cpu;
    stack.ss_sp =
        mmap(NULL, SIGNAL_STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (stack.ss_sp != MAP_FAILED)
        sigaltstack(&stack, NULL);
}
