/* SPDX-License-Identifier: MIT */
#include "run/tool/bundle/private.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* How names of private values end: "PARTUUID", "systemd.hostname", "net0/mac". Short ones are whole names. */
static const struct {
    const char *end;
    enum redact_kind kind;
    bool whole;
} KEYS[] = {
    {"serial", REDACT_SERIAL, false},
    {"serialno", REDACT_SERIAL, false},
    {"serialnumber", REDACT_SERIAL, false},
    {"serial_number", REDACT_SERIAL, false},
    {"serial-number", REDACT_SERIAL, false},
    {"serial number", REDACT_SERIAL, false},
    {"uuid", REDACT_SERIAL, false},
    {"ppin", REDACT_SERIAL, false},
    {"asset", REDACT_SERIAL, false},
    {"asset_tag", REDACT_SERIAL, false},
    {"asset-tag", REDACT_SERIAL, false},
    {"assettag", REDACT_SERIAL, false},
    {"service_tag", REDACT_SERIAL, false},
    {"service-tag", REDACT_SERIAL, false},
    {"servicetag", REDACT_SERIAL, false},
    {"sn", REDACT_SERIAL, true},
    {"s/n", REDACT_SERIAL, true},
    {"hostname", REDACT_HOST, false},
    {"host_name", REDACT_HOST, false},
    {"nodename", REDACT_HOST, false},
    {"node_name", REDACT_HOST, false},
    {"fqdn", REDACT_HOST, false},
    {"mac", REDACT_MAC, false},
    {"macaddr", REDACT_MAC, false},
    {"hwaddr", REDACT_MAC, false},
    {"bootif", REDACT_MAC, false},
};

static bool is_hex(char c)
{
    return isxdigit((unsigned char)c) != 0;
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '-' || c == '_';
}

/* Six pairs of hex digits or more (BOOTIF= has seven, InfiniBand twenty) between : or -; 0: none begins here. */
static size_t mac_at(const char *text, size_t bytes, size_t at)
{
    char mark = at + 2 < bytes ? text[at + 2] : 0;
    size_t pairs = 0, end = at;

    if ((mark != ':' && mark != '-') || (at > 0 && (is_hex(text[at - 1]) || text[at - 1] == mark)))
        return 0;
    while (end + 2 <= bytes && is_hex(text[end]) && is_hex(text[end + 1])) {
        pairs++;
        end += 2;
        if (end == bytes || text[end] != mark)
            break;
        end++;
    }
    if (end < bytes && is_hex(text[end]))
        return 0;
    return pairs >= 6 ? end - at - (text[end - 1] == mark) : 0;
}

/* Hex digits with marks at fixed places, as "8-4-4-4-12", and no word around them. */
static size_t pattern_at(const char *text, size_t bytes, size_t at, const char *pattern)
{
    size_t length = strlen(pattern);

    if (at + length > bytes || (at > 0 && is_word(text[at - 1])) || (at + length < bytes && is_word(text[at + length])))
        return 0;
    for (size_t i = 0; i < length; i++)
        if (pattern[i] == 'h' ? !is_hex(text[at + i]) : text[at + i] != pattern[i])
            return 0;
    return length;
}

/* Up to the quote that ends a value in quotes, else up to a blank or a mark; *at goes behind an opening quote. */
static size_t value_bytes(const char *text, size_t bytes, size_t *at)
{
    size_t end;
    bool quoted = false;

    while (*at < bytes && text[*at] == ' ')
        (*at)++;
    for (; *at < bytes && strchr("\\\"'", text[*at]); (*at)++)
        quoted = true;
    for (end = *at; end < bytes && !strchr(quoted ? "\"\\'" : " ,;\"\\'", text[end]);)
        end++;
    return end - *at;
}

enum redact_kind private_key(const char *key, size_t bytes)
{
    for (size_t i = 0; i < sizeof(KEYS) / sizeof(KEYS[0]); i++) {
        size_t end = strlen(KEYS[i].end);
        if (end <= bytes && (end == bytes || !KEYS[i].whole) && strncasecmp(key + bytes - end, KEYS[i].end, end) == 0)
            return KEYS[i].kind;
    }
    return REDACT_KINDS;
}

