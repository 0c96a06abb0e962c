/* SPDX-License-Identifier: MIT */
/*
 * The stick's saver: a UEFI program that finds the log of the run before the restart in memory (lib/kept/kept.h) and
 * writes it into results\ on the stick that the machine was started from.
 *
 * GRUB starts it before its menu. Without a log it says nothing and is gone. It never writes into a file that is there,
 * nor to a volume without idlelab.lab, and takes only memory that holds no device and no firmware's own code. What was
 * written is read back. A log that is on the stick is taken out of memory, so that it is not found again.
 */
#include "boot/efi/efi.h"
#include "lib/cstring.h"
#include "lib/fmt.h"
#include "lib/kept/kept.h"

enum {
    EFI_PAGE_BYTES = 4096,
    MAP_SLACK_BYTES = 4096, /* the map grows by the room that is taken for it */
    LINE_BYTES = 160,
    PIECE_BYTES = 4096, /* read back at a time */
    KEY_POLL_US = 50000,
    NAMES_MAX = 10,
};

/* A device may stand above this; no machine has so much memory. */
static const uint64_t memory_end = UINT64_C(1) << 46;

struct saver {
    struct efi_system_table *system;
    struct efi_file *root, *file;
    struct kept_found found;
    bool failed;
    uint64_t bytes;
    uint64_t missing;
};

static void say(struct saver *saver, const char *text)
{
    efi_char wide[LINE_BYTES + 2];
    size_t used = 0;

    for (; *text != '\0' && used < LINE_BYTES; text++) {
        if (*text == '\n')
            wide[used++] = '\r';
        wide[used++] = (efi_char)*text;
    }
    wide[used] = 0;
    saver->system->out->output(saver->system->out, wide);
}

static void look_at(struct saver *saver, const struct efi_memory *memory)
{
    uint64_t end = memory->start + memory->pages * EFI_PAGE_BYTES;
    uint64_t at = (memory->start + KEPT_BLOCK_BYTES - 1) & ~(uint64_t)(KEPT_BLOCK_BYTES - 1);

    if (memory->type != EFI_CONVENTIONAL && (memory->type < EFI_LOADER_CODE || memory->type > EFI_BOOT_DATA))
        return;
    if (memory->start >= memory_end || memory->pages > memory_end / EFI_PAGE_BYTES)
        return;
    for (; at < end && end - at >= KEPT_BLOCK_BYTES; at += KEPT_BLOCK_BYTES)
        if (at != 0)
            kept_look(&saver->found, (const void *)(uintptr_t)at);
}

/* Neighbours in the map may hold one block between them: adjoining entries are looked at as one. */
static void look_at_all(struct saver *saver, const uint8_t *map, uint64_t bytes, uint64_t entry_bytes)
{
    struct efi_memory joined = {.pages = 0}, next;

    for (uint64_t at = 0; bytes - at >= entry_bytes; at += entry_bytes) {
        memcpy(&next, map + at, sizeof(next));
        if (next.type >= EFI_LOADER_CODE && next.type <= EFI_BOOT_DATA)
            next.type = EFI_CONVENTIONAL;
        if (next.type == EFI_CONVENTIONAL && joined.pages != 0 &&
            joined.start + joined.pages * EFI_PAGE_BYTES == next.start) {
            joined.pages += next.pages;
            continue;
        }
        look_at(saver, &joined);
        joined.pages = 0;
        if (next.type == EFI_CONVENTIONAL)
            joined = next;
    }
    look_at(saver, &joined);
}

static void find(struct saver *saver)
{
    struct efi_boot_services *boot = saver->system->boot;
    uint64_t bytes = 0, key, entry_bytes = 0;
    uint32_t version;
    void *map;

    if (boot->memory_map(&bytes, NULL, &key, &entry_bytes, &version) != EFI_BUFFER_TOO_SMALL)
        return;
    bytes += MAP_SLACK_BYTES;
    if (EFI_ERROR(boot->allocate(EFI_LOADER_DATA, bytes, &map)))
        return;
    if (!EFI_ERROR(boot->memory_map(&bytes, map, &key, &entry_bytes, &version)) &&
        entry_bytes >= sizeof(struct efi_memory))
        look_at_all(saver, map, bytes, entry_bytes);
    boot->release(map);
}

/* A name of ASCII characters. */
static void widen(efi_char *to, const char *from)
{
    do
        *to++ = (efi_char)*from;
    while (*from++ != '\0');
}

static efi_status open_file(struct efi_file *root, struct efi_file **file, const char *name, uint64_t mode,
                            uint64_t attributes)
{
    efi_char wide[LINE_BYTES];

    widen(wide, name);
    return root->open(root, file, wide, mode, attributes);
}

/*
 * The volume that the firmware started GRUB from, which GRUB's own loaded image names: how GRUB calls the device that
 * it took this program from need not be a handle with a file system. NULL, or why it is not to be written.
 */
static const char *open_stick(struct saver *saver, efi_handle self)
{
    static const struct efi_guid image_guid = EFI_LOADED_IMAGE_GUID, volume_guid = EFI_FILE_SYSTEM_GUID;
    struct efi_boot_services *boot = saver->system->boot;
    struct efi_loaded_image *image, *loader;
    struct efi_file_system *volume;
    struct efi_file *script;

    if (EFI_ERROR(boot->protocol(self, &image_guid, (void **)&image)) ||
        EFI_ERROR(boot->protocol(image->parent, &image_guid, (void **)&loader)) ||
        EFI_ERROR(boot->protocol(loader->device, &volume_guid, (void **)&volume)) ||
        EFI_ERROR(volume->open_volume(volume, &saver->root)))
        return "the stick cannot be read";
    if (EFI_ERROR(open_file(saver->root, &script, "idlelab.lab", EFI_FILE_READ, 0)))
        return "this is not idlelab's stick";
    script->close(script);
    return NULL;
}

