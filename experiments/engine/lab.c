/* SPDX-License-Identifier: MIT */
/* The run, from the loader's hand-over to the end record: console, machine, script, steps, way out. */
#include "boot/lab_main.h"

#include "arch/x86/cpu/mem.h"
#include "arch/x86/cpu/smp.h"
#include "arch/x86/irq/vectors_regs.h"
#include "arch/x86/machine.h"
#include "arch/x86/exit.h"
#include "arch/x86/time/tsc.h"
#include "experiments/engine/build_id.h"
#include "experiments/engine/console.h"
#include "experiments/engine/display.h"
#include "experiments/engine/fault_record.h"
#include "experiments/engine/keep.h"
#include "experiments/engine/repeat.h"
#include "experiments/engine/resume.h"
#include "experiments/engine/runner.h"
#include "experiments/engine/script_load.h"
#include "experiments/engine/step_sync.h"
#include "lib/fmt.h"
#include "lib/record/ktap.h"
#include "lib/prng.h"
#include "lib/record/record.h"

enum {
    REPEAT_BYTES = 256 * 1024,
    ARENA_BYTES = 4 * 1024 * 1024,
    EXIT_CODE_FIRST = 0x10, /* QEMU ends with (code << 1) | 1: 33 pass, 35 fail, 37 error */
};

/* Everything that lives as long as the run; allocated once, passed by pointer. */
struct lab {
    struct machine *machine;
    struct cmdline cmdline;
    struct console console;
    struct display display;
    bool has_display;
    struct kept kept;
    struct repeat repeat;
    struct record_stream stream;
    struct ktap ktap;
    struct arena arena;
    struct plan plan;
    struct script_errors errors, warnings;
};

/*
 * Left to the lab (exit=auto), the results stay on the screen until somebody leaves them by a key, and a stick that can
 * write the log gets its restart. Not in a guest whose log has gone out by a port: there a program waits for its end.
 */
static enum exit_how end_by_itself(struct lab *lab)
{
    const struct boot_info *boot = lab->machine->boot;
    struct display_end end = {.tsc_hz = lab->machine->clock.tsc_hz,
                              .kept = &lab->kept,
                              .efi = boot->firmware_efi,
                              .saves = lab->cmdline.save && boot->firmware_efi && lab->kept.copy_count > 0};

    if (lab->machine->hv.kind != HYPERVISOR_NONE && lab->console.heard)
        return EXIT_AUTO;
    if (lab->has_display)
        return display_results(&lab->display, &end);
    return end.saves ? EXIT_REBOOT : EXIT_AUTO;
}

static void leave(struct lab *lab, enum record_result result)
{
    static const enum exit_how ways[] = {
        [CMDLINE_EXIT_AUTO] = EXIT_AUTO,       [CMDLINE_EXIT_HALT] = EXIT_HALT,
        [CMDLINE_EXIT_REBOOT] = EXIT_REBOOT,   [CMDLINE_EXIT_POWEROFF] = EXIT_POWEROFF,
        [CMDLINE_EXIT_DEBUGEXIT] = EXIT_DEBUG,
    };
    struct exit_machine machine = {.acpi = &lab->machine->acpi, .hypervisor = lab->machine->hv.kind};
    enum exit_how how = ways[lab->cmdline.exit];
    bool goes_on = !lab->ktap.counts.own_error && repeat_goes_on(&lab->repeat);

    kept_end(&lab->kept, goes_on);
    serial_drain(&lab->console.serial);
    if (goes_on)
        how = EXIT_REBOOT;
    else if (how == EXIT_AUTO)
        how = end_by_itself(lab);
    watchdog_close(&lab->machine->watchdog, lab->machine);
    smp_halt_parked(lab->machine);
    exit_machine(&machine, how, (uint8_t)(EXIT_CODE_FIRST + result));
}

static void end_run(struct lab *lab)
{
    console_say_dropped(&lab->console, &lab->stream);
    leave(lab, record_end_run(&lab->stream, &lab->ktap.counts));
}

/* The lab's own failure: writes a finding, counts an error, and the end record follows. */
static void give_up(struct lab *lab, const char *id, const char *text)
{
    char line[256];

    fmt(line, sizeof(line), "# %s: %s", id, text);
    record_line(&lab->stream, line);
    record_finding(&lab->stream, -1, id, CONFIDENCE_NONE, text);
    lab->ktap.counts.error++;
    lab->ktap.counts.own_error = true;
    end_run(lab);
}

