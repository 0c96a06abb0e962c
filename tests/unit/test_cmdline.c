/* SPDX-License-Identifier: MIT */
/* lib/script/cmdline: keys, quotes, what loaders add, and each error at its place. */
#include "lib/script/cmdline.h"
#include "tests/unit/tap.h"

struct parsed {
    struct cmdline cmdline;
    struct script_errors errors;
    struct script_errors warnings;
    bool good;
    _Alignas(16) unsigned char memory[4096];
};

static struct parsed *parse(struct parsed *parsed, const char *text)
{
    struct arena arena;
    arena_init(&arena, parsed->memory, sizeof(parsed->memory));
    script_errors_init(&parsed->errors);
    script_errors_init(&parsed->warnings);
    parsed->good = cmdline_parse(text, &arena, &parsed->cmdline, &parsed->errors, &parsed->warnings);
    return parsed;
}

static void test_defaults(void)
{
    static struct parsed parsed;
    const struct cmdline *cmdline = &parse(&parsed, "  ")->cmdline;
    TAP_OK(parsed.good && parsed.warnings.count == 0, "an empty line is good");
    TAP_OK(cmdline->script == NULL && cmdline->exit == CMDLINE_EXIT_AUTO, "script, exit");
    TAP_OK(cmdline->console.kind == CMDLINE_CONSOLE_AUTO && cmdline->console.baud_rate == 0, "console");
    TAP_OK(cmdline->cpus == 0 && cmdline->x2apic == CMDLINE_AUTO && cmdline->tsc_hz == 0, "cpus, x2apic, tsc_hz");
    TAP_OK(!cmdline->seed_given && cmdline->screen && cmdline->timer == CMDLINE_TIMER_AUTO, "seed, screen, timer");
    TAP_OK(cmdline->watchdog == CMDLINE_WATCHDOG_AUTO && !cmdline->quiet, "watchdog, quiet");
    TAP_OK(cmdline->selftest == NULL, "selftest");
    TAP_OK(!cmdline->sync_serial && !cmdline->tsc_adjust_equal, "sync, tsc_adjust");
    TAP_INT(cmdline->resume, 1, "resume");
}

static void test_all_keys(void)
{
    static struct parsed parsed;
    const struct cmdline *cmdline =
        &parse(&parsed, "/boot/idlelab.elf script=smoke exit=debugexit console=ttyS1,57600 cpus=2 "
                        "x2apic=off tsc_hz=2100M tsc_adjust=equal seed=0x2a screen=off save=auto timer=oneshot "
                        "host=hardware watchdog=pit "
                        "quiet=yes "
                        "selftest=hang_irqoff plant=boot_hang:tsc sync=serial resume=7 repeat=5")
             ->cmdline;
    TAP_OK(parsed.good && parsed.warnings.count == 0, "all keys are good");
    TAP_STR(cmdline->script, "smoke", "script");
    TAP_INT(cmdline->exit, CMDLINE_EXIT_DEBUGEXIT, "exit");
    TAP_INT(cmdline->console.kind, CMDLINE_CONSOLE_PORTS, "console");
    TAP_INT(cmdline->console.ports[0].address, 0x2f8, "its port");
    TAP_INT(cmdline->console.ports[0].baud_rate, 57600, "its speed");
    TAP_INT(cmdline->cpus, 2, "cpus");
    TAP_INT(cmdline->x2apic, CMDLINE_OFF, "x2apic");
    TAP_INT(cmdline->tsc_hz, 2100000000, "tsc_hz");
    TAP_OK(cmdline->tsc_adjust_equal, "tsc_adjust");
    TAP_OK(cmdline->seed_given && cmdline->seed == 42, "seed");
    TAP_OK(!cmdline->screen && cmdline->save, "screen, save");
    TAP_INT(cmdline->timer, CMDLINE_TIMER_ONESHOT, "timer");
    TAP_INT(cmdline->host, CMDLINE_HOST_HARDWARE, "host");
    TAP_INT(cmdline->watchdog, CMDLINE_WATCHDOG_PIT, "watchdog");
    TAP_OK(cmdline->quiet, "quiet");
    TAP_STR(cmdline->selftest, "hang_irqoff", "selftest");
    TAP_INT(cmdline->hang, PHASE_TSC, "plant");
    TAP_INT(cmdline->resume, 7, "resume");
    TAP_INT(cmdline->repeat, 5, "repeat");
}

