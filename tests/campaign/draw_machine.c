/* SPDX-License-Identifier: MIT */
/* The machine of one boot, and its command line. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/campaign/draw.h"
#include "tests/docs/plans.h"

enum {
    CPUS_MAX = 16,
    UEFI_MIB_MIN = 256,
};

const char *draw_word(struct draw *draw, const char *const *words, size_t count)
{
    return words[prng_below(&draw->prng, count)];
}

bool draw_once_in(struct draw *draw, unsigned n)
{
    return prng_below(&draw->prng, n) == 0;
}

static void choose_path(struct draw *draw)
{
    static const char *const quick[] = {"mb1", "mb1", "mb1", "pvh", "pvh", "pvh64", "pvh64", "iso-bios", "microvm"};
    static const char *const all[] = {"mb1",      "mb1",      "mb1",      "pvh",      "pvh",      "pvh64",   "pvh64",
                                      "iso-bios", "iso-bios", "usb-bios", "iso-uefi", "usb-uefi", "microvm", "microvm"};

    draw->path = draw->quick ? DRAW_ONE_OF(draw, quick) : DRAW_ONE_OF(draw, all);
    draw->bochs = !draw->quick && draw_once_in(draw, 40);
}

static void choose_cpus(struct draw *draw)
{
    unsigned threads = draw_once_in(draw, 4) ? 2 : 1, sockets = draw_once_in(draw, 4) ? 2 : 1;

    draw->smp = (unsigned)prng_log_range(&draw->prng, 1, draw->bochs ? 4 : draw->quick ? 8 : CPUS_MAX);
    if (!draw->bochs && draw->smp % (threads * sockets) == 0 && threads * sockets > 1)
        snprintf(draw->smp_words, sizeof(draw->smp_words), "%u,sockets=%u,cores=%u,threads=%u", draw->smp, sockets,
                 draw->smp / sockets / threads, threads);
    else
        snprintf(draw->smp_words, sizeof(draw->smp_words), "%u", draw->smp);
}

/*
 * A model, and some without a feature that the image asks about. What the image refuses does not run OVMF either: its
 * 64-bit code triple-faults before the image begins.
 */
static void choose_model(struct draw *draw)
{
    static const char *const models[] = {
        "",
        "",
        "max",
        "qemu64",
        "kvm64",
        "Nehalem",
        "Westmere",
        "SandyBridge",
        "Haswell",
        "EPYC",
        "Opteron_G1",
        "Opteron_G5",
        "phenom",
        "Conroe",
        "Denverton",
        "Skylake-Client",
        "max,-nx",
        "max,-tsc-deadline",
        "max,-rdtscp",
        "max,-monitor",
        "max,-x2apic",
        "max,-mtrr",
        "max,-tsc",
        "max,-msr",
        "max,-cx8",
        "max,-clflush",
        "max,-hypervisor",
        "EPYC-Rome",
        "Icelake-Server",
        "qemu64,family=6,model=85,vendor=GenuineIntel",
        "max,level=1",
        "max,xlevel=0x80000001",
        "max,-syscall",
        "max,-pge,-pse36",
    };
    static const char *const refused[] = {"qemu32", "pentium3", "max,-lm", "max,-pae", "max,-apic"};
    static const char *const of_bochs[] = {"sapphire_rapids", "ryzen", "arrow_lake"};

    if (draw->bochs) {
        draw->cpu = DRAW_ONE_OF(draw, of_bochs);
    } else if (draw_once_in(draw, 30) && !strstr(draw->path, "uefi")) {
        draw->cpu = DRAW_ONE_OF(draw, refused);
        draw->refuses = true;
    } else {
        draw->cpu = DRAW_ONE_OF(draw, models);
    }
    if (!strcmp(draw->cpu, "max,-tsc") && strstr(draw->path, "uefi"))
        draw->cpu = "max"; /* GRUB for UEFI ends without a TSC: docs/platforms.md */
}

static void choose_memory(struct draw *draw)
{
    static const unsigned sizes_mib[] = {32, 48, 64, 96, 128, 256, 512, 1024, 2048, 3072, 4096, 6144};

    draw->mem_mib = sizes_mib[prng_below(&draw->prng, draw->bochs ? 6 : sizeof(sizes_mib) / sizeof(sizes_mib[0]))];
    if (strstr(draw->path, "uefi") && draw->mem_mib < UEFI_MIB_MIN)
        draw->mem_mib = UEFI_MIB_MIN;
}

static void switch_off(struct draw *draw, const char *const *parts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t used = strlen(draw->machine);

        if (draw_once_in(draw, 4))
            snprintf(draw->machine + used, sizeof(draw->machine) - used, ",%s=off", parts[i]);
    }
}

/*
 * OVMF needs what it was built for: q35 with its parts. SeaBIOS needs a clock: TSC, PM timer (ACPI) or PIT. GRUB
 * measures the TSC by one of the other two: docs/platforms.md.
 */