/* A fault outside every guarded call, or a broken assertion, on any CPU. */
static void fatal(void *context, const struct fault_report *report, const char *text)
{
    struct lab *lab = context;

    record_interrupted(&lab->stream);
    if (lab->stream.ended)
        exit_halt();
    if (report)
        fault_record_emit(&lab->stream, -1, report);
    if (report && report->frame.vector == VECTOR_MC)
        give_up(lab, "machine_check", fault_record_machine_checks(&lab->stream, lab->machine));
    give_up(lab, "panic", text ? text : "an exception outside every experiment");
}

static void emit_first(struct lab *lab)
{
    static const char *const protocols[] = {
        [BOOT_PROTOCOL_NONE] = "none",
        [BOOT_PROTOCOL_MULTIBOOT1] = "multiboot1",
        [BOOT_PROTOCOL_MULTIBOOT2] = "multiboot2",
        [BOOT_PROTOCOL_PVH] = "pvh",
    };
    const struct boot_info *boot = lab->machine->boot;

    record_env(&lab->stream, "build", build_id);
    record_env(&lab->stream, "compiler", build_compiler);
    record_env(&lab->stream, "protocol", protocols[boot->protocol]);
    record_env(&lab->stream, "loader", boot->loader);
    record_env(&lab->stream, "firmware", boot->firmware_efi ? "efi" : "bios");
    record_env(&lab->stream, "cmdline", boot->cmdline);
    record_env_uint(&lab->stream, "ram_bytes", lab->machine->ram_bytes);
    record_env_uint(&lab->stream, "entry_tsc", boot->entry_tsc);
    console_say(&lab->console, &lab->cmdline, &lab->machine->acpi, &lab->stream);
    display_say(&lab->display, &lab->stream);
    if (boot->cmdline_cut)
        record_finding(&lab->stream, -1, "cmdline_cut", CONFIDENCE_NONE, "the command line was too long");
    if (boot->lost_modules || boot->lost_memory)
        record_finding(&lab->stream, -1, "boot_info_cut", CONFIDENCE_NONE,
                       "the loader gave more modules or memory regions than there is room for");
}

static struct lab *create(const struct boot_info *boot)
{
    struct machine *machine = machine_create(boot);
    struct lab *lab;
    void *repeat, *block;

    if (!machine)
        return NULL;
    lab = mem_alloc(&machine->mem, sizeof(*lab), 64);
    repeat = mem_take(&machine->mem, REPEAT_BYTES, 64);
    block = mem_take(&machine->mem, ARENA_BYTES, 64);
    if (!lab || !repeat || !block)
        return NULL;
    lab->machine = machine;
    record_init(&lab->stream, repeat, REPEAT_BYTES);
    arena_init(&lab->arena, block, ARENA_BYTES);
    script_errors_init(&lab->errors);
    script_errors_init(&lab->warnings);
    machine->panic.fatal = fatal;
    machine->panic.context = lab;
    return lab;
}

static void drain(void *context)
{
    struct lab *lab = context;

    serial_drain(&lab->console.serial);
}

/* Called before anything in the phase can hang; the line is out before it begins. */
static void on_phase(void *context, enum boot_phase phase)
{
    struct lab *lab = context;

    record_write(&lab->stream, true, "t:%s n:%u phase:%s at:%lu", "boot", phase, boot_phase_words[phase], tsc_now());
    drain(lab);
}

static struct machine_wish wishes(struct lab *lab)
{
    const struct cmdline *cmdline = &lab->cmdline;
    static const enum apic_mode_wish modes[] = {
        [CMDLINE_AUTO] = APIC_MODE_AUTO,
        [CMDLINE_ON] = APIC_MODE_X2APIC,
        [CMDLINE_OFF] = APIC_MODE_XAPIC,
    };
    static const enum watchdog_wish watchdogs[] = {
        [CMDLINE_WATCHDOG_AUTO] = WATCHDOG_WISH_AUTO, [CMDLINE_WATCHDOG_HPET] = WATCHDOG_WISH_HPET,
        [CMDLINE_WATCHDOG_PIT] = WATCHDOG_WISH_PIT,   [CMDLINE_WATCHDOG_PEER] = WATCHDOG_WISH_PEER,
        [CMDLINE_WATCHDOG_OFF] = WATCHDOG_WISH_OFF,
    };

    static const enum park_wish parks[] = {
        [CMDLINE_PARK_AUTO] = PARK_WISH_AUTO,
        [CMDLINE_PARK_HLT] = PARK_WISH_HLT,
        [CMDLINE_PARK_DEEP] = PARK_WISH_DEEP,
    };