/* A file whose name is free: the run's, or the run's with a number. NULL, or what is wrong. */
static const char *create(struct saver *saver, char name[LINE_BYTES])
{
    struct efi_file *there;

    if (EFI_ERROR(open_file(saver->root, &there, "results", EFI_FILE_READ | EFI_FILE_WRITE | EFI_FILE_CREATE,
                            EFI_FILE_DIRECTORY)))
        return "the stick cannot be written";
    there->close(there);
    for (int i = 1; i < NAMES_MAX; i++) {
        if (i == 1)
            fmt(name, LINE_BYTES, "results\\%016lx.log", saver->found.run);
        else
            fmt(name, LINE_BYTES, "results\\%016lx-%d.log", saver->found.run, i);
        if (!EFI_ERROR(open_file(saver->root, &there, name, EFI_FILE_READ, 0))) {
            there->close(there);
            continue;
        }
        if (EFI_ERROR(open_file(saver->root, &saver->file, name, EFI_FILE_READ | EFI_FILE_WRITE | EFI_FILE_CREATE, 0)))
            return "the file cannot be created";
        return NULL;
    }
    return "the run's names are all taken";
}

static bool write_piece(void *context, const char *text, size_t bytes)
{
    struct saver *saver = context;
    uint64_t written = bytes;

    if (bytes > 0 && (EFI_ERROR(saver->file->write(saver->file, &written, text)) || written != bytes))
        saver->failed = true;
    saver->bytes += bytes;
    return !saver->failed;
}

/* Holds the file against the memory. */
static bool compare_piece(void *context, const char *text, size_t bytes)
{
    struct saver *saver = context;
    uint8_t read[PIECE_BYTES];

    while (bytes > 0 && !saver->failed) {
        uint64_t piece = bytes < sizeof(read) ? bytes : sizeof(read), got = piece;

        saver->failed =
            EFI_ERROR(saver->file->read(saver->file, &got, read)) || got != piece || memcmp(read, text, piece) != 0;
        text += piece;
        bytes -= piece;
    }
    return !saver->failed;
}

/* NULL, or what is wrong; the file is gone then. */
static const char *write_log(struct saver *saver)
{
    const char *problem = "the stick is full, or cannot be written";

    saver->missing = kept_text(&saver->found, write_piece, saver);
    if (!saver->failed && !EFI_ERROR(saver->file->flush(saver->file)) &&
        !EFI_ERROR(saver->file->set_position(saver->file, 0))) {
        kept_text(&saver->found, compare_piece, saver);
        problem = saver->failed ? "what the stick gives back is not what was written" : NULL;
    }
    if (problem == NULL)
        saver->file->close(saver->file);
    else
        saver->file->remove(saver->file);
    return problem;
}

static void wait_for_key(struct saver *saver)
{
    struct efi_text_in *in = saver->system->in;
    struct efi_key key;

    in->reset(in, 0);
    while (EFI_ERROR(in->read(in, &key)))
        saver->system->boot->stall(KEY_POLL_US);
}

/* What is on the stick is found no more. */
static void forget(const struct kept_found *found)
{
    for (uint32_t i = 0; i < found->count; i++)
        if (found->blocks[i] != NULL)
            memset((void *)(uintptr_t)found->blocks[i], 0, KEPT_HEAD_BYTES);
}

/* True where the log is on the stick now. */
static bool save(struct saver *saver, efi_handle self)
{
    char line[LINE_BYTES], name[LINE_BYTES] = "";
    const char *problem;

    fmt(line, sizeof(line), "\nidlelab: the log of run %016lx is in memory.\n", saver->found.run);
    say(saver, line);
    problem = open_stick(saver, self);
    if (problem == NULL) {
        say(saver, "It is being written to the stick; leave the stick in.\n");
        problem = create(saver, name);
    }
    if (problem == NULL)
        problem = write_log(saver);
    if (problem != NULL) {
        fmt(line, sizeof(line), "NOT SAVED: %s.\n", problem);
        say(saver, line);
        say(saver, "The log stays in memory until the machine is switched off: a restart tries again.\n");
        return false;
    }
    fmt(line, sizeof(line), "Saved: %s, %lu bytes, read back and the same.\n", name, saver->bytes);
    say(saver, line);
    if (saver->missing != 0)
        say(saver, "NOT ALL of the log was in memory; the file says what is missing.\n");
    forget(&saver->found);
    return true;
}

efi_status EFI_CALL efi_main(efi_handle self, struct efi_system_table *system);

efi_status EFI_CALL efi_main(efi_handle self, struct efi_system_table *system)
{
    struct saver *saver;
    void *memory;

    if (EFI_ERROR(system->boot->allocate(EFI_LOADER_DATA, sizeof(*saver), &memory)))
        return EFI_NOT_FOUND;
    saver = memset(memory, 0, sizeof(*saver));
    saver->system = system;
    find(saver);
    if (saver->found.any) {
        system->boot->watchdog(0, 0, 0, NULL);
        if (save(saver, self) && kept_goes_on(&saver->found)) {
            say(saver, "The series goes on.\n");
        } else {
            say(saver, "Switch the machine off, or press a key for the menu.\n");
            wait_for_key(saver);
        }
    }
    system->boot->release(memory);
    return 0;
}
