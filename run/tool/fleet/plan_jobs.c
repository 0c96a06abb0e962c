/* SPDX-License-Identifier: MIT */
/* `idlelab fleet plan`: a folder a job, the same ones for the same campaign and round. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "run/tool/fleet/campaign.h"
#include "run/tool/fleet/fleet.h"
#include "run/tool/fleet/job.h"
#include "run/tool/fleet/plan_scripts.h"
#include "run/tool/log/load.h"
#include "run/tool/whole_file.h"

#define NUMBER_CHARS 16

struct planning {
    const struct campaign *campaign;
    const char *round;
    char base[FLEET_PATH_CHARS];   /* the campaign file's folder, with a slash; "" where it is here */
    char folder[FLEET_PATH_CHARS]; /* of the round */
    struct plan_script scripts[CAMPAIGN_SCRIPTS_MAX];
    FILE *order;
    size_t written, kept;
};

static bool complain(const char *path)
{
    fprintf(stderr, "idlelab fleet plan: %s: %s\n", path, strerror(errno));
    return false;
}

static bool make_folder(const char *path)
{
    return mkdir(path, 0777) == 0 || errno == EEXIST || complain(path);
}

/* Writes a file unless it is there with this text; nothing half written is left. */
static bool write_text(const char *path, const char *text, bool *changed)
{
    size_t bytes = strlen(text), had = 0;
    char *old = malloc(bytes + 2);
    FILE *file = fopen(path, "rb");
    bool same;

    if (file && old)
        had = fread(old, 1, bytes + 1, file);
    same = file && old && had == bytes && memcmp(old, text, bytes) == 0;
    if (file)
        fclose(file);
    free(old);
    if (same)
        return true;
    *changed = true;
    return whole_file_write(path, text, bytes) || complain(path);
}