/* The kernel's ip=client:server:gateway:mask:HOST:... */
static size_t ip_host(const char *text, size_t bytes, size_t at, size_t *from)
{
    size_t end = at;

    for (int fields = 0; fields < 4; fields++) {
        while (end < bytes && !strchr(": \"\\", text[end]))
            end++;
        if (end == bytes || text[end] != ':')
            return 0;
        end++;
    }
    *from = end;
    while (end < bytes && (is_word(text[end]) || text[end] == '.'))
        end++;
    return end - *from;
}

/* The value behind the = or : at `at`, where the word in front of it says that it is private. */
static size_t value_at(const char *text, size_t bytes, size_t at, size_t *from, enum redact_kind *kind)
{
    size_t key = at, length;

    if (text[at] != '=' && text[at] != ':')
        return 0;
    while (key > 0 && (is_word(text[key - 1]) || strchr("./", text[key - 1])))
        key--;
    if (key >= 7 && at - key == 6 && strncasecmp(text + key - 7, "serial number", 13) == 0)
        key -= 7;
    *from = at + 1;
    if (at - key == 2 && text[at] == '=' && strncmp(text + key, "ip", 2) == 0) {
        *kind = REDACT_HOST;
        return ip_host(text, bytes, at + 1, from);
    }
    *kind = private_key(text + key, at - key);
    if (*kind == REDACT_KINDS)
        return 0;
    length = value_bytes(text, bytes, from);
    /* "mac=auto" says nothing; with : or - between its pairs mac_at() finds it. */
    return *kind == REDACT_MAC && pattern_at(text, bytes, *from, "hhhhhhhhhhhh") == 0 ? 0 : length;
}

/* What stands in a path behind a folder: a user's name, a disk's model and serial number. */
static size_t path_at(const char *text, size_t bytes, size_t at, size_t *from, enum redact_kind *kind)
{
    static const char *const folders[] = {"/home/", "/Users/", "/by-id/", "wwn-0x", "eui."};
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        size_t folder = strlen(folders[i]), end = at + folder;
        if (end > bytes || strncmp(text + at, folders[i], folder) != 0)
            continue;
        *from = end;
        while (end < bytes && !strchr("/ ,;\"\\'", text[end]))
            end++;
        *kind = i < 2 ? REDACT_USER : REDACT_SERIAL;
        return end - *from;
    }
    return 0;
}

/* A name that was given, and the domain behind it. A record's type and its members' names stay. */
static size_t name_at(const struct private_names *names, const char *text, size_t bytes, size_t at)
{
    if ((at > 0 && is_word(text[at - 1])) || (at >= 5 && memcmp(text + at - 5, "\"t\":\"", 5) == 0))
        return 0;
    for (size_t i = 0; i < names->count; i++) {
        size_t end = at + strlen(names->words[i]);
        if (end == at || end > bytes || strncasecmp(text + at, names->words[i], end - at) != 0 ||
            (end < bytes && is_word(text[end]) && text[end] != '-') ||
            (end + 1 < bytes && text[end] == '"' && text[end + 1] == ':'))
            continue;
        while (end + 1 < bytes && text[end] == '.' && isalnum((unsigned char)text[end + 1]))
            for (end++; end < bytes && is_word(text[end]);)
                end++;
        return end - at;
    }
    return 0;
}

size_t private_at(const struct private_names *names, const char *text, size_t bytes, size_t at, size_t *from,
                  enum redact_kind *kind)
{
    size_t length;

    *from = at;
    *kind = REDACT_MAC;
    if ((length = mac_at(text, bytes, at)) > 0 || (length = pattern_at(text, bytes, at, "hhhh.hhhh.hhhh")) > 0)
        return length;
    *kind = REDACT_SERIAL;
    if ((length = pattern_at(text, bytes, at, "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh")) > 0)
        return length;
    if ((length = value_at(text, bytes, at, from, kind)) > 0 || (length = path_at(text, bytes, at, from, kind)) > 0)
        return length;
    *from = at;
    *kind = REDACT_HOST;
    return name_at(names, text, bytes, at);
}