/* The log's word, and the one that stood there before it. */
static void test_watchdog_peer(void)
{
    static struct parsed parsed;

    parse(&parsed, "watchdog=peer");
    TAP_OK(parsed.good && parsed.cmdline.watchdog == CMDLINE_WATCHDOG_PEER, "watchdog=peer");
    parse(&parsed, "watchdog=ipi");
    TAP_OK(parsed.good && parsed.cmdline.watchdog == CMDLINE_WATCHDOG_PEER, "watchdog=ipi");
    parse(&parsed, "watchdog=off");
    TAP_OK(parsed.good && parsed.cmdline.watchdog == CMDLINE_WATCHDOG_OFF, "watchdog=off");
}

/* Kind, place, width, rate and clock of each port, in hexadecimal the place. */
static const char *consoles(const char *text)
{
    static struct parsed parsed;
    static char line[256];
    const struct cmdline_console *console = &parse(&parsed, text)->cmdline.console;
    int used = snprintf(line, sizeof(line), "%s", parsed.good ? "" : "wrong ");

    if (console->kind != CMDLINE_CONSOLE_PORTS)
        snprintf(line + used, sizeof(line) - (size_t)used, "%s %u",
                 console->kind == CMDLINE_CONSOLE_NONE ? "none" : "auto", console->baud_rate);
    for (uint32_t i = 0; i < console->port_count; i++) {
        const struct cmdline_port *port = &console->ports[i];
        uint64_t place = port->kind == CMDLINE_PORT_PCI ? port->bus * 0x10000u + port->device * 0x100u + port->function
                                                        : port->address;

        used +=
            snprintf(line + used, sizeof(line) - (size_t)used, "%s%c %llx %u %u %u", i ? "; " : "", "pmf"[port->kind],
                     (unsigned long long)place, port -> width, port -> baud_rate, port -> clock_hz);
    }
    return line;
}

static void test_consoles(void)
{
    TAP_STR(consoles("console=auto"), "auto 0", "auto");
    TAP_STR(consoles("console=auto,9600"), "auto 9600", "auto with a speed");
    TAP_STR(consoles("console=none"), "none 0", "none");
    TAP_STR(consoles("console=ttyS0"), "p 3f8 1 0 0", "COM1");
    TAP_STR(consoles("console=ttyS2,9600"), "p 3e8 1 9600 0", "COM3");
    TAP_STR(consoles("console=ttyS3,115200n8"), "p 2e8 1 115200 0", "COM4");
    TAP_STR(consoles("console=0xe010,38400"), "p e010 1 38400 0", "a port");
    TAP_STR(consoles("console=0xe010,921600,14745600"), "p e010 1 921600 14745600", "a faster clock");
    TAP_STR(consoles("console=mmio:0xfe034000"), "m fe034000 1 0 0", "memory");
    TAP_STR(consoles("console=mmio:0xfe034000,32,48M,115200"), "m fe034000 4 115200 48000000", "with all");
    TAP_STR(consoles("console=pci:00:16.3"), "f 1603 1 0 0", "a PCI function");
    TAP_STR(consoles("console=pci:AF:1f.7,9600"), "f af1f07 1 9600 0", "as lspci writes it");
    TAP_STR(consoles("console=ttyS1,9600+pci:02:00.0+mmio:0x90000000,16"),
            "p 2f8 1 9600 0; f 20000 1 0 0; m 90000000 2 0 0", "several");
    TAP_STR(consoles("console=0x3f8+0x2f8+0x3e8+0x2e8+0xe000"), "wrong auto 0", "too many");
    TAP_STR(consoles("console=ttyS0,921600"), "wrong auto 0", "a rate that this clock has not");
    TAP_STR(consoles("console=ttyS0,921600,1843200"), "wrong auto 0", "nor the one given");
    TAP_STR(consoles("console=mmio:0xfe034000,24"), "wrong auto 0", "24 bits");
    TAP_STR(consoles("console=pci:00:20.0"), "wrong auto 0", "device 32");
    TAP_STR(consoles("console=pci:00:1f.8"), "wrong auto 0", "function 8");
    TAP_STR(consoles("console=pci:0:1f.0"), "wrong auto 0", "one digit");
    TAP_STR(consoles("console=ttyS0,9600,1843200,5"), "wrong auto 0", "a comma too many");
    TAP_STR(consoles("console=ttyS0,9600+auto"), "wrong auto 0", "auto stands alone");
}

