/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "run/tool/plan/image.h"

#include <elf.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static struct {
    unsigned char *file;
    size_t bytes;
} image;

static bool holds(uint64_t offset, uint64_t bytes)
{
    return offset <= image.bytes && bytes <= image.bytes - offset;
}

/* True where every table and every part of a section that is read lies in the file. */
static bool is_whole(void)
{
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)image.file;
    const Elf64_Phdr *segment;
    const Elf64_Shdr *section;

    if (image.bytes < sizeof(*header) || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
        header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_machine != EM_X86_64 ||
        !holds(header->e_phoff, header->e_phnum * sizeof(*segment)) ||
        !holds(header->e_shoff, header->e_shnum * sizeof(*section)))
        return false;
    segment = (const Elf64_Phdr *)(image.file + header->e_phoff);
    for (int i = 0; i < header->e_phnum; i++)
        if (segment[i].p_type == PT_LOAD && !holds(segment[i].p_offset, segment[i].p_filesz))
            return false;
    section = (const Elf64_Shdr *)(image.file + header->e_shoff);
    for (int i = 0; i < header->e_shnum; i++)
        if ((section[i].sh_type == SHT_SYMTAB || section[i].sh_type == SHT_STRTAB) &&
            (!holds(section[i].sh_offset, section[i].sh_size) || section[i].sh_link >= header->e_shnum))
            return false;
    return true;
}

static bool read_file(const char *path)
{
    FILE *stream = fopen(path, "rb");
    long bytes = -1;

    if (stream && fseek(stream, 0, SEEK_END) == 0)
        bytes = ftell(stream);
    if (bytes > 0)
        image.file = malloc((size_t)bytes + 1); /* with a NUL behind the last name */
    if (image.file) {
        rewind(stream);
        image.bytes = fread(image.file, 1, (size_t)bytes, stream);
        image.file[image.bytes] = '\0';
    }
    if (stream)
        fclose(stream);
    return bytes > 0 && image.bytes == (size_t)bytes;
}

const char *image_load(const char *path)
{
    uintptr_t low = UINTPTR_MAX, high = 0;
    const Elf64_Phdr *segment;
    int count;

    if (!read_file(path))
        return "cannot be read";
    if (!is_whole())
        return "is no whole ELF64 file of this processor";
    segment = (const Elf64_Phdr *)(image.file + ((const Elf64_Ehdr *)image.file)->e_phoff);
    count = ((const Elf64_Ehdr *)image.file)->e_phnum;
    for (int i = 0; i < count; i++) {
        if (segment[i].p_type != PT_LOAD)
            continue;
        if (segment[i].p_filesz > segment[i].p_memsz || segment[i].p_vaddr + segment[i].p_memsz > UINT32_MAX)
            return "is not linked for the low 4 GiB";
        low = segment[i].p_vaddr < low ? segment[i].p_vaddr : low;
        high = segment[i].p_vaddr + segment[i].p_memsz > high ? segment[i].p_vaddr + segment[i].p_memsz : high;
    }
    low &= ~UINT64_C(0xfff);
    if (high <= low || low == 0 ||
        mmap((void *)low, high - low, PROT_READ | PROT_WRITE | PROT_EXEC,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != (void *)low)
        return "cannot lie at its addresses in this process";
    for (int i = 0; i < count; i++)
        if (segment[i].p_type == PT_LOAD)
            memcpy((void *)segment[i].p_vaddr, image.file + segment[i].p_offset, segment[i].p_filesz);
    return NULL;
}

void *image_symbol(const char *name)
{
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)image.file;
    const Elf64_Shdr *section = (const Elf64_Shdr *)(image.file + header->e_shoff);

    for (int i = 0; i < header->e_shnum; i++) {
        const Elf64_Shdr *names;
        const Elf64_Sym *symbol;

        if (section[i].sh_type != SHT_SYMTAB)
            continue;
        symbol = (const Elf64_Sym *)(image.file + section[i].sh_offset);
        names = &section[section[i].sh_link];
        for (size_t at = 0; at < section[i].sh_size / sizeof(*symbol); at++)
            if (symbol[at].st_shndx != SHN_UNDEF && symbol[at].st_name < names->sh_size &&
                strcmp((const char *)image.file + names->sh_offset + symbol[at].st_name, name) == 0)
                return (void *)symbol[at].st_value;
    }
    return NULL;
}
