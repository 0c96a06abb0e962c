/* SPDX-License-Identifier: MIT */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "run/launch/host_kernel.h"

#include <dirent.h>
#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { PATH_BYTES = 320, LINE_BYTES = 200, ISA_VMX = 1, ISA_SVM = 2 };

static const char KVM_FOLDER[] = "/sys/kernel/debug/kvm";
static const char EXITS_FILE[] = "/sys/kernel/tracing/events/kvm/kvm_exit/hist";

/* The first line of a file. */
static bool first_line(const char *path, char *line, size_t room)
{
    FILE *file = fopen(path, "re");
    bool got = file != NULL && fgets(line, (int)room, file) != NULL;

    if (file != NULL)
        fclose(file);
    if (got)
        line[strcspn(line, "\n")] = '\0';
    return got;
}

/* The first path that a pattern with the process's number matches: it begins the name of a VM's folder. */
static bool find_path(char *path, size_t room, const char *format, long pid)
{
    char pattern[PATH_BYTES];
    glob_t found = {0};
    bool good;

    snprintf(pattern, sizeof(pattern), format, KVM_FOLDER, pid);
    good = glob(pattern, 0, NULL, &found) == 0 && found.gl_pathc > 0 && strlen(found.gl_pathv[0]) < room;
    if (good)
        memcpy(path, found.gl_pathv[0], strlen(found.gl_pathv[0]) + 1);
    globfree(&found);
    return good;
}

static void add(struct host_counters *out, const char *name, uint64_t value)
{
    struct host_counter *counter;

    if (out->counter_count == HOST_COUNTERS_MAX || strlen(name) >= HOST_NAME_BYTES) {
        out->dropped_count++;
        return;
    }
    counter = &out->counter[out->counter_count++];
    memset(counter, 0, sizeof(*counter));
    memcpy(counter->name, name, strlen(name));
    counter->value = value;
}

bool host_kernel_counters(struct host_counters *out, long pid)
{
    char folder[PATH_BYTES / 2];
    struct dirent *entry;
    DIR *files;

    memset(out, 0, sizeof(*out));
    files = find_path(folder, sizeof(folder), "%s/%ld-*", pid) ? opendir(folder) : NULL;
    while (files != NULL && (entry = readdir(files)) != NULL) {
        char path[PATH_BYTES + sizeof(entry->d_name)];
        char line[LINE_BYTES];
        uint64_t value;

        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        if (entry->d_type == DT_REG && first_line(path, line, sizeof(line)) && sscanf(line, "%" SCNu64, &value) == 1)
            add(out, entry->d_name, value);
    }
    if (files != NULL)
        closedir(files);
    return out->counter_count > 0;
}

bool host_kernel_advance(long pid, char *text, size_t room)
{
    char path[PATH_BYTES];

    return find_path(path, sizeof(path), "%s/%ld-*/vcpu0/lapic_timer_advance_ns", pid) && first_line(path, text, room);
}

void host_exit_name(char *name, size_t room, unsigned isa, unsigned reason)
{
    static const char *const vmx[] = {[0] = "exception",
                                      [1] = "interrupt",
                                      [2] = "triple_fault",
                                      [7] = "interrupt_window",
                                      [8] = "nmi_window",
                                      [9] = "task",
                                      [10] = "cpuid",
                                      [12] = "hlt",
                                      [13] = "invd",
                                      [14] = "invlpg",
                                      [15] = "rdpmc",
                                      [16] = "rdtsc",
                                      [18] = "vmcall",
                                      [28] = "cr",
                                      [29] = "dr",
                                      [30] = "io",
                                      [31] = "rdmsr",
                                      [32] = "wrmsr",
                                      [33] = "invalid_state",
                                      [36] = "mwait",
                                      [37] = "trap_flag",
                                      [39] = "monitor",
                                      [40] = "pause",
                                      [43] = "tpr",
                                      [44] = "apic",
                                      [45] = "eoi",
                                      [48] = "ept_violation",
                                      [49] = "ept_misconfig",
                                      [51] = "rdtscp",
                                      [54] = "wbinvd",
                                      [52] = "preemption_timer",
                                      [55] = "xsetbv",
                                      [56] = "apic_write",
                                      [67] = "umwait",
                                      [68] = "tpause"};
    static const struct {
        unsigned code;
        const char *name;
    } svm[] = {{0x60, "interrupt"},
               {0x61, "nmi"},
               {0x64, "interrupt_window"},
               {0x6e, "rdtsc"},
               {0x72, "cpuid"},
               {0x76, "invd"},
               {0x77, "pause"},
               {0x78, "hlt"},
               {0x79, "invlpg"},
               {0x7b, "io"},
               {0x7c, "msr"},
               {0x7d, "task"},
               {0x7f, "shutdown"},
               {0x81, "vmmcall"},
               {0x89, "wbinvd"},
               {0x8a, "monitor"},
               {0x8b, "mwait"},
               {0x8c, "mwait_armed"},
               {0x8d, "xsetbv"},
               {0x400, "npf"},
               {0x401, "avic_incomplete_ipi"},
               {0x402, "avic_unaccelerated"}};

    if (isa == ISA_VMX && reason < sizeof(vmx) / sizeof(vmx[0]) && vmx[reason] != NULL) {
        snprintf(name, room, "%s", vmx[reason]);
        return;
    }
    for (size_t i = 0; isa == ISA_SVM && i < sizeof(svm) / sizeof(svm[0]); i++) {
        if (svm[i].code == reason) {
            snprintf(name, room, "%s", svm[i].name);
            return;
        }
    }
    snprintf(name, room, "%s_%u", isa == ISA_VMX ? "vmx" : isa == ISA_SVM ? "svm" : "exit", reason);
}

void host_exits_line(struct host_counters *out, const char *line)
{
    char name[HOST_NAME_BYTES];
    unsigned isa, reason;
    uint64_t count;

    if (sscanf(line, "{ isa: %u, exit_reason: %u } hitcount: %" SCNu64, &isa, &reason, &count) == 3) {
        host_exit_name(name, sizeof(name), isa, reason);
        add(out, name, count);
    }
}

void host_exits_from_zero(struct host_counters *before, const struct host_counters *now)
{
    uint64_t value;

    for (uint32_t i = 0; i < now->counter_count; i++)
        if (!host_counters_find(before, now->counter[i].name, &value))
            add(before, now->counter[i].name, 0);
}

bool host_kernel_exits(struct host_counters *out)
{
    char line[LINE_BYTES];
    FILE *file = fopen(EXITS_FILE, "re");
    bool is_set = false;

    memset(out, 0, sizeof(*out));
    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        is_set |= strncmp(line, "# trigger info: hist:keys=isa,exit_reason", 41) == 0;
        host_exits_line(out, line);
    }
    if (file != NULL)
        fclose(file);
    return is_set;
}