/* True where the script is for the group: its only= names it, or it has none. */
static bool is_for(const struct campaign_item *script, const char *group)
{
    size_t bytes = strlen(group);
    for (const char *at = script->only; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (bytes > 0 && strncmp(at, group, bytes) == 0 && (at[bytes] == ',' || !at[bytes]))
            return true;
    return script->only == NULL;
}

static void set_pairs(struct job *job, const struct campaign_item *item)
{
    for (size_t i = 0; item && i < item->pair_count; i++)
        job_set(job, item->pairs[i].key, item->pairs[i].value);
}

/* Texts that a job's keys point to. */
struct job_texts {
    char name[3 * CAMPAIGN_NAME_MAX], boot[NUMBER_CHARS], timeout[NUMBER_CHARS], minutes[NUMBER_CHARS];
};

static void fill_job(const struct planning *planning, const struct campaign_item *target, bool is_group, size_t script,
                     uint32_t boot, struct job_texts *texts, struct job *job)
{
    const struct campaign *campaign = planning->campaign;
    const struct campaign_item *wanted = &campaign->scripts[script];
    uint32_t timeout_s = wanted->timeout_s ? wanted->timeout_s : campaign->self.timeout_s;

    snprintf(texts->name, sizeof(texts->name), "%s.%s.%02u", target->name, wanted->name, boot);
    snprintf(texts->boot, sizeof(texts->boot), "%u", boot);
    snprintf(texts->timeout, sizeof(texts->timeout), "%u", timeout_s);
    snprintf(texts->minutes, sizeof(texts->minutes), "%u", (timeout_s + 59) / 60);
    job->count = 0;
    job_set(job, "job", texts->name);
    job_set(job, "campaign", campaign->self.name);
    job_set(job, "round", planning->round);
    job_set(job, "engine", campaign->engine);
    job_set(job, "machine", is_group ? "" : target->name);
    job_set(job, "group", is_group ? target->name : target->group);
    job_set(job, "script", wanted->name);
    job_set(job, "script_file", wanted->file ? "script.lab" : "");
    job_set(job, "script_text", planning->scripts[script].words);
    job_set(job, "boot", texts->boot);
    job_set(job, "timeout", texts->timeout);
    job_set(job, "timeout_minutes", texts->minutes);
    set_pairs(job, &campaign->self);
    set_pairs(job, is_group ? NULL : campaign_group(campaign, target->group));
    set_pairs(job, target);
    set_pairs(job, wanted);
}

static char *print_job(const struct job *job)
{
    char *text = NULL;
    size_t bytes;
    FILE *out = open_memstream(&text, &bytes);
    for (size_t i = 0; out && i < job->count; i++)
        fprintf(out, "%s=%s\n", job->keys[i].key, job->keys[i].value);
    if (out)
        fclose(out);
    return text;
}

static bool write_in(const struct planning *planning, const struct job *job, const char *name, const char *text,
                     bool *changed)
{
    char path[FLEET_PATH_CHARS];
    int used = snprintf(path, sizeof(path), "%s/%s/%s", planning->folder, job_get(job, "job", ""), name);
    return text && used < FLEET_PATH_CHARS && write_text(path, text, changed);
}

static bool write_template(const struct planning *planning, const struct job *job, bool *changed)
{
    const char *name = job_get(job, "template", NULL);
    char path[FLEET_PATH_CHARS], *template, *text = NULL;
    size_t bytes;
    bool good;

    if (!name)
        return true;
    template = plan_path(planning->base, name, path) ? campaign_slurp(path, JOB_BYTES, &bytes) : NULL;
    good = template && job_fill(job, path, template, &text);
    good = good && write_in(planning, job, "job.yaml", text, changed);
    if (text && good)
        free(text);
    free(template);
    return good;
}

static bool write_job(struct planning *planning, const struct campaign_item *target, bool is_group, size_t script,
                      uint32_t boot)
{
    char path[FLEET_PATH_CHARS], *text;
    struct job_texts texts = {0};
    struct job job;
    bool changed = false, good;

    if (planning->written + planning->kept == CAMPAIGN_JOBS_MAX) {
        fprintf(stderr, "idlelab fleet plan: expected at most %d jobs\n", CAMPAIGN_JOBS_MAX);
        return false;
    }
    fill_job(planning, target, is_group, script, boot, &texts, &job);
    if (snprintf(path, sizeof(path), "%s/%s", planning->folder, texts.name) >= FLEET_PATH_CHARS || !make_folder(path))
        return false;
    text = print_job(&job);
    good = (!planning->scripts[script].text ||
            write_in(planning, &job, "script.lab", planning->scripts[script].text, &changed)) &&
           write_template(planning, &job, &changed) && write_in(planning, &job, "job", text, &changed);
    free(text);
    fprintf(planning->order, "%s\n", texts.name);
    planning->written += changed;
    planning->kept += !changed;
    return good;
}

/* All jobs of one boot: first each machine once, then each once more, so that none is measured at one time alone. */
static bool write_boot(struct planning *planning, uint32_t boot)
{
    const struct campaign *campaign = planning->campaign;
    size_t targets = campaign->machine_count + campaign->group_count;

    for (size_t i = 0; i < targets; i++) {
        bool is_group = i >= campaign->machine_count;
        const struct campaign_item *target =
            is_group ? &campaign->groups[i - campaign->machine_count] : &campaign->machines[i];
        if (is_group && target->has_machines)
            continue;
        for (size_t s = 0; s < campaign->script_count; s++) {
            uint32_t boots = campaign->scripts[s].boots ? campaign->scripts[s].boots : campaign->self.boots;
            if (boot <= boots && is_for(&campaign->scripts[s], is_group ? target->name : target->group) &&
                !write_job(planning, target, is_group, s, boot))
                return false;
        }
    }
    return true;
}

static bool write_jobs(struct planning *planning)
{
    char path[FLEET_PATH_CHARS], *text = NULL;
    size_t bytes;
    bool good, changed = false;

    planning->order = open_memstream(&text, &bytes);
    good = planning->order != NULL;
    for (uint32_t boot = 1; good && boot <= CAMPAIGN_BOOTS_MAX; boot++)
        good = write_boot(planning, boot);
    if (planning->order)
        good = fclose(planning->order) == 0 && good;
    good = good && snprintf(path, sizeof(path), "%s/order", planning->folder) < FLEET_PATH_CHARS &&
           write_text(path, text, &changed);
    free(text);
    return good;
}

/* The retries, which `collect` reads: they are the campaign's, not a job's. */
static bool write_retries(const struct planning *planning)
{
    char path[FLEET_PATH_CHARS], text[128];
    const uint32_t *again = planning->campaign->again;
    bool changed = false;

    snprintf(text, sizeof(text), "campaign=%s\ninfrastructure=%u\nlost=%u\nfailed=%u\n", planning->campaign->self.name,
             again[AGAIN_INFRASTRUCTURE], again[AGAIN_LOST], again[AGAIN_FAILED]);
    return snprintf(path, sizeof(path), "%s/retry", planning->folder) < FLEET_PATH_CHARS &&
           write_text(path, text, &changed);
}

static bool plan_round(struct planning *planning, const struct fleet_options *options)
{
    const char *slash = strrchr(options->argument, '/');
    char folder[FLEET_PATH_CHARS];

    snprintf(planning->base, sizeof(planning->base), "%.*s", slash ? (int)(slash - options->argument + 1) : 0,
             options->argument);
    if (options->output)
        snprintf(folder, sizeof(folder), "%s", options->output);
    else
        snprintf(folder, sizeof(folder), "%s.jobs", planning->campaign->self.name);
    if (snprintf(planning->folder, FLEET_PATH_CHARS, "%s/%s", folder, planning->round) >= FLEET_PATH_CHARS)
        return false;
    return plan_scripts_read(planning->campaign, planning->base, options->image, planning->scripts) &&
           make_folder(folder) && make_folder(planning->folder) && write_retries(planning) && write_jobs(planning);
}

int fleet_plan(const struct fleet_options *options)
{
    struct campaign campaign;
    struct planning *planning = calloc(1, sizeof(*planning));
    bool good;

    good = planning && campaign_read(&campaign, options->argument);
    if (!planning)
        return TOOL_USAGE;
    planning->campaign = &campaign;
    planning->round = options->round ? options->round : FLEET_ROUND_FIRST;
    good = good && plan_round(planning, options);
    if (good)
        printf("%zu jobs in %s: %zu new, %zu as they were\n", planning->written + planning->kept, planning->folder,
               planning->written, planning->kept);
    for (size_t i = 0; i < CAMPAIGN_SCRIPTS_MAX; i++)
        free(planning->scripts[i].text);
    campaign_free(&campaign);
    free(planning);
    return good ? TOOL_PASS : TOOL_USAGE;
}
