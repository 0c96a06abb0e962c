/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "tests/docs/image.h"

#include <elf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static struct {
    unsigned char *file;
    size_t bytes;
} image;

static _Noreturn void die(const char *text, const char *name)
{
    fprintf(stderr, "fill: %s: %s\n", name, text);
    exit(2);
}

static void read_file(const char *path)
{
    FILE *stream = fopen(path, "rb");

    if (!stream || fseek(stream, 0, SEEK_END))
        die("cannot be read", path);
    image.bytes = (size_t)ftell(stream);
    image.file = malloc(image.bytes);
    rewind(stream);
    if (!image.file || image.bytes < sizeof(Elf64_Ehdr) || fread(image.file, 1, image.bytes, stream) != image.bytes)
        die("cannot be read", path);
    fclose(stream);
}

void image_load(const char *path)
{
    uintptr_t low = UINTPTR_MAX, high = 0;
    const Elf64_Ehdr *header;
    const Elf64_Phdr *segment;

    read_file(path);
    header = (const Elf64_Ehdr *)image.file;
    if (memcmp(header->e_ident, ELFMAG, SELFMAG) || header->e_ident[EI_CLASS] != ELFCLASS64)
        die("is no ELF64 file", path);
    segment = (const Elf64_Phdr *)(image.file + header->e_phoff);
    for (int i = 0; i < header->e_phnum; i++) {
        if (segment[i].p_type != PT_LOAD)
            continue;
        low = segment[i].p_vaddr < low ? segment[i].p_vaddr : low;
        high = segment[i].p_vaddr + segment[i].p_memsz > high ? segment[i].p_vaddr + segment[i].p_memsz : high;
    }
    low &= ~UINT64_C(0xfff);
    if (mmap((void *)low, high - low, PROT_READ | PROT_WRITE | PROT_EXEC,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != (void *)low)
        die("its addresses are taken in this process", path);
    for (int i = 0; i < header->e_phnum; i++)
        if (segment[i].p_type == PT_LOAD)
            memcpy((void *)segment[i].p_vaddr, image.file + segment[i].p_offset, segment[i].p_filesz);
}

void *image_symbol(const char *name)
{
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)image.file;
    const Elf64_Shdr *section = (const Elf64_Shdr *)(image.file + header->e_shoff);

    for (int i = 0; i < header->e_shnum; i++) {
        const Elf64_Sym *symbol;
        const char *names;

        if (section[i].sh_type != SHT_SYMTAB)
            continue;
        symbol = (const Elf64_Sym *)(image.file + section[i].sh_offset);
        names = (const char *)image.file + section[section[i].sh_link].sh_offset;

        for (size_t at = 0; at < section[i].sh_size / sizeof(*symbol); at++)
            if (symbol[at].st_shndx != SHN_UNDEF && !strcmp(names + symbol[at].st_name, name))
                return (void *)symbol[at].st_value;
    }
    die("the image has no such symbol", name);
}
