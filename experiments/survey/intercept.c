/* SPDX-License-Identifier: MIT */
/*
 * Which instructions of the idle path exit to a hypervisor: the rows with their evidence, and their meaning in words.
 */
#include "experiments/kit/row.h"
#include "experiments/survey/parts.h"
#include "lib/fmt.h"
#include "lib/text.h"

enum {
    TEXT_BYTES = 256,
    LIST_BYTES = 64,
};

static void emit_row(struct step *step, const char *name, const struct intercept_cost *cost,
                     const struct intercept_answer *answer)
{
    struct row row;

    row_begin(&row, step, "intercept");
    json_add(&row.json, "insn:%s", name);
    if (answer)
        json_add(&row.json, "leaves:%s why:%s conf:%s", intercept_verdict_word(answer->verdict),
                 intercept_reason_word(answer->reason), confidence_word(answer->confidence));
    json_add(&row.json, "n:%u rej:%u min:%ld p50:%ld", cost->n, cost->rejected, cost->floor_mtsc, cost->median_mtsc);
    row_end(&row, step);
}

static void emit_gaps(struct step *step, const struct survey_gaps *gaps)
{
    row_write(step, "gaps", "watched:%lu n:%lu min:%lu over:%lu gaps:%lu taken:%lu max:%lu", gaps->watched_tsc,
              gaps->steps, gaps->step_min_tsc, gaps->threshold_tsc, gaps->count, gaps->taken_tsc, gaps->worst_tsc);
}

static void list_verdict(const struct intercept_answer *answers, enum intercept_verdict verdict, char list[LIST_BYTES])
{
    list[0] = '\0';
    for (unsigned i = 0; i < INTERCEPT_COUNT; i++)
        if (answers[i].verdict == verdict)
            text_list(list, LIST_BYTES, " ", intercept_name(i));
    if (!list[0])
        text_list(list, LIST_BYTES, " ", "none");
}

/* Why it is software: the cost that fits no processor, or its name. */
static void report_software(struct step *step, const struct intercept_host *host, enum confidence confidence)
{
    static const char *const reasons[] = {
        [INTERCEPT_SOFTWARE_NAME] = "by its name",
        [INTERCEPT_SOFTWARE_MULTIPLY] = "a multiplication takes %ld.%03ld ticks",
        [INTERCEPT_SOFTWARE_CPUID] = "CPUID takes %ld.%03ld ticks, less than 20 multiplications",
        [INTERCEPT_SOFTWARE_LOAD] = "a load from the first cache takes %ld.%03ld ticks, over 4 multiplications",
    };
    enum intercept_software why = intercept_software(host);
    const struct intercept_cost *cost = why == INTERCEPT_SOFTWARE_CPUID  ? &host->insns[INTERCEPT_CPUID]
                                        : why == INTERCEPT_SOFTWARE_LOAD ? &host->load
                                                                         : &host->multiply;
    char reason[LIST_BYTES * 2];

    fmt(reason, sizeof(reason), reasons[why ? why : INTERCEPT_SOFTWARE_MULTIPLY], cost->floor_mtsc / 1000,
        cost->floor_mtsc % 1000);
    result_say(step, "intercepted", confidence,
               "an emulator runs every instruction in software: none leaves to a hypervisor (%s)", reason);
}

static void report_intercepted(struct step *step, const struct intercept_host *host,
                               const struct intercept_answer *answers)
{
    char leave[LIST_BYTES], stay[LIST_BYTES], unknown[LIST_BYTES];

    if (answers[INTERCEPT_CPUID].verdict == INTERCEPT_EMULATED) {
        report_software(step, host, answers[INTERCEPT_CPUID].confidence);
        return;
    }
    list_verdict(answers, INTERCEPT_YES, leave);
    list_verdict(answers, INTERCEPT_NO, stay);
    list_verdict(answers, INTERCEPT_UNKNOWN, unknown);
    result_say(step, "intercepted", CONFIDENCE_INFERRED, "leave to a hypervisor: %s; stay inside: %s; can't tell: %s",
               leave, stay, unknown);
}

static void report_exit_cost(struct step *step, const struct intercept_host *host,
                             const struct intercept_answer *answers)
{
    const struct intercept_cost *cpuid = &host->insns[INTERCEPT_CPUID];
    uint64_t cycles = intercept_cycles(host, cpuid->median_mtsc);
    enum intercept_kind kind = intercept_kind(host, answers);

    if (answers[INTERCEPT_CPUID].verdict != INTERCEPT_YES)
        return;
    result_say(step, "exit_cost", intercept_cost_confidence(host, answers),
               "an exit costs %ld ticks, some %lu core cycles (CPUID, median; floor %ld, n %u)",
               cpuid->median_mtsc / 1000, cycles, cpuid->floor_mtsc / 1000, cpuid->n);
    if (kind == INTERCEPT_KIND_WATCHED)
        result_finding(step, "exit_kind", CONFIDENCE_MEDIUM,
                       "RDTSC and each PAUSE leave too: no usual setting of VMX or SVM; software, or a hypervisor that "
                       "watches its guest");
    else if (kind == INTERCEPT_KIND_DEAR)
        result_finding(step, "exit_kind", CONFIDENCE_LOW,
                       "can't tell: an exit costs several times what VMX's or SVM's does, as with one hypervisor "
                       "inside another, software below it, or a hypervisor that answers in user space");
}

static void report_waitpkg(struct step *step, const struct waitpkg_proof *proof)
{
    char text[TEXT_BYTES];

    waitpkg_describe(proof, text, sizeof(text));
    result_finding(step, "waitpkg_is", proof->is == WAITPKG_NOT_TRIED ? CONFIDENCE_MEDIUM : proof->confidence, text);
}

void survey_report_costs(struct step *step, const struct survey *survey)
{
    const struct intercept_host *host = &survey->costs;
    struct intercept_answer answers[INTERCEPT_COUNT];

    intercept_decide(host, answers);
    emit_row(step, "multiply", &host->multiply, NULL);
    emit_row(step, "load", &host->load, NULL);
    emit_row(step, "pending", &host->pending, NULL);
    for (unsigned i = 0; i < INTERCEPT_COUNT; i++)
        emit_row(step, intercept_name(i), &host->insns[i], &answers[i]);
    emit_gaps(step, &survey->gaps);
    report_intercepted(step, host, answers);
    report_exit_cost(step, host, answers);
    report_waitpkg(step, &survey->waitpkg);
}
