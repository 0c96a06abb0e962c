/* SPDX-License-Identifier: MIT */
/* `idlelab fleet collect`: what the jobs' folders hold goes into the archive, each result once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run/tool/db/archive.h"
#include "run/tool/db/statement.h"
#include "run/tool/fleet/attempt.h"
#include "run/tool/fleet/campaign.h"
#include "run/tool/fleet/campaign_value.h"
#include "run/tool/fleet/fleet.h"
#include "run/tool/fleet/job.h"

#define ORDER_BYTES (64 * 1024 * 1024)
/* Tries of one job that are looked at. */
#define TRIES_MAX   64
/* Jobs between two commits: what a dead `collect` has to read again. */
#define JOBS_COMMIT 64
#define LOOK_S      2

struct collecting {
    struct fleet_round *round;
    sqlite3_stmt *known, *owner, *keep, *keep_job;
    size_t new_count; /* logs that were added */
    size_t states[FLEET_STATES], todo;
    size_t unread; /* jobs of which nothing is known: their `job` cannot be read */
    bool failed;   /* the archive could not be written */
    bool told;     /* archive_add() has said why */
};

/* The job as its tries leave it. */
struct verdict {
    enum fleet_state state;
    char reason[ATTEMPT_REASON_CHARS], run_id[LOG_RUN_ID_CHARS + 1];
    uint32_t tries, reasons[AGAIN_REASONS];
    bool todo;
};

/* What the archive knows of the try; true where its files are as they were then, and its time was up. */
static bool is_known(struct collecting *all, const char *job, uint32_t number, struct attempt *attempt)
{
    sqlite3_stmt *known = all->known;
    bool same = false;

    sqlite3_bind_text(known, 1, job, -1, SQLITE_STATIC);
    sqlite3_bind_int64(known, 2, number);
    if (sqlite3_step(known) == SQLITE_ROW && strcmp(statement_text(known, 3), attempt->stamp) == 0) {
        const char *word = statement_text(known, 0);
        size_t state = 0;
        while (state < FLEET_STATES && strcmp(FLEET_STATE_WORDS[state], word) != 0)
            state++;
        attempt->state = (enum fleet_state)state;
        snprintf(attempt->reason, sizeof(attempt->reason), "%s", statement_text(known, 1));
        snprintf(attempt->run_id, sizeof(attempt->run_id), "%s", statement_text(known, 2));
        same = state < FLEET_STATES && state != FLEET_RUNNING;
    }
    sqlite3_reset(known);
    return same;
}

/* A run that another try has brought is no second result. */
static bool is_twice(struct collecting *all, const char *job, uint32_t number, struct attempt *attempt)
{
    sqlite3_stmt *owner = all->owner;
    bool twice = false;

    sqlite3_bind_text(owner, 1, attempt->run_id, -1, SQLITE_STATIC);
    while (!twice && sqlite3_step(owner) == SQLITE_ROW) {
        const char *round = statement_text(owner, 0), *other = statement_text(owner, 1);
        bool here = strcmp(round, all->round->round) == 0;
        if (here && strcmp(other, job) == 0 && (uint32_t)sqlite3_column_int64(owner, 2) == number)
            continue;
        twice = true;
        attempt->state = FLEET_TWICE;
        snprintf(attempt->reason, sizeof(attempt->reason), "twice: %.20s%s%.60s", here ? "" : round, here ? "" : "/",
                 other);
    }
    sqlite3_reset(owner);
    if (twice)
        attempt->run_id[0] = '\0';
    return twice;
}

static void take_attempt(struct collecting *all, const char *folder, const struct job *job, uint32_t number,
                         uint32_t timeout_s, struct attempt *attempt)
{
    const char *name = job_get(job, "job", "");
    struct model_run *run;
    struct model model;

    model_init(&model, MODEL_LIMIT_BYTES);
    attempt_judge(attempt, folder, timeout_s, &model, &run);
    if (run && !attempt_is_other(attempt, job, &model, run) && !is_twice(all, name, number, attempt)) {
        enum archive_added added = archive_add(all->round->db, &model, run, attempt->log, true);
        all->new_count += added == ARCHIVE_NEW || added == ARCHIVE_REPLACED;
        all->told = added == ARCHIVE_ERROR;
        all->failed |= all->told;
    }
    model_free(&model);
    /* SQLite may have ended the transaction: a try that is kept without its run would count as collected for good. */
    all->failed = all->failed || !statement_again(all->keep, "tttitttt", all->round->campaign, all->round->round, name,
                                                  (int64_t)number, FLEET_STATE_WORDS[attempt->state], attempt->reason,
                                                  attempt->run_id[0] ? attempt->run_id : NULL, attempt->stamp);
}

