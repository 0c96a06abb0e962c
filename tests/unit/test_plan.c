/* SPDX-License-Identifier: MIT */
/* lib/script/plan: values of every kind, the order and the names of steps, and each error at its place. */
#include "lib/script/plan.h"
#include "tests/unit/plan_specs.h"
#include "tests/unit/tap.h"

struct built {
    struct script script;
    struct plan plan;
    struct script_errors errors;
    bool good;
    _Alignas(16) unsigned char memory[1 << 20];
};

static const struct plan_limits LIMITS = {.memory_bytes = 1 << 20, .max_steps = 100};

static struct built *build_all(struct built *built, const char *text, const struct experiment_spec *const *specs,
                               size_t spec_count, const struct plan_limits *limits, size_t arena_bytes)
{
    struct arena arena;

    arena_init(&arena, built->memory, arena_bytes);
    script_errors_init(&built->errors);
    memset(&built->plan, 0, sizeof(built->plan));
    built->good = script_parse("s", text, strlen(text), &arena, &built->script, &built->errors) &&
                  plan_build(&built->script, specs, spec_count, limits, &arena, &built->plan, &built->errors);
    return built;
}

static struct built *build_within(struct built *built, const char *text, const struct plan_limits *limits,
                                  size_t arena_bytes)
{
    return build_all(built, text, TEST_SPECS, TEST_SPEC_COUNT, limits, arena_bytes);
}

static struct built *build_of(struct built *built, const char *text, const struct experiment_spec *const *specs,
                              size_t spec_count)
{
    return build_all(built, text, specs, spec_count, &LIMITS, sizeof(built->memory));
}

static struct built *build(struct built *built, const char *text)
{
    return build_within(built, text, &LIMITS, sizeof(built->memory));
}

/* Builds a script and compares the names of its steps, one blank between two. */
static void check_names(const char *text, const char *want)
{
    static struct built built;
    char buffer[2048];
    struct text names = text_in(buffer, sizeof(buffer));
    build(&built, text);
    for (size_t i = 0; i < built.plan.step_count; i++) {
        text_add(&names, i == 0 ? "" : " ");
        text_add(&names, built.plan.steps[i].name);
    }
    TAP_STR(buffer, want, text);
}

static void test_values(void)
{
    static struct built built;
    const struct plan_step *noise, *wake;
    const struct plan_interval *interval;

    build(&built, "noise threshold=300tsc cpus=3 note=a:b/c\n"
                  "wake idle=umwait:c02 by=ipi from=sibling interval=log:1us..4ms samples=10k "
                  "budget=1.5s seed=0x20 raw=yes");
    TAP_OK(built.good && built.plan.step_count == 2, "two steps");
    if (!built.good)
        return;
    noise = &built.plan.steps[0];
    TAP_OK(noise->values[1].time.ticks && noise->values[1].time.value == 300, "ticks");
    TAP_INT(plan_time_ns(noise, "threshold", 7), 7, "ticks are not ns");
    TAP_OK(plan_find(noise, "cpus")->cpu.place == PLAN_CPU_NUMBER, "a CPU by number");
    TAP_INT(plan_find(noise, "cpus")->cpu.number, 3, "its number");
    TAP_STR(noise->args, "time=1s threshold=300tsc cpus=3 note=a:b/c", "arguments");
    wake = &built.plan.steps[1];
    TAP_OK(wake->spec == &WAKE_SPEC && wake->owner == &wake_owner, "spec and owner");
    TAP_OK(wake->line == 2 && wake->column == 1 && strcmp(wake->file, "s") == 0, "place");
    TAP_INT(wake->values[0].method.word, 5, "method");
    TAP_OK(wake->values[0].method.has_argument && wake->values[0].method.argument == 1,
           "argument as the index of its word");
    TAP_INT(wake->values[1].choice, 1, "choice");
    TAP_INT(wake->values[2].cpu.place, PLAN_CPU_SIBLING, "CPU by place");
    interval = &wake->values[4].interval;
    TAP_OK(interval->shape == PLAN_LOG && interval->low == 1000 && interval->high == 4000000, "log interval");
    TAP_INT(plan_count(wake, "samples", 0), 10000, "count");
    TAP_INT(plan_time_ns(wake, "budget", 0), 1500000000, "time");
    TAP_INT(plan_count(wake, "seed", 0), 32, "hex");
    TAP_OK(plan_flag(wake, "raw") && !plan_flag(wake, "cooked"), "flag");
    TAP_INT(plan_count(wake, "budget", 9), 9, "a time is no count");
    TAP_OK(plan_find(wake, "nothing") == NULL, "a key that is not declared");
    TAP_OK(wake->values[3].choice == 0 && !wake->values[3].given && wake->values[0].given,
           "defaults are told from what was given");
    TAP_STR(wake->args,
            "idle=umwait:c02 by=ipi from=sibling others=asleep interval=log:1us..4ms "
            "samples=10000 budget=1500ms seed=32 raw=yes",
            "resolved arguments");
    TAP_INT(wake->memory_bytes, 640000, "memory of a step");
    TAP_INT(built.plan.memory_bytes, 640000, "memory of the largest step");
    TAP_INT(built.plan.total_ns, 2500000000, "time of all steps");
}

