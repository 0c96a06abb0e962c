/* SPDX-License-Identifier: MIT */
/* The pages of struct page: progress, and the results as one long text that is cut into pages. */
#include "lib/cstring.h"
#include "lib/fixed.h"
#include "lib/fmt.h"
#include "lib/screen/page.h"
#include "lib/units.h"

enum {
    HEAD_ROWS = 3, /* title, machine, blank */
    TEXT_BYTES = 16,
    STEP_COLUMN = 5,
    FIGURE_COLUMNS = 11,
    FIGURES = 3,
};

static const char *or_unknown(const char *text)
{
    return *text != '\0' ? text : "?";
}

static void say_ticks(const struct page *page, char out[UNITS_TIME_BYTES], uint64_t tsc)
{
    if (page->tsc_hz == 0)
        fmt(out, UNITS_TIME_BYTES, "%lu tsc", tsc);
    else
        units_write_time(muldiv_u64(tsc, UINT64_C(1000000000), page->tsc_hz), out);
}

/* Minutes and seconds, rounded up: what is left is never shown as nothing. */
static void say_ms(char out[TEXT_BYTES], uint64_t ms)
{
    uint64_t s = (ms + 999) / 1000;

    if (s < 60)
        fmt(out, TEXT_BYTES, "%lu s", s);
    else
        fmt(out, TEXT_BYTES, "%lu min %02lu s", s / 60, s % 60);
}

static void draw_head(const struct page *page, struct grid *grid)
{
    uint32_t column = grid_print(grid, 0, 1, GRID_TITLE, "idlelab %s", page->build);

    if (grid->columns > column + 1 + sizeof(page->run))
        grid_print(grid, 0, grid->columns - (uint32_t)sizeof(page->run), GRID_TITLE, "%s", page->run);
    grid_paint(grid, 0, GRID_TITLE);
    column = grid_print(grid, 1, 1, GRID_BRIGHT, "%s", or_unknown(page->brand));
    if (page->cpus > 0)
        column = grid_print(grid, 1, column, GRID_PLAIN, ", %lu CPUs", page->cpus);
    if (page->tsc_hz > 0)
        column = grid_print(grid, 1, column, GRID_PLAIN, ", TSC %lu MHz", page->tsc_hz / 1000000);
    if (*page->hypervisor != '\0' && strcmp(page->hypervisor, "none") != 0)
        column = grid_print(grid, 1, column, GRID_PLAIN, ", under %s", page->hypervisor);
    if (*page->firmware != '\0')
        grid_print(grid, 1, column, GRID_PLAIN, ", %s", page->firmware);
}

static const char *verdict_word(enum page_verdict verdict)
{
    static const char *const words[] = {
        [PAGE_WAITS] = "....", [PAGE_PASS] = "ok  ", [PAGE_FAIL] = "FAIL", [PAGE_SKIP] = "skip"};

    return words[verdict];
}

static enum grid_colour verdict_colour(enum page_verdict verdict)
{
    static const enum grid_colour colours[] = {
        [PAGE_WAITS] = GRID_DIM, [PAGE_PASS] = GRID_GOOD, [PAGE_FAIL] = GRID_BAD, [PAGE_SKIP] = GRID_DIM};

    return colours[verdict];
}

/* A step's line: number, verdict, name, and its note where there is room for it. */
static void draw_step(const struct page *page, struct grid *grid, uint32_t row, uint32_t index)
{
    const struct page_step *step = &page->steps[index];
    uint32_t column;

    grid_print(grid, row, 1, GRID_DIM, "%3u", index + 1);
    grid_print(grid, row, STEP_COLUMN, verdict_colour(step->verdict), "%s", verdict_word(step->verdict));
    column = grid_print(grid, row, STEP_COLUMN + 5, GRID_PLAIN, "%s", step->name);
    grid_print(grid, row, column + 2, GRID_DIM, "%s", step->note);
}