/* One try more: what it makes of the job. A result stays, unless a better one follows. */
static void count_attempt(struct verdict *verdict, const struct attempt *attempt)
{
    bool has_result = verdict->state == FLEET_DONE || verdict->state == FLEET_FAILED;

    verdict->tries++;
    verdict->reasons[AGAIN_LOST] += attempt->state == FLEET_LOST;
    verdict->reasons[AGAIN_FAILED] += attempt->state == FLEET_FAILED;
    verdict->reasons[AGAIN_INFRASTRUCTURE] += attempt->state == FLEET_INFRASTRUCTURE || attempt->state == FLEET_TWICE;
    if (verdict->state == FLEET_DONE || (has_result && attempt->state != FLEET_DONE && attempt->state != FLEET_FAILED))
        return;
    verdict->state = attempt->state == FLEET_TWICE ? FLEET_INFRASTRUCTURE : attempt->state;
    snprintf(verdict->reason, sizeof(verdict->reason), "%s", attempt->reason);
    snprintf(verdict->run_id, sizeof(verdict->run_id), "%s", attempt->run_id);
}

/* Whether the job is to be run, once more or for the first time. */
static bool is_todo(const struct collecting *all, const struct verdict *verdict, bool running)
{
    const uint32_t *again = all->round->again;

    if (running || verdict->state == FLEET_DONE)
        return false;
    if (verdict->state == FLEET_PLANNED)
        return true;
    for (size_t i = 0; i < AGAIN_REASONS; i++)
        if (verdict->reasons[i] > again[i])
            return false;
    return true;
}

static void collect_tries(struct collecting *all, const struct job *job, uint32_t timeout_s, struct verdict *verdict)
{
    const char *name = job_get(job, "job", "");
    struct attempt attempt = {.state = FLEET_PLANNED};

    memset(verdict, 0, sizeof(*verdict));
    for (uint32_t number = 1; number <= TRIES_MAX; number++) {
        char folder[FLEET_PATH_CHARS];
        struct attempt next;
        if (snprintf(folder, sizeof(folder), "%s/%s/try-%u", all->round->folder, name, number) >= FLEET_PATH_CHARS ||
            !attempt_look(&next, folder))
            break;
        if (!is_known(all, name, number, &next))
            take_attempt(all, folder, job, number, timeout_s, &next);
        if (all->failed)
            return;
        count_attempt(verdict, &next);
        attempt = next;
    }
    verdict->todo = is_todo(all, verdict, attempt.state == FLEET_RUNNING);
}

static void collect_job(struct collecting *all, const char *name, int64_t place)
{
    uint32_t timeout_s = 0, boot = 0;
    struct verdict verdict;
    struct job job;
    char *text;

    if (!job_read(&job, all->round->folder, name, &text)) {
        all->unread++;
        free(text);
        return;
    }
    job_set(&job, "job", name);
    campaign_number(job_get(&job, "timeout", "0"), strlen(job_get(&job, "timeout", "0")), &timeout_s);
    campaign_number(job_get(&job, "boot", "0"), strlen(job_get(&job, "boot", "0")), &boot);
    collect_tries(all, &job, timeout_s, &verdict);
    all->states[verdict.state]++;
    all->todo += verdict.todo;
    all->failed =
        all->failed ||
        !statement_again(all->keep_job, "tttitttittiit", all->round->campaign, all->round->round, name, place,
                         job_get(&job, "machine", ""), job_get(&job, "group", ""), job_get(&job, "script", ""),
                         (int64_t)boot, FLEET_STATE_WORDS[verdict.state], verdict.reason, (int64_t)verdict.todo,
                         (int64_t)verdict.tries, verdict.run_id[0] ? verdict.run_id : NULL);
    free(text);
}