static void test_names(void)
{
    check_names("survey; noise", "survey noise");
    check_names("wake idle=hlt by=timer interval=100us samples=9 budget=2s", "wake_hlt_timer_100us");
    check_names("wake idle=hlt,mwait:0x20,mwait:1 by=timer,ipi",
                "wake_hlt_timer wake_hlt_ipi wake_mwait_0x20_timer wake_mwait_0x20_ipi "
                "wake_mwait_0x1_timer wake_mwait_0x1_ipi");
    check_names("wake by=timer,ipi idle=hlt,pause", "wake_hlt_timer wake_pause_timer wake_hlt_ipi wake_pause_ipi");
    check_names("cost", "cost_pause cost_rdtsc cost_cpuid");
    check_names("cost n=1k,2k", "cost_pause_n_1000 cost_rdtsc_n_1000 cost_cpuid_n_1000 "
                                "cost_pause_n_2000 cost_rdtsc_n_2000 cost_cpuid_n_2000");
    check_names("wake idle=hlt seed=1,2", "wake_hlt_seed_1 wake_hlt_seed_2");
    check_names("wake idle=hlt seed=5", "wake_hlt");
    check_names("wake idle=hlt,hlt; wake idle=hlt", "wake_hlt wake_hlt_2 wake_hlt_3");
    check_names("wake idle=hlt from=remote,2", "wake_hlt_from_remote wake_hlt_from_2");
    check_names("wake idle=umwait:c01 interval=uniform:1us..4ms,300000tsc",
                "wake_umwait_c01_uniform_1us_4ms wake_umwait_c01_300000tsc");
    check_names("noise note=A--b", "noise_note_a_b");
    check_names("noise note=0123456789012345678901234567890123456789 time=2s", "noise_time_2s");
}

/* The points of a geometric and of an arithmetic row, worked out by hand. */
static void test_sweeps(void)
{
    check_names("wake idle=hlt interval=1us..10ms/log5",
                "wake_hlt_1us wake_hlt_10us wake_hlt_100us wake_hlt_1ms wake_hlt_10ms");
    check_names("wake idle=hlt interval=1us..10s/log8",
                "wake_hlt_1us wake_hlt_10us wake_hlt_100us wake_hlt_1ms wake_hlt_10ms "
                "wake_hlt_100ms wake_hlt_1s wake_hlt_10s");
    /* 1000 * 10^(1/3) = 2154.43, 1000 * 10^(2/3) = 4641.59 */
    check_names("wake idle=hlt interval=1us..10us/log4", "wake_hlt_1us wake_hlt_2154ns wake_hlt_4642ns wake_hlt_10us");
    /* 1001 * 1005 = 1006005, to six digits */
    check_names("wake idle=hlt interval=1002001ns..1010025ns/log3",
                "wake_hlt_1002001ns wake_hlt_1006010ns wake_hlt_1010025ns");
    check_names("wake idle=hlt interval=1us..2us/lin4,5us",
                "wake_hlt_1us wake_hlt_1333ns wake_hlt_1667ns wake_hlt_2us wake_hlt_5us");
    check_names("wake idle=hlt interval=1000tsc..1002tsc/lin9", "wake_hlt_1000tsc wake_hlt_1001tsc wake_hlt_1002tsc");
    check_names("wake idle=hlt interval=1us..1us/log20", "wake_hlt_1us");
}

