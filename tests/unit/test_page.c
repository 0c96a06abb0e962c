/* SPDX-License-Identifier: MIT */
/*
 * The page at the machine, from the lines of a log: progress, results, how it is cut into pages, and that hostile lines
 * and small screens draw nothing outside.
 */
#include "lib/screen/page.h"

#include <stdlib.h>

#include "tests/unit/tap.h"

static struct page page;
static struct grid grid;

static void say(const char *line)
{
    page_line(&page, line, strlen(line));
}

static void fresh(uint32_t columns, uint32_t rows)
{
    memset(&page, 0, sizeof(page));
    grid.columns = columns;
    grid.rows = rows;
}

/* A row of the grid without the blanks at its end. */
static const char *row(uint32_t number)
{
    static char text[GRID_COLUMNS_MAX + 1];
    uint32_t length = grid.columns;

    for (uint32_t i = 0; i < grid.columns; i++)
        text[i] = (char)(grid.cells[number][i] & 0xff);
    while (length > 0 && text[length - 1] == ' ')
        length--;
    text[length] = '\0';
    return text;
}

static bool shows(const char *text)
{
    for (uint32_t i = 0; i < grid.rows; i++)
        if (strstr(row(i), text) != NULL)
            return true;
    return false;
}

static void say_start(void)
{
    say("IDLELAB-BEGIN run=0123456789abcdef fmt=1\n");
    say("# IL 0000 {\"t\":\"env\",\"k\":\"build\",\"v\":\"abc\"} *00000000\n");
    say("# IL 0001 {\"t\":\"env\",\"k\":\"firmware\",\"v\":\"efi\"} *00000000\n");
    say("# IL 0002 {\"t\":\"cpu\",\"k\":\"brand\",\"v\":\"A CPU\"} *00000000\n");
    say("# IL 0003 {\"t\":\"cpu\",\"k\":\"cpus\",\"v\":8} *00000000\n");
    say("# IL 0004 {\"t\":\"cal\",\"k\":\"tsc_hz\",\"v\":2000000000,\"src\":\"cpuid15\"} *00000000\n");
    say("# IL 0005 {\"t\":\"plan\",\"step\":1,\"name\":\"survey\",\"exp\":\"survey\",\"line\":1,\"est_ms\":0} *0\n");
    say("# IL 0006 {\"t\":\"plan\",\"step\":2,\"name\":\"wake_hlt\",\"exp\":\"wake\",\"line\":2,\"est_ms\":60000} "
        "*0\n");
    say("# IL 0007 {\"t\":\"plan\",\"step\":3,\"name\":\"wake_no\",\"exp\":\"wake\",\"line\":3,\"est_ms\":30000} *0\n");
    say("1..3\n");
    say("ok 1 survey # cpus 8 count ~91c4\n");
    say("# IL 0008 {\"t\":\"finding\",\"step\":1,\"id\":\"first\",\"text\":\"said once\"} *00000000\n");
    say("# IL 0008 {\"t\":\"finding\",\"step\":1,\"id\":\"first\",\"text\":\"said once\"} *00000000\n");
}

static void test_progress(void)
{
    fresh(80, 25);
    say("# IL 0000 {\"t\":\"boot\",\"n\":11,\"phase\":\"cpus\",\"at\":5} *00000000\n");
    page_draw_progress(&page, &grid);
    TAP_STR(row(3), " The machine comes up: phase cpus", "the phase of the bring-up");
    say_start();
    TAP_INT(page_left_ms(&page), 90000, "what is left before the first step");
    say("# IL 0009 {\"t\":\"exp\",\"step\":2,\"at\":77} *00000000\n");
    say("# IL 000a {\"t\":\"tick\",\"step\":2,\"done\":250,\"of\":1000,\"ms\":20000} *00000000\n");
    page_draw_progress(&page, &grid);
    TAP_STR(row(1), " A CPU, 8 CPUs, TSC 2000 MHz, efi", "the machine");
    TAP_STR(row(3), " Step 2 of 3: wake_hlt", "the step");
    TAP_STR(row(4), " [#################...................................................]  25 %", "the bar");
    TAP_STR(row(5), " About 1 min 15 s left", "three quarters of this step, and the next");
    TAP_STR(row(7), "   1 ok   survey  cpus 8 count", "what has ended");
    TAP_STR(row(23), " first: said once", "the finding");
    say("# IL 000b {\"t\":\"exp\",\"step\":2,\"end\":\"samples\",\"n\":9,\"rej\":0,\"ms\":120000} *00000000\n");
    TAP_INT(page_left_ms(&page), 60000, "a machine that takes twice as long as expected");
}

