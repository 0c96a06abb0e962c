/* SPDX-License-Identifier: MIT */
#include "run/tool/bundle/tar.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "run/tool/whole_file.h"

#define BLOCK       512
#define GZIP_WINDOW (15 + 16) /* zlib writes gzip's header */
#define NO_SYSTEM   255       /* gzip's word for "unknown" */

/* POSIX.1-2017, pax, "ustar Interchange Format". */
struct header {
    char name[100], mode[8], uid[8], gid[8], size[12], time[12], sum[8], type, link[100], magic[6], version[2];
    char user[32], group[32], major[8], minor[8], prefix[155], rest[12];
};
_Static_assert(sizeof(struct header) == BLOCK, "a header of ustar has 512 bytes");

static void fill_header(struct header *header, const struct tar_file *file)
{
    unsigned sum = 0;
    char digits[16];

    memset(header, 0, sizeof(*header));
    memcpy(header->name, file->name, strlen(file->name));
    memcpy(header->mode, "0000644", 8);
    memcpy(header->uid, "0000000", 8);
    memcpy(header->gid, "0000000", 8);
    snprintf(digits, sizeof(digits), "%011zo", file->bytes);
    memcpy(header->size, digits, 12);
    memcpy(header->time, "00000000000", 12);
    memset(header->sum, ' ', sizeof(header->sum));
    header->type = '0';
    memcpy(header->magic, "ustar", 6);
    memcpy(header->version, "00", 2);
    for (size_t i = 0; i < BLOCK; i++)
        sum += ((const unsigned char *)header)[i];
    snprintf(digits, sizeof(digits), "%06o", sum);
    memcpy(header->sum, digits, 7);
}

/* The archive before it is packed. NULL without memory. */
static char *lay_out(const struct tar_file *files, size_t count, size_t *bytes)
{
    char *data, *at;

    *bytes = 2 * (size_t)BLOCK;
    for (size_t i = 0; i < count; i++)
        *bytes += BLOCK + (files[i].bytes + BLOCK - 1) / BLOCK * BLOCK;
    at = data = calloc(1, *bytes);
    for (size_t i = 0; data && i < count; i++) {
        struct header header;
        fill_header(&header, &files[i]);
        memcpy(at, &header, BLOCK);
        memcpy(at + BLOCK, files[i].data, files[i].bytes);
        at += BLOCK + (files[i].bytes + BLOCK - 1) / BLOCK * BLOCK;
    }
    return data;
}

/* Packs it; NULL without memory. */
static unsigned char *pack(char *data, size_t bytes, size_t *packed_bytes)
{
    gz_header header = {.os = NO_SYSTEM};
    z_stream stream = {0};
    unsigned char *packed = NULL;
    uLong room;

    if (bytes > 0xffffffff || deflateInit2(&stream, 9, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return NULL;
    deflateSetHeader(&stream, &header);
    room = deflateBound(&stream, bytes);
    packed = malloc(room);
    stream.next_in = (Bytef *)data;
    stream.avail_in = (uInt)bytes;
    stream.next_out = packed;
    stream.avail_out = (uInt)room;
    if (packed && deflate(&stream, Z_FINISH) != Z_STREAM_END) {
        free(packed);
        packed = NULL;
    }
    *packed_bytes = stream.total_out;
    deflateEnd(&stream);
    return packed;
}

bool tar_write(const char *path, const struct tar_file *files, size_t count)
{
    size_t bytes, packed_bytes = 0;
    char *data = lay_out(files, count, &bytes);
    unsigned char *packed = data ? pack(data, bytes, &packed_bytes) : NULL;
    bool good = packed && whole_file_write(path, packed, packed_bytes);

    if (!packed)
        errno = ENOMEM;
    free(packed);
    free(data);
    return good;
}

static bool ends_with(const char *text, const char *name)
{
    size_t bytes = strlen(text), tail = strlen(name);
    return bytes > tail && strcmp(text + bytes - tail, name) == 0 && text[bytes - tail - 1] == '/';
}

/* A number of octal digits; more than `most` is most + 1. */
static size_t octal(const char *digits, size_t count, size_t most)
{
    size_t value = 0;
    for (size_t i = 0; i < count && digits[i] >= '0' && digits[i] <= '7' && value <= most; i++)
        value = value * 8 + (size_t)(digits[i] - '0');
    return value <= most ? value : most + 1;
}

char *tar_read(const char *path, const char *name, size_t most)
{
    gzFile file = gzopen(path, "rb");
    char *data = NULL;
    struct header header;

    while (file && gzread(file, &header, BLOCK) == BLOCK && memcmp(header.magic, "ustar", 5) == 0) {
        size_t bytes = octal(header.size, 11, (size_t)1 << 32);
        header.mode[0] = '\0'; /* behind the name */
        if (!ends_with(header.name, name)) {
            if (gzseek(file, (z_off_t)((bytes + BLOCK - 1) / BLOCK * BLOCK), SEEK_CUR) < 0)
                break;
            continue;
        }
        data = bytes <= most ? calloc(1, bytes + 1) : NULL;
        if (data && gzread(file, data, (unsigned)bytes) != (int)bytes) {
            free(data);
            data = NULL;
        }
        break;
    }
    if (file)
        gzclose(file);
    return data;
}
