/* SPDX-License-Identifier: MIT */
#include "run/tool/fleet/campaign_value.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS_MAX 9

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c);
}

bool campaign_number(const char *text, size_t bytes, uint32_t *number)
{
    uint32_t value = 0;
    if (bytes == 0 || bytes > DIGITS_MAX)
        return false;
    for (size_t i = 0; i < bytes; i++) {
        if (!is_digit(text[i]))
            return false;
        value = value * 10 + (uint32_t)(text[i] - '0');
    }
    *number = value;
    return true;
}

bool campaign_seconds(const char *text, size_t bytes, uint32_t *seconds)
{
    uint32_t number, factor;
    if (bytes < 2 || bytes > 6 || !campaign_number(text, bytes - 1, &number))
        return false;
    factor = text[bytes - 1] == 's' ? 1 : text[bytes - 1] == 'm' ? 60 : text[bytes - 1] == 'h' ? 3600 : 0;
    *seconds = number * factor;
    return *seconds > 0;
}

bool campaign_is_name(const char *text, size_t bytes)
{
    if (bytes == 0 || bytes > CAMPAIGN_NAME_MAX || !is_plain(text[0]))
        return false;
    for (size_t i = 1; i < bytes; i++)
        if (!is_plain(text[i]) && text[i] != '_' && text[i] != '-' && text[i] != '.')
            return false;
    return true;
}

bool campaign_is_key(const char *text, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        if (!(text[i] >= 'a' && text[i] <= 'z') && !is_digit(text[i]) && text[i] != '_')
            return false;
    return bytes > 0;
}

/* Where the name that begins at `at` ends: at a comma outside brackets, or with the list. */
static size_t end_of(const struct campaign_names *names)
{
    size_t end = names->at;
    while (end < names->bytes && names->text[end] != ',')
        end++;
    return end;
}

/*
 * [first-last] in `length` characters: where it stands, the two numbers and the width of the first. 1: there is one; 0:
 * none; -1: a wrong one.
 */
static int find_range(const char *text, size_t length, size_t *open, size_t *close, uint32_t range[2], size_t *width)
{
    const char *start = memchr(text, '[', length), *stop = memchr(text, ']', length), *dash;

    if (!start && !stop)
        return 0;
    if (!start || !stop || stop < start)
        return -1;
    *open = (size_t)(start - text);
    *close = (size_t)(stop - text);
    dash = memchr(start, '-', (size_t)(stop - start));
    if (!dash || !campaign_number(start + 1, (size_t)(dash - start - 1), &range[0]) ||
        !campaign_number(dash + 1, (size_t)(stop - dash - 1), &range[1]) || range[1] < range[0])
        return -1;
    *width = (size_t)(dash - start - 1);
    return 1;
}

int campaign_next_name(struct campaign_names *names, char *name, size_t name_bytes)
{
    const char *text = names->text + names->at;
    size_t length, open = 0, close = 0, width = 0;
    uint32_t range[2] = {0, 0};
    int ranges, used;

    if (names->at >= names->bytes)
        return names->bytes > 0 && names->text[names->bytes - 1] == ',' ? -1 : 0;
    length = end_of(names) - names->at;
    ranges = find_range(text, length, &open, &close, range, &width);
    if (length == 0 || ranges < 0)
        return -1;
    if (ranges == 0)
        used = snprintf(name, name_bytes, "%.*s", (int)length, text);
    else {
        uint32_t number = names->in_range ? names->next : range[0];
        used = snprintf(name, name_bytes, "%.*s%0*u%.*s", (int)open, text, (int)width, number,
                        (int)(length - close - 1), text + close + 1);
        names->in_range = number < range[1];
        names->next = number + 1;
    }
    if (!names->in_range)
        names->at += length + 1;
    if (names->at == names->bytes && names->text[names->bytes - 1] == ',')
        return -1;
    return used > 0 && (size_t)used < name_bytes ? 1 : -1;
}

static int by_name(const void *one, const void *other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

const char *campaign_name_twice(const struct campaign_item *items, size_t count)
{
    const char **names = calloc(count + 1, sizeof(*names)), *twice = NULL;

    for (size_t i = 0; names && i < count; i++)
        names[i] = items[i].name;
    if (names)
        qsort(names, count, sizeof(*names), by_name);
    for (size_t i = 1; names && i < count && !twice; i++)
        if (strcmp(names[i - 1], names[i]) == 0)
            twice = names[i];
    free(names);
    return twice;
}

const struct campaign_item *campaign_group(const struct campaign *campaign, const char *name)
{
    for (size_t i = 0; i < campaign->group_count; i++)
        if (strcmp(campaign->groups[i].name, name) == 0)
            return &campaign->groups[i];
    return NULL;
}

char *campaign_slurp(const char *path, size_t most, size_t *bytes)
{
    FILE *file = fopen(path, "rb");
    char *text = file ? malloc(most + 2) : NULL;

    if (text) {
        *bytes = fread(text, 1, most + 1, file);
        text[*bytes] = '\0';
    }
    if (text && !ferror(file) && *bytes > most) {
        fprintf(stderr, "idlelab fleet: %s: expected at most %zu bytes\n", path, most);
        free(text);
        text = NULL;
    } else if (!text || ferror(file)) {
        fprintf(stderr, "idlelab fleet: %s: %s\n", path, strerror(errno));
        free(text);
        text = NULL;
    }
    if (file)
        fclose(file);
    return text;
}
