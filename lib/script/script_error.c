/* SPDX-License-Identifier: MIT */
#include "lib/script/script_error.h"

#include "lib/cstring.h"

static const char CUT_MARK[] = "...";

void script_errors_init(struct script_errors *errors)
{
    errors->kept = 0;
    errors->count = 0;
}

/* Fills a field of an error with printable text; a cut one ends in three dots. */
static void set_field(char *field, size_t bytes, const char *from, size_t from_bytes)
{
    struct text text = text_in(field, bytes);
    text_add_printable(&text, from, from_bytes);
    if (text.cut && text.used >= sizeof(CUT_MARK) - 1)
        memcpy(field + text.used - (sizeof(CUT_MARK) - 1), CUT_MARK, sizeof(CUT_MARK));
}

struct script_error *script_errors_add(struct script_errors *errors, const char *file, const struct script_token *token,
                                       const char *expected, const char *nearest)
{
    struct script_error *error = &errors->spill;
    if (errors->kept < SCRIPT_ERRORS_MAX)
        error = &errors->at[errors->kept++];
    errors->count++;
    error->file = file;
    error->line = token->line;
    error->column = token->column;
    set_field(error->found, sizeof(error->found), token->text, token->bytes);
    set_field(error->expected, sizeof(error->expected), expected, strlen(expected));
    error->nearest[0] = '\0';
    if (nearest != NULL)
        set_field(error->nearest, sizeof(error->nearest), nearest, strlen(nearest));
    return error;
}

struct text script_error_expected(struct script_error *error)
{
    return text_in(error->expected, sizeof(error->expected));
}

void script_error_set_found(struct script_error *error, const char *found)
{
    set_field(error->found, sizeof(error->found), found, strlen(found));
}

size_t script_error_write(const struct script_error *error, char *buffer, size_t bytes)
{
    struct text text = text_in(buffer, bytes);
    text_add(&text, error->file);
    text_add(&text, ":");
    text_add_uint(&text, error->line);
    text_add(&text, ":");
    text_add_uint(&text, error->column);
    text_add(&text, ": found ");
    if (error->found[0] == '\0') {
        text_add(&text, "nothing");
    } else {
        text_add(&text, "'");
        text_add(&text, error->found);
        text_add(&text, "'");
    }
    text_add(&text, ", expected ");
    text_add(&text, error->expected);
    if (error->nearest[0] != '\0') {
        text_add(&text, "; did you mean '");
        text_add(&text, error->nearest);
        text_add(&text, "'?");
    }
    return text.used;
}
