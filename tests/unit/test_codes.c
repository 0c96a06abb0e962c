/* SPDX-License-Identifier: MIT */
/*
 * Which lines of a log stand in its codes: once, whole, in order, none too long for a code; histograms as far as there
 * is room.
 */
#include "lib/screen/codes.h"

#include <stdlib.h>

#include "tests/unit/tap.h"

enum { BLOCKS = 8, ROOM = 858 };

static uint8_t memory[BLOCKS * KEPT_BLOCK_BYTES];
static struct kept kept;
static struct codes codes;
static char all[CODES_MAX * CODES_TEXT_BYTES];

static void begin(void)
{
    kept = (struct kept){.copies = {memory}, .copy_count = 1, .block_count = BLOCKS};
    kept_begin(&kept, 0x1234, false);
}

static void say(const char *line)
{
    kept_add(&kept, line, strlen(line));
}

/* The codes' lines behind their heads, one after the other. True: each code fits and has its head. */
static bool collect(size_t room)
{
    char text[CODES_TEXT_BYTES], head[64];
    bool right = true;

    codes_plan(&codes, &kept, room);
    all[0] = '\0';
    for (uint32_t i = 1; i <= codes.count; i++) {
        size_t bytes = codes_text(&codes, i, text);

        snprintf(head, sizeof(head), "IDLELAB-CODE %u/%u 0000000000001234\n", i, codes.count);
        right = right && bytes == strlen(text) && bytes <= room && strncmp(text, head, strlen(head)) == 0;
        strcat(all, text + strlen(head));
    }
    return right;
}

static void test_choice(void)
{
    static const char chosen[] =
        "IDLELAB-BEGIN run=0000000000001234 fmt=1\n"
        "KTAP version 1\n"
        "# IL 0000 {\"t\":\"env\",\"k\":\"build\",\"v\":\"abc\"} *00000000\n"
        "1..2\n"
        "# IL 0004 {\"t\":\"stats\",\"step\":2,\"m\":\"wake_latency\",\"q\":[[\"p50\",1,2,3]]} *00000000\n"
        "# IL 0006 {\"t\":\"hist\",\"step\":2,\"m\":\"wake_latency\",\"p\":1,\"of\":1,\"d\":\"HISTFAAA\"} *00000000\n"
        "ok 2 wake # p99 1 ns ~0000\n"
        "# IL 0008 {\"t\":\"finding\",\"step\":2,\"id\":\"a\",\"text\":\"b\"} *00000000\n";

    begin();
    say("\n");
    say(chosen);
    say("# IL 0008 {\"t\":\"finding\",\"step\":2,\"id\":\"a\",\"text\":\"b\"} *00000000\n");
    say("# IL 0000 {\"t\":\"env\",\"k\":\"build\",\"v\":\"abc\"} *00000000\n");
    say("# IL 0009 {\"t\":\"cpu\",\"leaf\":\"00000000.0\",\"r\":\"00\"} *00000000\n");
    say("# IL 000a {\"t\":\"tick\",\"step\":2,\"done\":1,\"of\":2,\"ms\":3} *00000000\n");
    say("# IL 000b {\"t\":\"stats\",\"step\":2,\"m\":\"silent_time\",\"q\":[[\"p50\",1,2,3]]} *00000000\n");
    say("# IL 000c {\"t\":\"hist\",\"step\":2,\"m\":\"silent_time\",\"p\":1,\"of\":1,\"d\":\"HISTFAAA\"} *00000000\n");
    say("# IL 000d {\"t\":\"raw\",\"step\":2,\"i\":0,\"d\":\"AAAA\"} *00000000\n");
    TAP_OK(collect(ROOM), "the code fits and has its head");
    TAP_STR(all, chosen, "what is chosen, once, in order");
    TAP_INT(codes.count, 1, "one code");
}

static void test_room(void)
{
    char line[256];
    unsigned lines = 0;

    begin();
    for (unsigned i = 0; i < 100; i++) {
        snprintf(line, sizeof(line), "# IL %04x {\"t\":\"finding\",\"id\":\"x\",\"text\":\"%0150u\"} *00000000\n", i,
                 i);
        say(line);
    }
    for (unsigned i = 100; i < 700; i++) {
        snprintf(line, sizeof(line),
                 "# IL %04x {\"t\":\"hist\",\"m\":\"wake_latency\",\"p\":1,\"of\":1,\"d\":\"%0140u\"} *00000000\n", i,
                 i);
        say(line);
    }
    TAP_OK(collect(ROOM), "each code fits");
    TAP_OK(codes.count <= CODES_MAX && codes.hists > 0 && codes.hists < codes.hists_all,
           "histograms as far as they fit");
    for (const char *at = strstr(all, "\"finding\""); at != NULL; at = strstr(at + 1, "\"finding\""))
        lines++;
    TAP_INT(lines, 100, "all findings");
    TAP_OK(collect(400), "small codes hold whole lines");
}

/* Lines as damage may leave them do no harm. */
static void test_hostile(void)
{
    begin();
    say("# IL ");
    say("\n# IL zzzz\n# IL 0001\n# IL 0002 *\n# IL 0003 {} *\n#\n");
    TAP_OK(collect(ROOM), "lines that are cut");
}

int main(void)
{
    test_choice();
    test_room();
    test_hostile();
    return tap_done();
}