static bool prepare(struct collecting *all)
{
    sqlite3 *db = all->round->db;
    const char *campaign = all->round->campaign, *round = all->round->round;

    all->known = statement_open(db,
                                "SELECT state, reason, run_id, stamp FROM attempt WHERE job = ?1 AND try = ?2"
                                " AND campaign = ?3 AND round = ?4",
                                "");
    all->owner = statement_open(db, "SELECT round, job, try FROM attempt WHERE run_id = ?1", "");
    all->keep = statement_open(db, "INSERT OR REPLACE INTO attempt VALUES (?,?,?,?,?,?,?,?)", "");
    all->keep_job = statement_open(db, "INSERT OR REPLACE INTO job VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)", "");
    if (!all->known || !all->owner || !all->keep || !all->keep_job)
        return false;
    sqlite3_bind_text(all->known, 3, campaign, -1, SQLITE_STATIC);
    sqlite3_bind_text(all->known, 4, round, -1, SQLITE_STATIC);
    return true;
}

/* All jobs of the round in their order, a few in a transaction. */
static void collect_jobs(struct collecting *all, char *order)
{
    sqlite3 *db = all->round->db;
    int64_t place = 0;

    all->todo = all->new_count = all->unread = 0;
    memset(all->states, 0, sizeof(all->states));
    for (char *next; *order && !all->failed; order = next) {
        next = order + strcspn(order, "\n");
        if (*next)
            *next++ = '\0';
        if (place % JOBS_COMMIT == 0 && sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
            all->failed = true;
        if (!all->failed)
            collect_job(all, order, place);
        if ((++place % JOBS_COMMIT == 0 || !*next) && sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
            all->failed = true;
    }
    if (all->failed) {
        if (!all->told)
            fprintf(stderr, "idlelab fleet: %s\n", sqlite3_errmsg(db));
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    }
}

static void print_summary(const struct collecting *all)
{
    const char *before = ";";

    printf("%s %s: %zu logs new", all->round->campaign, all->round->round, all->new_count);
    for (size_t i = 0; i < FLEET_STATES; i++)
        if (all->states[i] > 0) {
            printf("%s %zu %s", before, all->states[i], FLEET_STATE_WORDS[i]);
            before = ",";
        }
    printf("; %zu to be run", all->todo);
    if (all->unread > 0)
        printf("; %zu could not be read", all->unread);
    putchar('\n');
    fflush(stdout);
}

static bool collect_once(struct collecting *all)
{
    char path[FLEET_PATH_CHARS + 8], *order;
    size_t bytes;
    bool good;

    snprintf(path, sizeof(path), "%s/order", all->round->folder);
    order = campaign_slurp(path, ORDER_BYTES, &bytes);
    if (order && *order)
        collect_jobs(all, order);
    else if (order)
        fprintf(stderr, "idlelab fleet: %s: no job is in it\n", path);
    good = order && *order && !all->failed;
    free(order);
    return good;
}

int fleet_collect(const struct fleet_options *options)
{
    struct fleet_round round;
    struct collecting all = {.round = &round};
    bool good = fleet_open(&round, options, true) && prepare(&all) && collect_once(&all);
    uint32_t waited_s = 0;

    if (good)
        print_summary(&all);
    while (good && waited_s < options->wait_s && all.states[FLEET_RUNNING] + all.todo > 0) {
        sleep(LOOK_S);
        waited_s += LOOK_S;
        good = collect_once(&all);
        if (good && all.new_count > 0)
            print_summary(&all);
    }
    sqlite3_finalize(all.known);
    sqlite3_finalize(all.owner);
    sqlite3_finalize(all.keep);
    sqlite3_finalize(all.keep_job);
    fleet_close(&round);
    if (!good)
        return TOOL_USAGE;
    if (all.unread + all.states[FLEET_PLANNED] + all.states[FLEET_RUNNING] + all.states[FLEET_LOST] +
            all.states[FLEET_INFRASTRUCTURE] >
        0)
        return TOOL_LOSS;
    return all.states[FLEET_FAILED] > 0 ? TOOL_FAIL : TOOL_PASS;
}