static void choose_machine(struct draw *draw)
{
    static const char *const of_microvm[] = {"pic", "pit", "rtc", "acpi", "ioapic2"};
    static const char *const of_pc[] = {"hpet", "pic", "smm", "pit", "acpi"};
    static const char *const hpet[] = {"hpet"};
    bool has_tsc = strcmp(draw->cpu, "max,-tsc") != 0;

    if (draw->bochs)
        return;
    if (!strcmp(draw->path, "microvm")) {
        snprintf(draw->machine, sizeof(draw->machine), "microvm");
        switch_off(draw, of_microvm, sizeof(of_microvm) / sizeof(of_microvm[0]));
        return;
    }
    snprintf(draw->machine, sizeof(draw->machine), "%s",
             draw_once_in(draw, 3) && !strstr(draw->path, "uefi") ? "pc" : "q35");
    if (strstr(draw->path, "uefi"))
        switch_off(draw, hpet, 1);
    else
        switch_off(draw, of_pc, sizeof(of_pc) / sizeof(of_pc[0]) - !has_tsc);
    if (strstr(draw->path, "bios") && strstr(draw->machine, ",pit=off,acpi=off"))
        draw->machine[strlen(draw->machine) - strlen(",acpi=off")] = '\0';
}

void draw_machine(struct draw *draw)
{
    choose_path(draw);
    choose_cpus(draw);
    choose_model(draw);
    choose_memory(draw);
    choose_machine(draw);
}

/* The words of each key that leave a run that can be judged; a key of which there is none is drawn by nobody here. */
struct key_words {
    const char *key;
    const char *words[8];
};

static const struct key_words key_words[] = {
    {"script", {NULL}}, /* run/qemu --script */
    {"exit", {"halt", "reboot", "poweroff", "auto"}},
    {"console", {"ttyS0", "ttyS0,115200n8", "0x3f8", "ttyS0,57600"}},
    {"cpus", {"1", "2", "3", "8", "all"}},
    {"apic", {"xapic", "x2apic", "auto"}},
    {"x2apic", {"on", "off"}},
    {"host", {"hardware", "emulator"}},
    {"park", {"hlt", "deep", "auto"}},
    {"tsc_hz", {"1M", "500M", "2100M", "100G"}},
    {"tsc_adjust", {"equal", "keep"}},
    {"seed", {"0", "7", "0xffffffffffffffff"}},
    {"screen", {"off", "on"}},
    {"timer", {"oneshot", "deadline"}},
    {"watchdog", {"hpet", "pit", "peer", "ipi", "off"}},
    {"quiet", {"yes", "no"}},
    {"selftest", {"fault", "hang", "lostwake", "null", "overflow", "triplefault"}},
    {"plant", {"left_over"}},
    {"save", {"no", "auto"}},
    {"sync", {"off"}},  /* `serial` waits for answers */
    {"resume", {NULL}}, /* the launcher's own */
    {"repeat", {NULL}}, /* a series of boots is run/boots' */
};

enum { KEYS = sizeof(key_words) / sizeof(key_words[0]) };

/* A key that the image has and this table has not: the campaign would pass it by. */
static void expect_all_keys(void)
{
    char message[SCRIPT_ERROR_LINE_BYTES], *next, *word;

    plans_check_cmdline("scripx=1", message);
    next = strstr(message, "expected one of ");
    if (!next)
        exit(2);
    next += strlen("expected one of ");
    next[strcspn(next, ";")] = '\0';
    for (word = strtok(next, ", "); word; word = strtok(NULL, ", ")) {
        size_t i = 0;

        while (i < KEYS && strcmp(key_words[i].key, word))
            i++;
        if (i == KEYS) {
            fprintf(stderr,
                    "draw: the boot command line has a key '%s' that tests/campaign/draw_machine.c does not know\n",
                    word);
            exit(2);
        }
    }
}

static void add_word(struct draw *draw, const char *key, const char *value)
{
    size_t used = strlen(draw->append);

    snprintf(draw->append + used, sizeof(draw->append) - used, "%s%s=%s", used ? " " : "", key, value);
}

/* One in ten command lines is wrong: what comes last counts, so it stands there. */
static void spoil_append(struct draw *draw)
{
    static const char *const wrong[] = {"scirpt=smoke", "cpus=0",     "console=ttyS9", "tsc_hz=2",      "apic=yes",
                                        "seed=",        "timer=late", "exit=now",      "cpus=99999999", "screen=maybe",
                                        "watchdog=cat", "park=car",   "plant=tree"};
    static char message[SCRIPT_ERROR_LINE_BYTES];
    const char *word = DRAW_ONE_OF(draw, wrong);

    if (plans_check_cmdline(word, message)) {
        fprintf(stderr, "draw: '%s' is no mistake any more\n", word);
        exit(2);
    }
    draw->append_error = message;
    snprintf(draw->append + strlen(draw->append), sizeof(draw->append) - strlen(draw->append), "%s%s",
             draw->append[0] ? " " : "", word);
}

void draw_append(struct draw *draw)
{
    char message[SCRIPT_ERROR_LINE_BYTES];

    expect_all_keys();
    for (size_t i = 0; i < KEYS; i++) {
        const struct key_words *key = &key_words[i];
        size_t count = 0;
        const char *word;

        while (count < sizeof(key->words) / sizeof(key->words[0]) && key->words[count])
            count++;
        if (!count || !draw_once_in(draw, strcmp(key->key, "selftest") ? 10 : 40))
            continue;
        word = draw_word(draw, key->words, count);
        if (!strcmp(word, "100G") && draw->bochs)
            word = "2100M"; /* Bochs' TSC has 50 MHz: each wait of the bring-up would last 2,000 times as long */
        add_word(draw, key->key, word);
        if (!strcmp(key->key, "selftest"))
            draw->selftest = word;
        if (!strcmp(key->key, "quiet"))
            draw->wants_quiet = !strcmp(word, "yes");
    }
    if (!plans_check_cmdline(draw->append, message)) {
        fprintf(stderr, "draw: %s: %s\n", draw->append, message);
        exit(2);
    }
    if (draw_once_in(draw, 16))
        spoil_append(draw);
}
