/* SPDX-License-Identifier: MIT */
/*
 * draw IMAGE SEED NUMBER FOLDER [quick]: what boot NUMBER of the campaign SEED is, for tests/campaign/run. IMAGE is the
 * linked image, of which the experiments and their checks are taken. In FOLDER: `boot` has NAME=VALUE lines, `script`
 * the script, `steps` its steps, `error` the complaint that it gets, `events` what happens to the machine.
 */
#include "tests/campaign/draw.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/plan/image.h"
#include "tests/docs/plans.h"

enum {
    BOOT_SECONDS = 90, /* any boot, with the host busy */
    SECONDS_PER_CPU = 4,
    UEFI_SECONDS = 90,
    ESTIMATE_TIMES = 20, /* an emulator of many CPUs on few of them */
    HANG_SECONDS = 40,   /* a planted hang costs the watchdog's limit */
};

static FILE *open_in(const char *folder, const char *name)
{
    char path[4096];
    FILE *stream;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    stream = fopen(path, "w");
    if (!stream) {
        perror(path);
        exit(2);
    }
    return stream;
}

static void write_file(const char *folder, const char *name, const char *text)
{
    FILE *stream = open_in(folder, name);

    fputs(text, stream);
    if (fclose(stream))
        exit(2);
}

/* The host refuses a script before the machine may complain of anything. */
static bool host_refuses(const struct draw *draw)
{
    return draw->host_checks && draw->script_error[0];
}

static const char *plan_word(const struct draw *draw)
{
    if (host_refuses(draw))
        return "bad_script";
    if (draw->refuses)
        return "refused";
    if (draw->append_error)
        return "bad_words";
    return draw->script_error[0] ? "bad_script" : "good";
}

static void write_boot(const struct draw *draw, const char *folder)
{
    static const char *const troubles[] = {"none", "monitor", "damage", "kill"};
    uint64_t seconds = BOOT_SECONDS + SECONDS_PER_CPU * draw->smp + draw->estimate_ns * ESTIMATE_TIMES / 1000000000;
    FILE *boot = open_in(folder, "boot");

    if (strstr(draw->path, "uefi"))
        seconds += UEFI_SECONDS;
    if (draw->selftest || draw->wild)
        seconds += HANG_SECONDS;
    fprintf(boot, "launcher=%s\npath=%s\nsmp=%s\ncpus=%u\nmem=%u\ncpu=%s\nmachine=%s\nappend=%s\n",
            draw->bochs ? "bochs" : "qemu", draw->bochs ? "iso-bios" : draw->path, draw->smp_words, draw->smp,
            draw->mem_mib, draw->cpu, draw->machine, draw->append);
    fprintf(boot, "check=%s\nscript_in=%s\nplan=%s\nwild=%s\ntrouble=%s\nseconds=%" PRIu64 "\n",
            draw->host_checks ? "host" : "image", draw->script_in_words ? "words" : "file", plan_word(draw),
            draw->wild || draw->selftest ? "yes" : "no", troubles[draw->trouble], draw->bochs ? seconds * 4 : seconds);
    if (fclose(boot))
        exit(2);
}

/* The steps by name, in their order. */
static void write_steps(const struct draw *draw, const char *folder)
{
    FILE *steps = open_in(folder, "steps");

    for (size_t i = 0; i < draw->step_count; i++)
        fprintf(steps, "%s\n", draw->steps[i]);
    if (fclose(steps))
        exit(2);
}

int main(int argc, char **argv)
{
    static struct draw draw;
    const char *why;

    if (argc < 5) {
        fputs("usage: draw IMAGE SEED NUMBER FOLDER [quick]\n", stderr);
        return 2;
    }
    why = image_load(argv[1]);
    if (why) {
        fprintf(stderr, "draw: %s: %s\n", argv[1], why);
        return 2;
    }
    prng_seed(&draw.prng, strtoull(argv[2], NULL, 0) * UINT64_C(0x9e3779b97f4a7c15) + strtoull(argv[3], NULL, 0));
    draw.quick = argc > 5;
    draw_machine(&draw);
    draw_append(&draw);
    draw.through_grub = draw.bochs || strchr(draw.path, '-') != NULL;
    draw.script_in_words = draw.through_grub || draw_once_in(&draw, 2);
    draw_script(&draw);
    draw_trouble(&draw);
    draw.host_checks = draw_once_in(&draw, 4);
    write_boot(&draw, argv[4]);
    write_steps(&draw, argv[4]);
    write_file(argv[4], "script", draw.script);
    write_file(argv[4], "error", draw.append_error && !host_refuses(&draw) ? draw.append_error : draw.script_error);
    write_file(argv[4], "events", draw.events);
    return 0;
}