    return (struct machine_wish){
        .is_hardware = cmdline->host == CMDLINE_HOST_HARDWARE,
        .is_emulator = cmdline->host == CMDLINE_HOST_EMULATOR,
        .cpus = cmdline->cpus,
        .apic_mode = modes[cmdline->x2apic],
        .park = parks[cmdline->park],
        .tsc_hz = cmdline->tsc_hz,
        .tsc_adjust_equal = cmdline->tsc_adjust_equal,
        .one_shot_timer = cmdline->timer == CMDLINE_TIMER_ONESHOT,
        .deadline_timer = cmdline->timer == CMDLINE_TIMER_DEADLINE,
        .watchdog = watchdogs[cmdline->watchdog],
        .on_phase = on_phase,
        .context = lab,
        .hang = cmdline->hang,
        .left_over = cmdline->left_over,
    };
}

static uint64_t new_run_id(const struct boot_info *boot)
{
    uint64_t state = boot->entry_tsc ^ (tsc_now() << 32);

    return splitmix64(&state);
}

static void run_plan(struct lab *lab)
{
    struct step_sync sync = {.machine = lab->machine, .serial = &lab->console.serial, .stream = &lab->stream};
    struct runner runner = {.machine = lab->machine,
                            .stream = &lab->stream,
                            .ktap = &lab->ktap,
                            .seed_given = lab->cmdline.seed_given,
                            .seed = lab->cmdline.seed,
                            .first_step = lab->cmdline.resume,
                            .boot_tsc = lab->machine->boot->entry_tsc,
                            .sync = lab->cmdline.sync_serial ? &sync : NULL,
                            .drain = drain,
                            .context = lab};

    if (runner.first_step > lab->plan.step_count)
        give_up(lab, "resume", "resume= lies behind the last step: nothing was run");
    if (runner.first_step > 1)
        resume_identity(&lab->stream, lab->machine);
    else
        ktap_plan(&lab->ktap, (uint32_t)lab->plan.step_count);
    record_flush_repeats(&lab->stream);
    runner_run(&runner, &lab->plan);
}

/* "2 of 5 0123456789abcdef": this boot, all of the series, the run of its first one. */
static void say_series(struct lab *lab)
{
    const struct repeat *repeat = &lab->repeat;
    char text[64];

    if (repeat->boots == 0)
        return;
    fmt(text, sizeof(text), "%u of %u %016lx", repeat->boot, repeat->boots, repeat->series);
    record_env(&lab->stream, "series", text);
}

static void run_lab(struct lab *lab)
{
    const struct boot_info *boot = lab->machine->boot;
    bool cmdline_good;
    const char *problem;
    uint64_t run = new_run_id(boot);
    struct machine_wish wish;

    cmdline_good = cmdline_parse(boot->cmdline, &lab->arena, &lab->cmdline, &lab->errors, &lab->warnings);
    repeat_open(&lab->repeat, lab->machine, lab->cmdline.repeat, run);
    keep_open(&lab->kept, lab->machine, run, lab->repeat.boot < lab->repeat.boots, &lab->stream);
    machine_read_tables(lab->machine);
    console_open(&lab->console, &lab->cmdline, boot, &lab->machine->acpi, &lab->stream);
    lab->has_display = lab->cmdline.screen && display_open(&lab->display, boot, &lab->stream);
    for (uint32_t i = 0; i < lab->console.serial.count && i < MACHINE_CONSOLES; i++)
        lab->machine->consoles[i] = lab->console.serial.ports[i].uart.place.address;
    record_begin_run(&lab->stream, run);
    lab->ktap = (struct ktap){.stream = &lab->stream};
    if (lab->cmdline.resume == 1)
        ktap_version(&lab->ktap, &lab->stream);
    emit_first(lab);
    if (lab->cmdline.seed_given)
        record_env_uint(&lab->stream, "seed", lab->cmdline.seed);
    if (lab->cmdline.resume > 1)
        record_env_uint(&lab->stream, "resume", lab->cmdline.resume);
    say_series(lab);
    script_report_errors(&lab->stream, "cmdline_warning", &lab->warnings);
    if (!cmdline_good) {
        script_report_errors(&lab->stream, "script_error", &lab->errors);
        give_up(lab, "script_error", "the command line is wrong: nothing was run");
    }
    wish = wishes(lab);

    problem = machine_start(lab->machine, &wish);
    if (problem)
        give_up(lab, "machine", problem);
    serial_set_tsc_hz(&lab->console.serial, lab->machine->clock.tsc_hz);
    if (!script_load(lab->machine, &lab->cmdline, &lab->stream, &lab->arena, &lab->plan))
        give_up(lab, "script_error", "the script is wrong: nothing was run");
    run_plan(lab);
    end_run(lab);
}

void lab_main(const struct boot_info *boot)
{
    struct lab *lab = create(boot);

    if (lab)
        run_lab(lab);
    exit_halt();
}