static void check_error_within(const char *text, const struct plan_limits *limits, size_t arena_bytes, const char *want)
{
    static struct built built;
    char line[SCRIPT_ERROR_LINE_BYTES] = "no error";
    build_within(&built, text, limits, arena_bytes);
    TAP_OK(!built.good && built.plan.step_count == 0, "a wrong script has no steps");
    TAP_INT(built.errors.count, 1, "one error");
    if (built.errors.count > 0)
        script_error_write(&built.errors.at[0], line, sizeof(line));
    TAP_STR(line, want, text);
}

static void check_error(const char *text, const char *want)
{
    check_error_within(text, &LIMITS, sizeof(((struct built *)NULL)->memory), want);
}

static void test_word_errors(void)
{
    check_error("survey\nwkae idle=hlt", "s:2:1: found 'wkae', expected one of survey, noise, "
                                         "cost, wake; did you mean 'wake'?");
    check_error("wake idel=hlt idle=hlt",
                "s:1:6: found 'idel', expected one of idle, by, from, others, interval, samples, "
                "budget, seed, raw; did you mean 'idle'?");
    check_error("survey cpus=2", "s:1:8: found 'cpus', expected no key, survey takes none");
    check_error("wake by=ipi", "s:1:1: found 'wake', expected the key idle= with it");
    check_error("wake idle=hlt by=ipi idle=spin", "s:1:22: found 'idle', expected each key only once in a statement");
    check_error("wake idle=hlt,haltt",
                "s:1:15: found 'haltt', expected one of spin, pause, hlt, ioport:1..0xffff, mwait[:0..0xff], "
                "umwait:c01|c02; did you mean 'hlt'?");
    check_error("wake idle=mwiat:1",
                "s:1:11: found 'mwiat', expected one of spin, pause, hlt, ioport:1..0xffff, mwait[:0..0xff], "
                "umwait:c01|c02; did you mean 'mwait'?");
    check_error("wake idle=hlt:3", "s:1:14: found ':3', expected nothing after this word: it takes no argument");
    check_error("wake idle=mwait:C1", "s:1:17: found 'C1', expected a number such as 2000, 100k or 0x20");
    check_error("cost n=lots", "s:1:8: found 'lots', expected auto or a number such as 2000, 100k or 0x20");
    check_error("wake idle=umwait:c03", "s:1:18: found 'c03', expected one of c01|c02");
    check_error("wake idle=hlt,umwait", "s:1:15: found 'umwait', expected umwait:c01|c02");
    check_error("wake idle=ioport", "s:1:11: found 'ioport', expected ioport:1..0xffff");
    check_error("wake idle=umwait:", "s:1:18: found nothing, expected one of c01|c02");
    check_error("wake idle=hlt by=tmier", "s:1:18: found 'tmier', expected one of timer, ipi; did "
                                          "you mean 'timer'?");
    check_error("wake idle=hlt raw=maybe", "s:1:19: found 'maybe', expected one of no, yes");
    check_error("wake idle=hlt from=near",
                "s:1:20: found 'near', expected one of self, sibling, module, package, remote or the "
                "number of a CPU");
    check_error("wake idle=hlt,,pause", "s:1:15: found nothing, expected a value between the commas");
    check_error("wake idle=hlt samples=1,2", "s:1:23: found '1,2', expected one value: this key takes no list");
}

static void test_number_errors(void)
{
    check_error("wake idle=hlt interval=50",
                "s:1:24: found '50', expected a unit after the number: ns, us, ms, s or tsc");
    check_error("wake idle=hlt budget=50", "s:1:22: found '50', expected a time in ns, us, ms or s");
    check_error("wake idle=hlt budget=50tsc", "s:1:22: found '50tsc', expected a time in ns, us, ms or s");
    check_error("wake idle=hlt budget=5sec", "s:1:23: found 'sec', expected one of the units ns, us, ms, s");
    check_error("wake idle=hlt budget=1us", "s:1:22: found '1us', expected 1ms to 3600s");
    check_error("noise time=0ns", "s:1:12: found '0ns', expected at least 1ns");
    check_error("wake idle=hlt budget=99999999999s", "s:1:22: found '99999999999s', expected a time that fits 64 bits");
    check_error("wake idle=hlt samples=0", "s:1:23: found '0', expected 1 to 10000000");
    check_error("wake idle=hlt samples=5us", "s:1:24: found 'us', expected nothing more, or k, M or G");
    check_error("wake idle=mwait:0x100", "s:1:17: found '0x100', expected 0 to 255");
    check_error("wake idle=ioport:0", "s:1:18: found '0', expected 1 to 65535");
    check_error("wake idle=ioport:0x10000", "s:1:18: found '0x10000', expected 1 to 65535");
    check_error("wake idle=mwait:0,ioport:0", "s:1:26: found '0', expected 1 to 65535");
    check_error("wake idle=hlt from=256", "s:1:20: found '256', expected 0 to 255");
    check_error("noise cpus=99999999999", "s:1:12: found '99999999999', expected 0 to 4294967295");
}

