/* SPDX-License-Identifier: MIT */
#include "run/tool/fleet/script_of.h"

#include <string.h>

#include "run/tool/model/record_json.h"

/* A text that is read in pieces, a line or a part of one each, without comments, blanks and ends of statements. */
struct reader {
    const struct model_run *run; /* of its script's text; NULL: `at` is all there is */
    size_t next;                 /* of the run's kept records */
    const char *at;
    bool in_comment;
};

/* The next piece of the script in the log. False: there is no more. */
static bool next_piece(struct reader *reader)
{
    while (reader->run && reader->next < reader->run->kept_count) {
        const json_t *record = reader->run->kept[reader->next++];
        const char *text = model_string(record, "text", NULL);
        if (!text || strcmp(model_string(record, "t", ""), "plan") != 0)
            continue;
        reader->at = text;
        if (model_int(record, "p", 1) == 1)
            reader->in_comment = false;
        return true;
    }
    return false;
}

/* The next character that says something; 0 at the end. */
static char next_character(struct reader *reader)
{
    for (;;) {
        char c = *reader->at;
        if (!c && !next_piece(reader))
            return '\0';
        if (!c)
            continue;
        reader->at++;
        reader->in_comment |= c == '#';
        if (!reader->in_comment && !strchr(" \t\r\n;", c))
            return c;
    }
}

static bool is_same(const struct model_run *run, const char *words)
{
    struct reader log = {.run = run, .at = ""}, job = {.at = words};
    char c;

    do {
        c = next_character(&log);
        if (c != next_character(&job))
            return false;
    } while (c);
    return true;
}

bool script_of_job(struct model *model, const struct model_run *run, const struct job *job, const char **found)
{
    const char *name = model_fact(model, run, "env", "script");
    struct reader log = {.run = run, .at = ""};
    bool has_text = next_piece(&log), has_file = job_get(job, "script_file", "")[0] != '\0';

    if (!name || (!has_file && strcmp(name, job_get(job, "script", "")) == 0))
        return true;
    if (has_text ? is_same(run, job_get(job, "script_text", "")) : has_file)
        return true;
    /* A text has no name of its own. */
    *found = has_text && (has_file || strcmp(name, "script") == 0) ? log.at : name;
    return false;
}
