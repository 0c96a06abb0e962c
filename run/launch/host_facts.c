/* SPDX-License-Identifier: MIT */
#include "run/launch/host_facts.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "run/launch/host_records.h"

enum {
    VALUE_BYTES = 512,
    IDLE_STATES_MAX = 16,
};

/* The first line of a small file. False when it is empty or cannot be read. */
static bool read_line(const char *path, char *line, size_t room)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : read(fd, line, room - 1);

    if (fd >= 0)
        close(fd);
    line[got > 0 ? got : 0] = '\0';
    line[strcspn(line, "\n")] = '\0';
    return line[0] != '\0';
}

/* run/nested says in what its whole host runs. */
static void write_emulator(struct record_stream *stream)
{
    const char *name = getenv("IDLELAB_EMULATOR");

    if (name != NULL)
        host_record_fact(stream, "emulator", name);
}

static void write_kernel(struct record_stream *stream)
{
    struct utsname name;

    if (uname(&name) == 0) {
        host_record_fact(stream, "kernel", name.release);
        host_record_fact(stream, "kernel_build", name.version);
    }
}

static void write_cpu_model(struct record_stream *stream)
{
    static const char key[] = "model name";
    char line[VALUE_BYTES];
    FILE *file = fopen("/proc/cpuinfo", "re");

    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        const char *colon = strchr(line, ':');
        if (strncmp(line, key, strlen(key)) == 0 && colon != NULL) {
            line[strcspn(line, "\n")] = '\0';
            host_record_fact(stream, "cpu_model", colon + 1 + strspn(colon + 1, " "));
            break;
        }
    }
    if (file != NULL)
        fclose(file);
}

static void write_files(struct record_stream *stream)
{
    static const struct {
        const char *key;
        const char *path;
    } files[] = {
        {"cpus_online", "/sys/devices/system/cpu/online"},
        {"cpus_isolated", "/sys/devices/system/cpu/isolated"},
        {"cpus_nohz_full", "/sys/devices/system/cpu/nohz_full"},
        {"smt_active", "/sys/devices/system/cpu/smt/active"},
        {"cpuidle_driver", "/sys/devices/system/cpu/cpuidle/current_driver"},
        {"cpuidle_governor", "/sys/devices/system/cpu/cpuidle/current_governor_ro"},
        {"cpufreq_driver", "/sys/devices/system/cpu/cpu0/cpufreq/scaling_driver"},
        {"cpufreq_governor", "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"},
        {"umwait_max_time", "/sys/devices/system/cpu/umwait_control/max_time"},
        {"clocksource", "/sys/devices/system/clocksource/clocksource0/current_clocksource"},
        {"loadavg", "/proc/loadavg"},
    };
    char value[VALUE_BYTES];

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        if (read_line(files[i].path, value, sizeof(value)))
            host_record_fact(stream, files[i].key, value);
}

/* "POLL C1 C6(off)": the idle states of the host's CPU 0. */
static void write_idle_states(struct record_stream *stream)
{
    char value[VALUE_BYTES] = "";
    size_t used = 0;

    for (unsigned i = 0; i < IDLE_STATES_MAX; i++) {
        char path[96];
        char name[32];
        char off[8];
        bool is_off;
        int more;

        snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu0/cpuidle/state%u/name", i);
        if (!read_line(path, name, sizeof(name)))
            break;
        snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu0/cpuidle/state%u/disable", i);
        is_off = read_line(path, off, sizeof(off)) && strcmp(off, "0") != 0;
        more = snprintf(value + used, sizeof(value) - used, "%s%s%s", i == 0 ? "" : " ", name, is_off ? "(off)" : "");
        if (more < 0 || used + (size_t)more >= sizeof(value))
            break;
        used += (size_t)more;
    }
    if (used > 0)
        host_record_fact(stream, "cpuidle_states", value);
}

/* All parameters of one module, as MODULE.PARAMETER. */
static void write_module(struct record_stream *stream, const char *module)
{
    char path[VALUE_BYTES];
    char key[128];
    char value[VALUE_BYTES];
    struct dirent **names;
    int count;

    snprintf(path, sizeof(path), "/sys/module/%s/parameters", module);
    count = scandir(path, &names, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        if (names[i]->d_name[0] != '.') {
            snprintf(path, sizeof(path), "/sys/module/%s/parameters/%s", module, names[i]->d_name);
            snprintf(key, sizeof(key), "%.30s.%.64s", module, names[i]->d_name);
            if (read_line(path, value, sizeof(value)))
                host_record_fact(stream, key, value);
        }
        free(names[i]);
    }
    if (count >= 0)
        free(names);
}

static int is_kvm(const struct dirent *entry)
{
    return strncmp(entry->d_name, "kvm", 3) == 0;
}

static void write_modules(struct record_stream *stream)
{
    struct dirent **names;
    int count = scandir("/sys/module", &names, is_kvm, alphasort);

    for (int i = 0; i < count; i++) {
        write_module(stream, names[i]->d_name);
        free(names[i]);
    }
    if (count >= 0)
        free(names);
}

static void write_command(struct record_stream *stream, char *const *argv)
{
    static const char *const options[] = {"-accel", "-cpu", "-machine", "-M", "-smp", "-m", "-overcommit", "-icount"};

    for (size_t i = 0; argv[i] != NULL && argv[i + 1] != NULL; i++) {
        for (size_t o = 0; o < sizeof(options) / sizeof(options[0]); o++) {
            if (strcmp(argv[i], options[o]) == 0) {
                char key[32];
                snprintf(key, sizeof(key), "qemu_%s", options[o] + 1);
                host_record_fact(stream, key, argv[i + 1]);
            }
        }
    }
}

void host_facts_write(struct record_stream *stream, char *const *argv)
{
    write_emulator(stream);
    write_kernel(stream);
    write_cpu_model(stream);
    write_files(stream);
    write_idle_states(stream);
    write_modules(stream);
    write_command(stream, argv);
}
