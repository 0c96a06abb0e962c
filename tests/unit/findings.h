/* SPDX-License-Identifier: MIT */
/*
 * The kit's findings for tests of what an experiment says: they are kept as text instead of sent as records. Included
 * once in a program.
 */
#ifndef LAB_TESTS_UNIT_FINDINGS_H
#define LAB_TESTS_UNIT_FINDINGS_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "experiments/kit/results.h"
#include "experiments/kit/experiment.h"
#include "lib/fmt.h"

static char said[8192]; /* "ID CONFIDENCE TEXT" of each finding, a line each; "fact" where it is no inference */

void result_finding(struct step *step, const char *id, enum confidence confidence, const char *text)
{
    const char *word = confidence_word(confidence);
    size_t length = strlen(said);

    (void)step;
    snprintf(said + length, sizeof(said) - length, "%s %s %s\n", id, word ? word : "fact", text);
}

void result_say(struct step *step, const char *id, enum confidence confidence, const char *format, ...)
{
    char text[512];
    va_list arguments;

    va_start(arguments, format);
    vfmt(text, sizeof(text), format, arguments);
    va_end(arguments);
    result_finding(step, id, confidence, text);
}

void result_record(struct step *step, struct json *json)
{
    (void)step;
    (void)json_end(json);
}

#endif /* LAB_TESTS_UNIT_FINDINGS_H */
