/* SPDX-License-Identifier: MIT */
/*
 * One job as text: the file `job` of its folder, a line a key (docs/fleet.md, "The job form"). Written by `fleet plan`,
 * read by the engines' programs and by `fleet collect`.
 */
#ifndef LAB_TOOL_FLEET_JOB_H
#define LAB_TOOL_FLEET_JOB_H

#include <stdbool.h>
#include <stddef.h>

#define JOB_KEYS_MAX 64
#define JOB_BYTES    (64 * 1024) /* most of a file `job` */

struct job_key {
    const char *key, *value;
};

/* Keys in the order of the file; texts belong to whoever made them. */
struct job {
    struct job_key keys[JOB_KEYS_MAX];
    size_t count;
};

/* Sets a key, in the place of one of the same name. False where there is no room. */
bool job_set(struct job *job, const char *key, const char *value);

/* The value, or `otherwise`. */
const char *job_get(const struct job *job, const char *key, const char *otherwise);

/* Takes the text of a file `job` apart, in place. False where a line is no key=value. */
bool job_parse(struct job *job, char *text);

/*
 * Reads the file `job` of the folder `name` in a round's folder; its keys lie in `text`, which the caller frees in any
 * case. A name from a file leads nowhere else. False where it is not what `fleet plan` has written, or cannot be read.
 */
bool job_read(struct job *job, const char *round, const char *name, char **text);

/*
 * `template` with each @KEY@ replaced by the value of the job's key, in lower case, as `text`, which the caller frees.
 * False with a line on stderr, `file:line:column: ...`, where the job has no such key.
 */
bool job_fill(const struct job *job, const char *file, const char *template, char **text);

#endif