static void draw_bar(const struct page *page, struct grid *grid, uint32_t row)
{
    uint32_t room = grid->columns - 12, done;
    uint64_t of = page->of == 0 ? 1 : page->of;

    done = (uint32_t)muldiv_u64(page->done < of ? page->done : of, room, of);
    grid_print(grid, row, 1, GRID_PLAIN, "[");
    for (uint32_t i = 0; i < room; i++)
        grid_print(grid, row, 2 + i, i < done ? GRID_GOOD : GRID_DIM, "%c", i < done ? '#' : '.');
    grid_print(grid, row, 2 + room, GRID_PLAIN, "] %3lu %%", muldiv_u64(page->done < of ? page->done : of, 100, of));
}

static void draw_now(const struct page *page, struct grid *grid)
{
    char left[TEXT_BYTES];

    if (page->step == 0 || page->step > PAGE_STEPS_MAX) {
        grid_print(grid, HEAD_ROWS, 1, GRID_BRIGHT, "The machine comes up: phase %s", or_unknown(page->phase));
        return;
    }
    grid_print(grid, HEAD_ROWS, 1, GRID_BRIGHT, "Step %u of %u: %s", page->step, page->planned,
               page->steps[page->step - 1].name);
    draw_bar(page, grid, HEAD_ROWS + 1);
    say_ms(left, page_left_ms(page));
    grid_print(grid, HEAD_ROWS + 2, 1, GRID_PLAIN, "About %s left", left);
}

void page_draw_progress(const struct page *page, struct grid *grid)
{
    uint32_t first = HEAD_ROWS + 4, rows = grid->rows - 1 - first, findings = 0;
    uint32_t shown = page->step > PAGE_STEPS_MAX ? PAGE_STEPS_MAX : page->step - (page->running && page->step > 0);

    grid_clear(grid);
    draw_head(page, grid);
    draw_now(page, grid);
    if (page->finding_count > 0)
        findings = page->finding_count < rows / 3 ? page->finding_count : rows / 3;
    rows -= findings + 1;
    for (uint32_t i = 0; i < rows && i < shown; i++)
        draw_step(page, grid, first + i, shown > rows ? shown - rows + i : i);
    for (uint32_t i = 0; i < findings; i++)
        grid_print(grid, grid->rows - 1 - findings + i, 1, GRID_WARN, "%s",
                   page->findings[page->finding_count - findings + i].text);
}

/* The results: lines one after the other, of which those of one page are drawn. */
struct flow {
    const struct page *page;
    struct grid *grid;
    uint32_t number; /* the page that is drawn */
    uint32_t line;   /* of the whole text, from 0 */
};

static uint32_t flow_rows(const struct flow *flow)
{
    return flow->grid->rows - 1 - HEAD_ROWS;
}

/* The row of the next line; grid->rows, where nothing is drawn, on other pages. */
static uint32_t next_row(struct flow *flow)
{
    uint32_t line = flow->line++;

    return line / flow_rows(flow) == flow->number ? HEAD_ROWS + line % flow_rows(flow) : flow->grid->rows;
}

/* A blank line, but not at the head of a page. */
static void gap(struct flow *flow)
{
    if (flow->line % flow_rows(flow) != 0)
        next_row(flow);
}

/* A heading never stands alone at the foot of a page. */
static void heading(struct flow *flow, const char *text)
{
    gap(flow);
    while (flow->line % flow_rows(flow) + 2 > flow_rows(flow))
        next_row(flow);
    grid_print(flow->grid, next_row(flow), 1, GRID_BRIGHT, "%s", text);
}

/* Text over as many lines as it takes, those behind the first one indented. */
static void paragraph(struct flow *flow, enum grid_colour colour, const char *text)
{
    enum { FIRST = 1, INDENT = 3 };
    uint32_t column = FIRST, skip;

    do {
        uint32_t count = grid_wrap(text, flow->grid->columns - 1 - column, &skip);

        grid_print(flow->grid, next_row(flow), column, colour, "%.*s", (int)count, text);
        text += count + skip;
        column = INDENT;
    } while (*text != '\0');
}