static void test_interval_errors(void)
{
    check_error("wake idle=hlt interval=1us..4ms",
                "s:1:24: found '1us..4ms', expected a sweep such as 1us..10ms/log20, or uniform: "
                "or log: before the range");
    check_error("wake idle=hlt interval=unifrom:1us..4ms",
                "s:1:24: found 'unifrom', expected uniform or log before the colon; did you mean "
                "'uniform'?");
    check_error("wake idle=hlt interval=fast", "s:1:24: found 'fast', expected a time such as 50us, uniform:1us..4ms, "
                                               "log:1us..4ms or a sweep such as 1us..10ms/log20");
    check_error("wake idle=hlt interval=uniform:4ms..1us", "s:1:32: found '4ms..1us', expected the smaller time first");
    check_error("wake idle=hlt interval=uniform:1..4ms",
                "s:1:32: found '1', expected a unit after the number: ns, us, ms, s or tsc");
    check_error("wake idle=hlt interval=uniform:1us..", "s:1:37: found nothing, expected a time such as 50us");
    check_error("wake idle=hlt interval=log:5us", "s:1:28: found '5us', expected a range such as 1us..4ms");
    check_error("wake idle=hlt interval=uniform:1us..4000tsc",
                "s:1:32: found '1us..4000tsc', expected both ends in tsc or neither");
    check_error("wake idle=hlt interval=1us..4ms/20",
                "s:1:33: found '20', expected log or lin and a number of values, such as log20");
    check_error("wake idle=hlt interval=1us..4ms/log1", "s:1:36: found '1', expected 2 to 1000");
    check_error("wake idle=hlt interval=10ns..4ms/log20", "s:1:24: found '10ns', expected 1us to 10s");
    check_error("wake idle=hlt interval=20s", "s:1:24: found '20s', expected 1us to 10s");
}

static void test_plan_errors(void)
{
    struct plan_limits limits = LIMITS;
    check_error("survey; wake idle=spin by=timer,ipi",
                "s:1:9: found 'wake_spin_ipi', expected a combination that makes sense: a CPU that "
                "spins sees no ipi");
    check_error("wake idle=spin by=ipi interval=1us,2us seed=1,2 samples=10",
                "s:1:1: found 'wake_spin_ipi_1us_seed_1', expected a combination that makes sense: a CPU that spins "
                "sees no ipi");
    check_error("wake idle=hlt samples=16385", "s:1:1: found 'wake_hlt', expected a step of at "
                                               "most 1048576 bytes, this one needs 1048640");
    check_error("survey\nwake idle=hlt interval=1us..1ms/log100",
                "s:2:1: found 'wake', expected at most 100 steps in all, up to here there are 101");
    limits.total_ns = UINT64_C(12) * SECOND_NS;
    check_error_within("wake idle=hlt,pause\nwake idle=hlt", &limits, 1 << 20,
                       "s:2:1: found 'wake', expected a script of at most 12s, all steps up to "
                       "here take 15s");
    check_error_within("survey", &LIMITS, 80,
                       "s:1:1: found nothing, expected a shorter script: there is no memory for "
                       "this plan");
}

/* What just fits the limits. */
static void test_limits(void)
{
    static struct built built;

    build(&built, "wake idle=hlt samples=16384");
    TAP_OK(built.good, "a step of all the memory");
    build(&built, "wake idle=hlt interval=1us..1ms/log100");
    TAP_OK(built.good && built.plan.step_count == 100, "as many steps as there may be");
    build(&built, "noise time=10000000000s; noise time=10000000000s");
    TAP_OK(built.good && built.plan.total_ns == UINT64_MAX, "more time than fits is the most that fits");
    build(&built, "wake idle=spin by=ipi; survey");
    TAP_OK(!built.good, "a good statement does not mend a wrong one in front of it");
}

