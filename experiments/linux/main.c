/* SPDX-License-Identifier: MIT */
/*
 * idlelab inside Linux: SCRIPT... on the command line, the log on stdout, as the image sends it (engine/lab.c is the
 * image's main). Ends with 0 pass, 1 fail, 2 bad usage or script, 3 an error of the lab's own.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "arch/linux/os.h"
#include "arch/x86/machine.h"
#include "arch/x86/time/tsc.h"
#include "experiments/engine/build_id.h"
#include "experiments/engine/builtin_scripts.h"
#include "experiments/engine/fault_record.h"
#include "experiments/engine/runner.h"
#include "experiments/engine/script_load.h"
#include "lib/prng.h"

enum {
    REPEAT_BYTES = 256 * 1024,
    ARENA_BYTES = 4 * 1024 * 1024,
    MEMORY_BYTES = 256 * 1024 * 1024,
    SCRIPT_BYTES = 1024 * 1024,
    CPUS_MAX = 64,
};

enum exit_code { EXIT_PASS, EXIT_FAIL, EXIT_BAD, EXIT_LOST };

struct lab {
    struct machine *machine;
    struct boot_info boot;
    struct record_stream stream;
    struct ktap ktap;
    struct arena arena;
    struct plan plan;
    struct cmdline cmdline;
    bool script_wrong;
    char script[SCRIPT_BYTES];
    size_t script_bytes;
};

static const char usage[] =
    "usage: idlelab-linux SCRIPT... [--cpus A,B,...] >LOG\n"
    "run the lab as a program inside Linux: its own waits and the unprivileged instructions\n\n"
    "  SCRIPT   a built-in script's name, a file, or a statement (docs/scripts.md)\n"
    "  --cpus   Linux's numbers of the CPUs to use, the one that is measured first; all but the\n"
    "           first wake or work. Without it the first two of the thread's affinity.\n";

static void die(const char *text, const char *more)
{
    fprintf(stderr, "idlelab-linux: %s%s%s\n%s", text, more ? ": " : "", more ? more : "", usage);
    exit(EXIT_BAD);
}

/* Lines go out whole; a pipe may take a part of one, or nothing for now where who shares it has set O_NONBLOCK. */
static void write_out(void *context, const char *text, size_t bytes)
{
    struct pollfd room = {.fd = STDOUT_FILENO, .events = POLLOUT};

    (void)context;
    while (bytes) {
        ssize_t sent = write(STDOUT_FILENO, text, bytes);

        if (sent < 0 && errno == EAGAIN) {
            poll(&room, 1, -1);
        } else if (sent < 0 && errno != EINTR) {
            perror("idlelab-linux: stdout");
            _exit(EXIT_LOST);
        }
        if (sent > 0) {
            text += sent;
            bytes -= (size_t)sent;
        }
    }
}

static enum exit_code end_run(struct lab *lab)
{
    enum record_result result = record_end_run(&lab->stream, &lab->ktap.counts);

    if (result == RECORD_ERROR)
        return lab->script_wrong ? EXIT_BAD : EXIT_LOST;
    return result == RECORD_PASS ? EXIT_PASS : EXIT_FAIL;
}

/* Nothing more is run. */
static void give_up(struct lab *lab, const char *id, const char *text)
{
    record_finding(&lab->stream, -1, id, CONFIDENCE_NONE, text);
    lab->ktap.counts.error++;
    lab->ktap.counts.own_error = true;
}

/* A fault outside every guarded call, or a broken assertion, on any thread. */
static void fatal(void *context, const struct fault_report *report, const char *text)
{
    struct lab *lab = context;

    record_interrupted(&lab->stream);
    if (report)
        fault_record_emit(&lab->stream, -1, report);
    give_up(lab, "panic", text ? text : "an exception outside every experiment");
    _exit(end_run(lab));
}

static void add_text(struct lab *lab, const char *text, size_t bytes)
{
    if (lab->script_bytes + bytes + 1 > SCRIPT_BYTES)
        die("the scripts are too long", NULL);
    memcpy(lab->script + lab->script_bytes, text, bytes);
    lab->script_bytes += bytes;
    lab->script[lab->script_bytes++] = '\n';
}

static bool add_builtin(struct lab *lab, const char *name)
{
    for (size_t i = 0; i < builtin_script_count; i++)
        if (!strcmp(builtin_scripts[i].name, name)) {
            add_text(lab, builtin_scripts[i].text, builtin_scripts[i].text_bytes);
            return true;
        }
    return false;
}

static bool add_file(struct lab *lab, const char *name)
{
    static char text[SCRIPT_BYTES];
    FILE *file = fopen(name, "r");
    size_t got;

    if (!file)
        return false;
    got = fread(text, 1, sizeof(text), file);
    if (ferror(file))
        die("the script cannot be read", name);
    fclose(file);
    add_text(lab, text, got);
    return true;
}

static void add_script(struct lab *lab, const char *word)
{
    if (!add_builtin(lab, word) && !add_file(lab, word))
        add_text(lab, word, strlen(word));
}