static void test_results(void)
{
    fresh(80, 25);
    say_start();
    say("# IL 0010 {\"t\":\"stats\",\"step\":2,\"m\":\"wake_latency\",\"q\":[[\"min\",10,null,null],[\"p50\",2600,1,2],"
        "[\"p99\",400000,null,null]]} *00000000\n");
    say("# IL 0011 {\"t\":\"stats\",\"step\":2,\"m\":\"wake_latency\",\"q\":[[\"max\",90000000,null,null]]} "
        "*00000000\n");
    say("not ok 2 wake_hlt # lost_wake 1 count ~0b11\n");
    say("ok 3 wake_no # SKIP needs a thing ~77aa\n");
    say("# IL 0012 {\"t\":\"finding\",\"step\":2,\"id\":\"long\",\"p\":1,\"of\":2,\"text\":\"a text in \"} "
        "*00000000\n");
    say("# IL 0013 {\"t\":\"finding\",\"step\":2,\"id\":\"long\",\"p\":2,\"of\":2,\"text\":\"two parts\"} *00000000\n");
    page_draw_results(&page, &grid, 0);
    TAP_STR(row(3), " The run has not ended.", "a run without an end is told");
    say("# IL 0014 {\"t\":\"sum\",\"pass\":1,\"fail\":1,\"skip\":1,\"error\":0,\"lines\":20,\"crc\":\"0\"} "
        "*00000000\n");
    say("IDLELAB-END run=0123456789abcdef result=FAIL\n");
    TAP_INT(page_draw_results(&page, &grid, 0), 1, "one page");
    TAP_STR(row(3), " The run ended: FAIL. 1 passed, 1 failed, 1 skipped, 0 errors of the lab.", "the result");
    TAP_OK(shows("  2 FAIL wake_hlt  lost_wake 1 count"), "what failed");
    TAP_OK(shows(" wake_hlt: long: a text in two parts"), "a finding in parts");
    TAP_OK(shows("    1.30 us     200 us    45.0 ms"), "quantiles in units of time");
    TAP_OK(shows("  3 skip wake_no  needs a thing"), "why it was skipped");
    TAP_OK(page.finding_count == 2, "no finding twice");
}

/* Each line of the results is on exactly one page, whatever the screen's size. */
static void test_pages(void)
{
    uint32_t seen = 0, count;
    char line[200];

    fresh(40, 15);
    say_start();
    say("1..200\n");
    for (int i = 1; i <= 200; i++) {
        snprintf(line, sizeof(line), "ok %d step_%03d # p99 1 ns ~0000\n", i, i);
        say(line);
    }
    count = page_draw_results(&page, &grid, 0);
    for (uint32_t i = 0; i < count; i++) {
        page_draw_results(&page, &grid, i);
        for (uint32_t k = 0; k < grid.rows; k++)
            seen += strstr(row(k), " ok   step_") != NULL;
        TAP_STR(row(grid.rows - 1), "", "the last row is the caller's");
    }
    TAP_INT(seen, 200, "each step is on one page");
}

static void test_wrap(void)
{
    uint32_t skip;

    TAP_INT(grid_wrap("one two three", 9, &skip), 7, "broken at a blank");
    TAP_INT(skip, 1, "the blank stands nowhere");
    TAP_INT(grid_wrap("abcdefghij", 4, &skip), 4, "a long word is cut");
    TAP_INT(grid_wrap("abcd efgh", 4, &skip), 4, "a word that just fits");
    TAP_INT(grid_wrap("", 4, &skip), 0, "nothing");
}

/* Lines that mean nothing, cut at each length, on the smallest screen. */
static void test_hostile(void)
{
    static const char *const lines[] = {
        "# IL 0009 {\"t\":\"finding\",\"step\":18446744073709551615,\"id\":\"x\",\"text\":\"y\"} *00000000",
        "# IL ffffffffffffffffffff {\"t\":\"finding\",\"p\":9,\"text\":\"\\u0041\"} *",
        "# IL 0009 {\"t\":\"stats\",\"step\":2,\"m\":\"wake_latency\",\"q\":[[\"p50\"],[],[\"p99\",-4],[\"max\",[]]]} "
        "*0",
        "# IL 0009 {\"t\":\"exp\",\"step\":99999,\"at\":1} *0",
        "# IL 0009 {\"t\":\"tick\",\"done\":9,\"of\":0} *0",
        "ok 99999999999999999999 name # x ~",
        "not ok 0 a",
        "ok 256 last # SKIP ",
        "1..4294967295",
        "IDLELAB-END run=0123456789abcdef result=MUCHTOOLONGAWORD",
        "IDLELAB-BEGIN run=01",
        "# IL *",
        "# IL ",
    };

    fresh(GRID_COLUMNS_MIN, GRID_ROWS_MIN);
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        for (size_t length = 0; length <= strlen(lines[i]); length++) {
            char *exact = malloc(length + 1);

            if (exact == NULL)
                abort();
            memcpy(exact, lines[i], length);
            page_line(&page, exact, length);
            page_draw_progress(&page, &grid);
            page_draw_results(&page, &grid, 0);
            free(exact);
        }
    TAP_OK(true, "no sanitizer had anything to say");
}

int main(void)
{
    test_progress();
    test_results();
    test_pages();
    test_wrap();
    test_hostile();
    return tap_done();
}
