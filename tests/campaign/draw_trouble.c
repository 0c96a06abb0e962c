/* SPDX-License-Identifier: MIT */
/* What happens to the machine of one boot, for tests/campaign/machine.c. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tests/campaign/draw.h"

enum {
    STREAM_BYTES = 40000,  /* about a short run's log: events come within it */
    EVENT_MS_MAX = 400,    /* how long behind the byte that triggers it */
    PAUSE_MS_MAX = 1000,   /* the launcher calls it a machine that stands still after 2 s */
    FIRMWARE_BYTES = 1000, /* OVMF and GRUB said 723 and 779 on that line before the image began */
    DAMAGE_PPM_MIN = 5,
    DAMAGE_PPM_MAX = 20000,
};

/* Each event is `BYTE MS WHAT...`: behind so many bytes of the serial line, and so long after. */
static void add_event(struct draw *draw, uint64_t byte, uint64_t ms, const char *what)
{
    size_t used = strlen(draw->events);

    snprintf(draw->events + used, sizeof(draw->events) - used, "%s%" PRIu64 " %" PRIu64 " %s", used ? "; " : "", byte,
             ms, what);
}

static void use_monitor(struct draw *draw, uint64_t byte)
{
    static const char *const commands[] = {"nmi", "nmi", "system_reset", "stop", "mce", "nmi"};
    uint64_t ms = prng_below(&draw->prng, EVENT_MS_MAX);
    const char *command = DRAW_ONE_OF(draw, commands);
    char text[80];

    if (strstr(draw->path, "uefi") && byte < FIRMWARE_BYTES)
        byte = FIRMWARE_BYTES; /* an NMI in the firmware stops it for good */
    if (!strcmp(command, "stop")) {
        add_event(draw, byte, ms, "hmp stop");
        add_event(draw, byte, ms + 1 + prng_below(&draw->prng, PAUSE_MS_MAX), "hmp cont");
        return;
    }
    if (!strcmp(command, "mce")) /* corrected errors, uncorrected ones, with and without what they say */
        snprintf(text, sizeof(text), "hmp mce %u %u 0x%s %u 0x12345000 0x86",
                 (unsigned)prng_below(&draw->prng, draw->smp), (unsigned)prng_below(&draw->prng, 10),
                 draw_once_in(draw, 2) ? "9c00000000000135" : "be00000000000134", draw_once_in(draw, 2) ? 5 : 0);
    else
        snprintf(text, sizeof(text), "hmp %s", command);
    add_event(draw, byte, ms, text);
    if (draw_once_in(draw, 3))
        add_event(draw, byte, ms + prng_below(&draw->prng, EVENT_MS_MAX), "hmp nmi");
}

static void use_signal(struct draw *draw, uint64_t byte)
{
    static const char *const targets[] = {"emulator", "emulator", "emulator", "supervisor", "launcher"};
    static const char *const signals[] = {"TERM", "KILL", "KILL"};
    char text[40];

    snprintf(text, sizeof(text), "kill %s %s", DRAW_ONE_OF(draw, targets), DRAW_ONE_OF(draw, signals));
    add_event(draw, byte, prng_below(&draw->prng, EVENT_MS_MAX), text);
}

static void use_damage(struct draw *draw, uint64_t byte)
{
    static const char *const ways[] = {"drop", "flip", "dup", "swap", "mixed"};
    const char *way = DRAW_ONE_OF(draw, ways);
    char text[60];

    if (draw_once_in(draw, 2)) {
        snprintf(text, sizeof(text), "damage %s once", way);
    } else {
        snprintf(text, sizeof(text), "damage %s %" PRIu64, way,
                 prng_log_range(&draw->prng, DAMAGE_PPM_MIN, DAMAGE_PPM_MAX));
        byte /= 4; /* it goes on to the end */
    }
    add_event(draw, byte, 0, text);
}

void draw_trouble(struct draw *draw)
{
    uint64_t byte = prng_below(&draw->prng, STREAM_BYTES);

    if (draw->bochs || draw_once_in(draw, 3))
        return;
    draw->trouble = 1 + (enum draw_trouble)prng_below(&draw->prng, TROUBLE_COUNT - 1);
    if (draw->trouble == TROUBLE_MONITOR)
        use_monitor(draw, byte);
    else if (draw->trouble == TROUBLE_KILL)
        use_signal(draw, byte);
    else
        use_damage(draw, byte);
}
