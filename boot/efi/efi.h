/* SPDX-License-Identifier: MIT */
/*
 * What the saver needs of UEFI. Source: UEFI specification 2.10: sections 4.3 (system table), 4.4 (boot services), 7.2
 * (memory services), 9.1 (loaded image), 12.3 and 12.4 (text input and output), 13.4 and 13.5 (file system).
 */
#ifndef LAB_BOOT_EFI_EFI_H
#define LAB_BOOT_EFI_EFI_H

#include <stddef.h>
#include <stdint.h>

#define EFI_CALL __attribute__((ms_abi))

typedef uint64_t efi_status; /* bit 63: an error */
typedef void *efi_handle;
typedef uint16_t efi_char;

#define EFI_ERROR(status)    ((status) >> 63 != 0)
#define EFI_NOT_FOUND        (UINT64_C(1) << 63 | 14)
#define EFI_BUFFER_TOO_SMALL (UINT64_C(1) << 63 | 5)

struct efi_guid {
    uint32_t a;
    uint16_t b, c;
    uint8_t d[8];
};

#define EFI_LOADED_IMAGE_GUID                                                                                          \
    {                                                                                                                  \
        0x5b1b31a1, 0x9562, 0x11d2,                                                                                    \
        {                                                                                                              \
            0x8e, 0x3f, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b                                                             \
        }                                                                                                              \
    }
#define EFI_FILE_SYSTEM_GUID                                                                                           \
    {                                                                                                                  \
        0x964e5b22, 0x6459, 0x11d2,                                                                                    \
        {                                                                                                              \
            0x8e, 0x39, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b                                                             \
        }                                                                                                              \
    }

struct efi_table_header {
    uint64_t signature;
    uint32_t revision, bytes, crc, reserved;
};

struct efi_text_out {
    void *reset;
    efi_status(EFI_CALL *output)(struct efi_text_out *self, const efi_char *text);
    void *test, *query_mode, *set_mode, *set_attribute;
    efi_status(EFI_CALL *clear)(struct efi_text_out *self);
};

struct efi_key {
    uint16_t scan_code;
    efi_char character;
};

struct efi_text_in {
    efi_status(EFI_CALL *reset)(struct efi_text_in *self, uint8_t extended);
    efi_status(EFI_CALL *read)(struct efi_text_in *self, struct efi_key *key);
};

enum efi_memory_type {
    EFI_LOADER_CODE = 1,
    EFI_LOADER_DATA = 2,
    EFI_BOOT_CODE = 3,
    EFI_BOOT_DATA = 4,
    EFI_CONVENTIONAL = 7,
};

struct efi_memory {
    uint32_t type, pad;
    uint64_t start, virtual_start, pages, attribute;
};

_Static_assert(sizeof(struct efi_memory) == 40, "7.2.3");

struct efi_boot_services {
    struct efi_table_header header;
    void *raise_tpl, *restore_tpl, *allocate_pages, *free_pages;
    efi_status(EFI_CALL *memory_map)(uint64_t *bytes, void *map, uint64_t *key, uint64_t *entry_bytes,
                                     uint32_t *version);
    efi_status(EFI_CALL *allocate)(uint32_t type, uint64_t bytes, void **memory);
    efi_status(EFI_CALL *release)(void *memory);
    void *events[6], *install[3];
    efi_status(EFI_CALL *protocol)(efi_handle handle, const struct efi_guid *guid, void **protocol);
    void *reserved, *notify, *locate[2], *configuration, *image[2], *exit, *unload, *exit_boot_services, *monotonic;
    efi_status(EFI_CALL *stall)(uint64_t us);
    efi_status(EFI_CALL *watchdog)(uint64_t seconds, uint64_t code, uint64_t bytes, const efi_char *text);
};

_Static_assert(offsetof(struct efi_boot_services, memory_map) == 24 + 4 * 8, "4.4");
_Static_assert(offsetof(struct efi_boot_services, protocol) == 24 + 16 * 8, "4.4");
_Static_assert(offsetof(struct efi_boot_services, stall) == 24 + 28 * 8, "4.4");

struct efi_system_table {
    struct efi_table_header header;
    efi_char *vendor;
    uint32_t revision, pad;
    efi_handle in_handle;
    struct efi_text_in *in;
    efi_handle out_handle;
    struct efi_text_out *out;
    efi_handle error_handle;
    struct efi_text_out *error;
    void *runtime;
    struct efi_boot_services *boot;
};

struct efi_loaded_image {
    uint32_t revision, pad;
    efi_handle parent;
    struct efi_system_table *system;
    efi_handle device;
};

#define EFI_FILE_READ      UINT64_C(1)
#define EFI_FILE_WRITE     UINT64_C(2)
#define EFI_FILE_CREATE    (UINT64_C(1) << 63)
#define EFI_FILE_DIRECTORY UINT64_C(0x10)

struct efi_file {
    uint64_t revision;
    efi_status(EFI_CALL *open)(struct efi_file *self, struct efi_file **file, const efi_char *name, uint64_t mode,
                               uint64_t attributes);
    efi_status(EFI_CALL *close)(struct efi_file *self);
    efi_status(EFI_CALL *remove)(struct efi_file *self); /* closes it, too */
    efi_status(EFI_CALL *read)(struct efi_file *self, uint64_t *bytes, void *to);
    efi_status(EFI_CALL *write)(struct efi_file *self, uint64_t *bytes, const void *from);
    void *get_position;
    efi_status(EFI_CALL *set_position)(struct efi_file *self, uint64_t position);
    void *get_info, *set_info;
    efi_status(EFI_CALL *flush)(struct efi_file *self);
};

struct efi_file_system {
    uint64_t revision;
    efi_status(EFI_CALL *open_volume)(struct efi_file_system *self, struct efi_file **root);
};

#endif /* LAB_BOOT_EFI_EFI_H */