/* A key that takes no sweep, one whose range may begin at 0, and a step whose budget= ends it before its time= does. */
static void test_other_keys(void)
{
    static const struct param_spec params[] = {
        {.key = "every", .kind = PARAM_INTERVAL, .fallback = "1ms", .max = SECOND_NS},
        {.key = "time", .kind = PARAM_TIME, .fallback = "5s", .min = 1},
        {.key = "budget", .kind = PARAM_TIME, .fallback = "2s", .min = 1},
    };
    static const struct experiment_spec spec = {.name = "doze", .params = params, .param_count = 3};
    static const struct experiment_spec *const specs[] = {&spec};
    static struct built built;
    char line[SCRIPT_ERROR_LINE_BYTES];

    build_of(&built, "doze", specs, 1);
    TAP_OK(built.good && built.plan.total_ns == UINT64_C(2) * SECOND_NS, "the budget ends the step");
    build_of(&built, "doze time=1s", specs, 1);
    TAP_OK(built.good && built.plan.total_ns == UINT64_C(1) * SECOND_NS, "or its time");
    build_of(&built, "doze every=1us..4us/lin4", specs, 1);
    script_error_write(&built.errors.at[0], line, sizeof(line));
    TAP_STR(line, "s:1:12: found '1us..4us/lin4', expected one interval: this key takes no sweep", "no sweep");
    build_of(&built, "doze every=log:0us..4us", specs, 1);
    script_error_write(&built.errors.at[0], line, sizeof(line));
    TAP_STR(line, "s:1:16: found '0us..4us', expected a range above 0: it is divided by its logarithm", "no log of 0");
    build_of(&built, "doze every=uniform:0us..4us", specs, 1);
    TAP_OK(built.good, "a uniform range may begin at 0");
}

/* Of crossed lists the combination that makes no sense is skipped with its reason, and takes no time. */
static void test_crossed(void)
{
    static struct built built;

    build(&built, "wake idle=hlt,spin by=timer,ipi budget=1s");
    TAP_OK(built.good && built.plan.step_count == 4, "all of crossed lists are steps");
    if (!built.good)
        return;
    TAP_STR(built.plan.steps[3].name, "wake_spin_ipi", "the one that makes no sense");
    TAP_STR(built.plan.steps[3].skip, "a CPU that spins sees no ipi", "has the reason");
    TAP_OK(!built.plan.steps[0].skip && !built.plan.steps[1].skip && !built.plan.steps[2].skip, "the others have none");
    TAP_INT(built.plan.total_ns, UINT64_C(3) * SECOND_NS, "it takes no time");
}

static void test_many_errors(void)
{
    static struct built built;
    build(&built, "wake idle=hltt by=timr\nnois\ncost n=1us insn=none; wake idle=hlt\n");
    TAP_INT(built.errors.count, 5, "all five errors of a script are found");
    TAP_INT(built.errors.at[1].column, 19, "the second one is on the first line");
    TAP_INT(built.errors.at[2].line, 2, "the third one on the second");
    TAP_INT(built.errors.at[4].column, 17, "the fifth one where it stands");
    build(&built, "wake idle=spin by=ipi seed=1,2,3,4,5,6,7,8,9,10");
    TAP_OK(!built.good && built.errors.kept == SCRIPT_ERRORS_MAX, "eight errors are enough");
}

/* Whatever the arena's size, the plan is built or refused; nothing is read or written outside it. */
static void test_all_arenas(void)
{
    static struct built built;
    size_t needed_bytes = 0;
    for (size_t bytes = 0; bytes < 20000; bytes += 8) {
        build_within(&built, "wake idle=hlt,pause by=timer,ipi; cost", &LIMITS, bytes);
        if (built.good && needed_bytes == 0)
            needed_bytes = bytes;
        if (built.good != (needed_bytes != 0) || built.good != (built.errors.count == 0)) {
            TAP_OK(false, "an arena gives a plan or an error");
            return;
        }
    }
    TAP_OK(needed_bytes > 0, "from some size on the plan fits, below it there is an error");
}

int main(void)
{
    test_values();
    test_names();
    test_sweeps();
    test_word_errors();
    test_number_errors();
    test_interval_errors();
    test_plan_errors();
    test_limits();
    test_other_keys();
    test_crossed();
    test_many_errors();
    test_all_arenas();
    return tap_done();
}
