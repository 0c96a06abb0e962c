/* SPDX-License-Identifier: MIT */
#include "run/tool/fleet/job.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/fleet/campaign_value.h"
#include "run/tool/fleet/fleet.h"

bool job_set(struct job *job, const char *key, const char *value)
{
    size_t at = 0;
    while (at < job->count && strcmp(job->keys[at].key, key) != 0)
        at++;
    if (at == JOB_KEYS_MAX)
        return false;
    job->count += at == job->count;
    job->keys[at] = (struct job_key){key, value};
    return true;
}

const char *job_get(const struct job *job, const char *key, const char *otherwise)
{
    for (size_t i = 0; i < job->count; i++)
        if (strcmp(job->keys[i].key, key) == 0)
            return job->keys[i].value;
    return otherwise;
}

bool job_parse(struct job *job, char *text)
{
    job->count = 0;
    while (*text) {
        char *end = strchr(text, '\n'), *equals;
        if (end)
            *end = '\0';
        equals = strchr(text, '=');
        if (!equals || equals == text)
            return false;
        *equals = '\0';
        if (!job_set(job, text, equals + 1))
            return false;
        text = end ? end + 1 : equals + 1 + strlen(equals + 1);
    }
    return job->count > 0;
}

bool job_read(struct job *job, const char *round, const char *name, char **text)
{
    char path[FLEET_PATH_CHARS];
    size_t bytes;

    *text = NULL;
    if (!strchr(name, '/') && name[0] != '.' &&
        snprintf(path, sizeof(path), "%s/%s/job", round, name) < FLEET_PATH_CHARS)
        *text = campaign_slurp(path, JOB_BYTES, &bytes);
    return *text && job_parse(job, *text) && job_get(job, "machine", NULL) && job_get(job, "timeout", NULL);
}

/* The characters between two @ where they are capitals, digits and _, at least one; 0: it is no place of a key. */
static size_t key_bytes(const char *at)
{
    size_t bytes = 0;
    while (isupper((unsigned char)at[bytes]) || isdigit((unsigned char)at[bytes]) || at[bytes] == '_')
        bytes++;
    return at[bytes] == '@' ? bytes : 0;
}

static const char *value_of(const struct job *job, const char *at, size_t bytes)
{
    char key[64];
    if (bytes >= sizeof(key))
        return NULL;
    for (size_t i = 0; i < bytes; i++)
        key[i] = (char)tolower((unsigned char)at[i]);
    key[bytes] = '\0';
    return job_get(job, key, NULL);
}

bool job_fill(const struct job *job, const char *file, const char *template, char **text)
{
    size_t bytes = 0;
    FILE *out = open_memstream(text, &bytes);
    size_t line = 1, column = 1;
    bool good = out != NULL;

    for (const char *at = template; good && *at;) {
        size_t key = *at == '@' ? key_bytes(at + 1) : 0, step = key ? key + 2 : 1;
        const char *value = key ? value_of(job, at + 1, key) : NULL;
        if (key && !value) {
            fprintf(stderr, "%s:%zu:%zu: found '%.*s', expected a key of the job, in capitals\n", file, line, column,
                    (int)step, at);
            good = false;
        } else if (value)
            fputs(value, out);
        else
            fputc(*at, out);
        column = *at == '\n' ? 1 : column + step;
        line += *at == '\n';
        at += step;
    }
    if (out && fclose(out) != 0)
        good = false;
    if (!good && out)
        free(*text);
    return good;
}