static void test_quotes(void)
{
    static struct parsed parsed;
    static const char *const lines[] = {
        "script=\"wake idle=hlt; noise\" cpus=3",
        "\"script=wake idle=hlt; noise\" cpus=3",
        "script=\\\"wake idle=hlt; noise\\\" cpus=3",
        "\"script=\\\"wake idle=hlt; noise\\\"\" cpus=3",
    };
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        parse(&parsed, lines[i]);
        TAP_STR(parsed.cmdline.script, "wake idle=hlt; noise", lines[i]);
        TAP_INT(parsed.cmdline.cpus, 3, "the word after the quotes");
    }
    TAP_STR(parse(&parsed, "script=a\\\\b\\'c")->cmdline.script, "a\\b'c", "escaped characters");
}

static void test_foreign(void)
{
    static struct parsed parsed;
    parse(&parsed, "idlelab.elf cpus=2");
    TAP_OK(parsed.good && parsed.warnings.count == 0 && parsed.cmdline.cpus == 2, "an image name");
    parse(&parsed, "BOOT_IMAGE=/a virtio_mmio.device=4K@0xd0000000:5 initrd=/x cpus=2");
    TAP_OK(parsed.good && parsed.warnings.count == 0, "words of loaders and VMMs");
    parse(&parsed, "reboot=k panic=1 quiet /late/path");
    TAP_OK(parsed.good, "unknown words are no error");
    TAP_INT(parsed.warnings.count, 4, "but they are told");
    TAP_STR(parsed.warnings.at[2].found, "quiet", "as they were found");
    parse(&parsed, "cpus=2 cpus=8");
    TAP_OK(parsed.good && parsed.cmdline.cpus == 8, "the last of two counts");
}

static void check_error(const char *text, const char *want)
{
    static struct parsed parsed;
    char line[SCRIPT_ERROR_LINE_BYTES] = "no error";
    parse(&parsed, text);
    TAP_OK(!parsed.good && parsed.errors.count == 1, "one error");
    if (parsed.errors.count > 0)
        script_error_write(&parsed.errors.at[0], line, sizeof(line));
    TAP_STR(line, want, "the error as one line");
}

static void test_errors(void)
{
    check_error("cpus=2 scirpt=full",
                "cmdline:1:8: found 'scirpt', expected one of script, exit, console, cpus, apic, x2apic, "
                "park, tsc_hz, tsc_adjust, seed, screen, timer, watchdog, quiet, selftest, plant, sync, resume, host, "
                "save, repeat; "
                "did you mean 'script'?");
    check_error("exit=rebot", "cmdline:1:6: found 'rebot', expected one of auto, halt, reboot, "
                              "poweroff, debugexit; did you mean 'reboot'?");
    check_error("plant=hang:tsc", "cmdline:1:7: found 'hang:tsc', expected left_over or boot_hang:PHASE");
    check_error(
        "plant=boot_hang:tcs",
        "cmdline:1:17: found 'tcs', expected one of cpuid, firmware, features, apic, mtrr, clocks, tsc, timer, list, "
        "cpus, sync, deadline, watchdog, up; did you mean 'tsc'?");
    check_error("exit=", "cmdline:1:1: found 'exit=', expected a value right after the =");
    check_error("cpus=0", "cmdline:1:6: found '0', expected 1 to 65535");
    check_error("cpus=two", "cmdline:1:6: found 'two', expected a number such as 2000, 100k or 0x20");
    check_error("tsc_hz=2", "cmdline:1:8: found '2', expected 1000000 to 100000000000");
    check_error("console=ttyS4", "cmdline:1:9: found 'ttyS4', expected one of auto, none, ttyS0, ttyS1, ttyS2, "
                                 "ttyS3, a port such as 0x3f8, mmio: or pci:; did you mean 'ttyS0'?");
    check_error("console=ttyS0+auto", "cmdline:1:15: found 'auto', expected a port: auto and none stand alone");
    check_error("console=none+ttyS0", "cmdline:1:9: found 'none', expected a port: auto and none stand alone");
    check_error("console=ttyS0,100000",
                "cmdline:1:15: found '100000', expected 115200 divided by a whole number: 57600, "
                "38400, 9600 ...");
    check_error("console=ttyS0,921600",
                "cmdline:1:15: found '921600', expected at most 115200, or a faster port's clock "
                "behind it: ttyS0,921600,14745600");
    check_error("console=ttyS0,", "cmdline:1:15: found nothing, expected a number such as 2000, "
                                  "100k or 0x20");
    check_error("console=0x10000", "cmdline:1:9: found '0x10000', expected 1 to 65528");
    check_error("cpus=2 script=\"wake idle=hlt", "cmdline:1:15: found '\"', expected a second quote to end this one");
}

int main(void)
{
    test_defaults();
    test_all_keys();
    test_watchdog_peer();
    test_consoles();
    test_quotes();
    test_foreign();
    test_errors();
    return tap_done();
}