static void flow_result(struct flow *flow)
{
    const struct page *page = flow->page;
    bool passed = strcmp(page->result, "PASS") == 0;
    uint32_t row = next_row(flow);

    if (*page->result == '\0') {
        grid_print(flow->grid, row, 1, GRID_BAD, "The run has not ended.");
        return;
    }
    grid_print(flow->grid, row,
               grid_print(flow->grid, row, 1, passed ? GRID_GOOD : GRID_BAD, "The run ended: %s.", page->result) + 1,
               GRID_PLAIN, "%lu passed, %lu failed, %lu skipped, %lu errors of the lab.", page->pass, page->fail,
               page->skip, page->error);
}

static void flow_failures(struct flow *flow)
{
    bool any = false;

    for (uint32_t i = 0; i < PAGE_STEPS_MAX; i++)
        if (flow->page->steps[i].verdict == PAGE_FAIL) {
            if (!any)
                heading(flow, "Failed");
            any = true;
            draw_step(flow->page, flow->grid, next_row(flow), i);
        }
}

static void flow_findings(struct flow *flow)
{
    const struct page *page = flow->page;
    char text[PAGE_TEXT_BYTES + PAGE_NAME_BYTES + 8];

    if (page->finding_count == 0)
        return;
    heading(flow, "Findings and warnings");
    for (uint32_t i = 0; i < page->finding_count; i++) {
        const struct page_finding *finding = &page->findings[i];

        if (finding->step > 1 && finding->step <= PAGE_STEPS_MAX)
            fmt(text, sizeof(text), "%s: %s", page->steps[finding->step - 1].name, finding->text);
        else
            fmt(text, sizeof(text), "%s", finding->text);
        paragraph(flow, GRID_WARN, text);
    }
    if (page->lost_findings > 0)
        grid_print(flow->grid, next_row(flow), 1, GRID_WARN, "and %u more, in the log", page->lost_findings);
}

static void flow_latencies(struct flow *flow)
{
    const struct page *page = flow->page;
    uint32_t figures = flow->grid->columns - 1 - FIGURES * FIGURE_COLUMNS;
    bool any = false;

    for (uint32_t i = 0; i < PAGE_STEPS_MAX; i++) {
        const struct page_step *step = &page->steps[i];
        const uint64_t values[FIGURES] = {step->p50_tsc, step->p99_tsc, step->max_tsc};
        uint32_t row;

        if (!step->has_quantiles)
            continue;
        if (!any) {
            heading(flow, "Wake latency");
            row = next_row(flow);
            grid_print(flow->grid, row, figures, GRID_DIM, "        p50        p99        max");
        }
        any = true;
        row = next_row(flow);
        grid_print(flow->grid, row, 1, GRID_PLAIN, "%.*s", (int)figures - 2, step->name);
        for (uint32_t k = 0; k < FIGURES; k++) {
            char text[UNITS_TIME_BYTES];

            say_ticks(page, text, values[k]);
            grid_print(flow->grid, row, figures + (k + 1) * FIGURE_COLUMNS - (uint32_t)strlen(text), GRID_PLAIN, "%s",
                       text);
        }
    }
}

static void flow_verdicts(struct flow *flow)
{
    heading(flow, "All steps");
    for (uint32_t i = 0; i < PAGE_STEPS_MAX && i < flow->page->planned; i++)
        draw_step(flow->page, flow->grid, next_row(flow), i);
}

uint32_t page_draw_results(const struct page *page, struct grid *grid, uint32_t number)
{
    struct flow flow = {.page = page, .grid = grid, .number = number};

    grid_clear(grid);
    draw_head(page, grid);
    flow_result(&flow);
    flow_failures(&flow);
    flow_findings(&flow);
    flow_latencies(&flow);
    flow_verdicts(&flow);
    return (flow.line + flow_rows(&flow) - 1) / flow_rows(&flow);
}