static uint32_t parse_cpus(const char *text, int cpus[CPUS_MAX])
{
    uint32_t count = 0;

    do {
        char *end;
        long number = strtol(text, &end, 10);

        if (*text < '0' || *text > '9' || number >= CPU_SETSIZE || (*end && (*end != ',' || !end[1])))
            die("expected --cpus A,B,...", text);
        if (count == CPUS_MAX)
            die("more than 64 CPUs", NULL);
        for (uint32_t i = 0; i < count; i++)
            if (cpus[i] == number)
                die("a CPU is there twice", text);
        cpus[count++] = (int)number;
        text = *end ? end + 1 : end;
    } while (*text);
    return count;
}

static uint32_t default_cpus(int cpus[CPUS_MAX])
{
    cpu_set_t set;
    uint32_t count = 0;

    if (sched_getaffinity(0, sizeof(set), &set))
        die("the thread's affinity cannot be read", NULL);
    for (int i = 0; i < CPU_SETSIZE && count < 2; i++)
        if (CPU_ISSET(i, &set))
            cpus[count++] = i;
    return count;
}

static void emit_first(struct lab *lab, int argc, char **argv)
{
    char words[BOOT_CMDLINE_BYTES] = "";
    size_t used = 0;

    for (int i = 1; i < argc && used < sizeof(words); i++)
        used += (size_t)snprintf(words + used, sizeof(words) - used, "%s%s", i > 1 ? " " : "", argv[i]);
    record_env(&lab->stream, "build", build_id);
    record_env(&lab->stream, "compiler", build_compiler);
    record_env(&lab->stream, "protocol", "linux");
    record_env(&lab->stream, "cmdline", words);
    record_env_uint(&lab->stream, "ram_bytes", MEMORY_BYTES);
    record_env_uint(&lab->stream, "entry_tsc", lab->boot.entry_tsc);
}

static void run_plan(struct lab *lab)
{
    struct runner runner = {.machine = lab->machine,
                            .stream = &lab->stream,
                            .ktap = &lab->ktap,
                            .first_step = 1,
                            .boot_tsc = lab->boot.entry_tsc};

    ktap_plan(&lab->ktap, (uint32_t)lab->plan.step_count);
    record_flush_repeats(&lab->stream);
    runner_run(&runner, &lab->plan);
}

/* Else the first descriptor that is opened here would be the log's. */
static void need_stdout(void)
{
    if (fcntl(STDOUT_FILENO, F_GETFD) < 0)
        die("stdout is closed", NULL);
}

/* A sandbox may have made RDTSC a fault, by CR4.TSD. */
static void need_tsc(void)
{
    int may;

    if (!prctl(PR_GET_TSC, &may, 0, 0, 0) && may == PR_TSC_SIGSEGV)
        die("the TSC may not be read here (PR_SET_TSC)", NULL);
}

static void begin(struct lab *lab, const struct os_wish *wish)
{
    static char repeat[REPEAT_BYTES], block[ARENA_BYTES];
    const char *problem;
    uint64_t seed;

    need_stdout();
    need_tsc();
    lab->boot.entry_tsc = tsc_now();
    lab->boot.module_count = 1;
    lab->boot.modules[0] = (struct boot_module){(uintptr_t)lab->script, lab->script_bytes, "script"};
    lab->machine = os_machine_start(&lab->boot, wish, &problem);
    if (!lab->machine)
        die(problem, NULL);
    lab->machine->cpus[0]->os->memory_locked = !mlockall(MCL_CURRENT | MCL_FUTURE);
    lab->machine->panic = (struct panic_reporter){fatal, lab};
    arena_init(&lab->arena, block, sizeof(block));
    record_init(&lab->stream, repeat, sizeof(repeat));
    record_add_sink(&lab->stream, (struct record_sink){write_out, NULL});
    seed = lab->boot.entry_tsc ^ ((uint64_t)getpid() << 40);
    record_begin_run(&lab->stream, splitmix64(&seed));
    lab->ktap = (struct ktap){.stream = &lab->stream};
    ktap_version(&lab->ktap, &lab->stream);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"cpus", required_argument, NULL, 'c'}, {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
    static struct lab lab = {.cmdline.resume = 1};
    int cpus[CPUS_MAX], option;
    struct os_wish wish = {.cpus = cpus, .memory_bytes = MEMORY_BYTES};

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'h') {
            fputs(usage, stdout);
            return EXIT_PASS;
        }
        if (option != 'c')
            die("unknown option", NULL);
        wish.cpu_count = parse_cpus(optarg, cpus);
    }
    if (optind == argc)
        die("expected a script", NULL);
    for (int i = optind; i < argc; i++)
        add_script(&lab, argv[i]);
    if (!wish.cpu_count)
        wish.cpu_count = default_cpus(cpus);
    begin(&lab, &wish);
    emit_first(&lab, argc, argv);
    if (script_load(lab.machine, &lab.cmdline, &lab.stream, &lab.arena, &lab.plan)) {
        run_plan(&lab);
    } else {
        lab.script_wrong = true;
        fputs("idlelab-linux: the script is wrong: the log says where (script_error)\n", stderr);
        give_up(&lab, "script_error", "the script is wrong: nothing was run");
    }
    return (int)end_run(&lab);
}
