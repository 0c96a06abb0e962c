/* SPDX-License-Identifier: MIT */
/*
 * lib/infer/intercept against machines that the test has made: bare metal, VMX, SVM, an emulator and a software KVM,
 * with costs drawn at random from what each of them is known to do.
 */
#include "lib/infer/halt_pending.h"
#include "lib/infer/intercept.h"
#include "lib/prng.h"
#include "tests/unit/tap.h"

enum { HOSTS = 1000, SAMPLES = 64, CYCLE_MTSC = 1000 };

enum kind { NATIVE, VMX, SVM, EMULATOR, SOFTWARE_KVM, KINDS };

struct truth {
    struct intercept_host host;
    bool leaves[INTERCEPT_COUNT];
    bool hlt_is_hidden; /* the delivery leaves, so that a cheap HLT proves nothing */
    bool emulated;
};

/*
 * A cost of so many core cycles: the floor, and a median up to an eighth above it; one in ten was taken while the host
 * was busy, its median up to twice that.
 */
static struct intercept_cost cost_of(struct prng *prng, uint64_t cycles, uint64_t cycle_mtsc)
{
    uint64_t floor = cycles * cycle_mtsc;
    uint64_t above = prng_below(prng, 10) ? floor / 8 : floor;

    return (struct intercept_cost){
        .n = SAMPLES, .floor_mtsc = (int64_t)floor, .median_mtsc = (int64_t)(floor + prng_below(prng, above + 1))};
}

/* What the instructions cost without an exit, by generation. */
static void draw_native(struct prng *prng, uint64_t cycles[INTERCEPT_COUNT], uint64_t *pending)
{
    cycles[INTERCEPT_CPUID] = prng_range(prng, 70, 300);
    cycles[INTERCEPT_RDTSC] = prng_range(prng, 18, 60);
    cycles[INTERCEPT_PAUSE] = prng_range(prng, 4, 160);
    cycles[INTERCEPT_ARM] = prng_range(prng, 20, 350);
    cycles[INTERCEPT_ICR] = prng_range(prng, 30, 600);
    cycles[INTERCEPT_EOI] = prng_range(prng, 10, 150);
    *pending = prng_range(prng, 300, 1000);
    cycles[INTERCEPT_HLT] = *pending + prng_range(prng, 30, 500);
}

/* One exit, cheaper or dearer than CPUID's. */
static uint64_t one_exit(struct prng *prng, uint64_t cpuid, uint64_t from, uint64_t to)
{
    return cpuid * prng_range(prng, from, to) / 100;
}

static void leave(struct truth *truth, uint64_t *cycles, enum intercept_what what, uint64_t cost)
{
    truth->leaves[what] = true;
    cycles[what] = cost;
}

static void draw_hlt(struct prng *prng, struct truth *truth, uint64_t *cycles, uint64_t *pending, bool posted)
{
    uint64_t cpuid = cycles[INTERCEPT_CPUID];

    truth->leaves[INTERCEPT_HLT] = prng_below(prng, 3) != 0;
    if (!posted) /* the interrupt window's exit, and the EOI's; HLT's replaces the first */
        *pending += one_exit(prng, cpuid, 180, 240);
    if (posted)
        cycles[INTERCEPT_HLT] = *pending + (truth->leaves[INTERCEPT_HLT] ? one_exit(prng, cpuid, 100, 200) + 200
                                                                         : prng_range(prng, 30, 500));
    else
        cycles[INTERCEPT_HLT] = *pending + prng_range(prng, 0, 600);
    truth->hlt_is_hidden = !posted;
}

/* SVM's exit is cheaper, and AVIC is off more often than APICv is. */
static void draw_hardware(struct prng *prng, struct truth *truth, uint64_t *cycles, uint64_t *pending, enum kind kind)
{
    uint64_t cpuid = kind == VMX ? prng_log_range(prng, 1000, 5000) : prng_log_range(prng, 900, 4000);
    bool posted = prng_below(prng, 100) < (kind == VMX ? 60 : 25);

    leave(truth, cycles, INTERCEPT_CPUID, cpuid);
    if (prng_below(prng, 20) == 0)
        leave(truth, cycles, INTERCEPT_RDTSC, one_exit(prng, cpuid, 90, 130));
    if (prng_below(prng, 20) == 0)
        leave(truth, cycles, INTERCEPT_PAUSE, one_exit(prng, cpuid, 100, 200));
    leave(truth, cycles, INTERCEPT_ARM, one_exit(prng, cpuid, 90, 250));
    if (!posted) {
        leave(truth, cycles, INTERCEPT_ICR, one_exit(prng, cpuid, 100, 250) + 200);
        leave(truth, cycles, INTERCEPT_EOI, one_exit(prng, cpuid, 90, 200));
    }
    draw_hlt(prng, truth, cycles, pending, posted);
}

static void draw_software(struct prng *prng, struct truth *truth, uint64_t *cycles, uint64_t *pending)
{
    uint64_t cpuid = prng_log_range(prng, 2000, 100000);

    leave(truth, cycles, INTERCEPT_CPUID, cpuid);
    leave(truth, cycles, INTERCEPT_RDTSC, one_exit(prng, cpuid, 40, 100));
    leave(truth, cycles, INTERCEPT_PAUSE, one_exit(prng, cpuid, 40, 100));
    leave(truth, cycles, INTERCEPT_ARM, one_exit(prng, cpuid, 150, 600));
    leave(truth, cycles, INTERCEPT_ICR, one_exit(prng, cpuid, 150, 600));
    leave(truth, cycles, INTERCEPT_EOI, one_exit(prng, cpuid, 100, 400));
    *pending += one_exit(prng, cpuid, 300, 600);
    leave(truth, cycles, INTERCEPT_HLT, *pending + one_exit(prng, cpuid, 0, 300));
    truth->hlt_is_hidden = true;
}

/* A translator: some dozen host instructions for each, whatever it is; half of them say so. */
static void draw_emulator(struct prng *prng, struct truth *truth, uint64_t *cycles)
{
    truth->emulated = true;
    truth->host.emulator = prng_below(prng, 2);
    for (unsigned i = 0; i < INTERCEPT_COUNT; i++)
        cycles[i] = prng_range(prng, 5, 2000);
    cycles[INTERCEPT_CPUID] = prng_range(prng, 3, 55);
}

static struct truth draw(struct prng *prng, enum kind kind)
{
    struct truth truth = {0};
    uint64_t cycles[INTERCEPT_COUNT], pending, cycle_mtsc = prng_range(prng, 400, 1200);

    draw_native(prng, cycles, &pending);
    truth.host.hypervisor = kind != NATIVE;
    if (kind == VMX || kind == SVM)
        draw_hardware(prng, &truth, cycles, &pending, kind);
    if (kind == SOFTWARE_KVM)
        draw_software(prng, &truth, cycles, &pending);
    if (kind == EMULATOR)
        draw_emulator(prng, &truth, cycles);
    truth.host.multiply = cost_of(prng, 3, cycle_mtsc);
    truth.host.load = cost_of(prng, prng_range(prng, 4, 6), cycle_mtsc);
    truth.host.pending = cost_of(prng, pending, cycle_mtsc);
    for (unsigned i = 0; i < INTERCEPT_COUNT; i++)
        truth.host.insns[i] = cost_of(prng, cycles[i], cycle_mtsc);
    return truth;
}

struct tally {
    unsigned right, unsaid, wrong;
};

static void judge(const struct truth *truth, struct tally *tally)
{
    struct intercept_answer answers[INTERCEPT_COUNT];

    intercept_decide(&truth->host, answers);
    for (unsigned i = 0; i < INTERCEPT_COUNT; i++) {
        enum intercept_verdict got = answers[i].verdict;
        enum intercept_verdict want = truth->emulated    ? INTERCEPT_EMULATED
                                      : truth->leaves[i] ? INTERCEPT_YES
                                                         : INTERCEPT_NO;

        /* Nothing can decide: that answer is right, and so is the truth. */
        if (got == want || (i == INTERCEPT_HLT && truth->hlt_is_hidden && got == INTERCEPT_UNKNOWN))
            tally->right++;
        else if (got == INTERCEPT_UNKNOWN)
            tally->unsaid++;
        else
            tally->wrong++;
    }
}

static void check_kind(enum kind kind, const char *name)
{
    struct tally tally = {0};
    struct prng prng;

    prng_seed(&prng, 11 + kind);
    for (unsigned i = 0; i < HOSTS; i++) {
        struct truth truth = draw(&prng, kind);

        judge(&truth, &tally);
    }
    printf("# %s: %u right, %u not said, %u wrong of %u\n", name, tally.right, tally.unsaid, tally.wrong,
           HOSTS * INTERCEPT_COUNT);
    TAP_OK(tally.right * 100 >= HOSTS * INTERCEPT_COUNT * 95, name);
    TAP_OK(tally.wrong * 1000 <= HOSTS * INTERCEPT_COUNT * 5, "hardly ever a wrong one");
}

/* A host like the software KVM that the project is tested on, except for what the caller changes. */
static struct intercept_host plain(void)
{
    static const uint64_t cycles[INTERCEPT_COUNT] = {2400, 850, 700, 30000, 14000, 11000, 7000};
    struct intercept_host host = {.hypervisor = true};
    struct prng prng;

    prng_seed(&prng, 1);
    host.multiply = cost_of(&prng, 3, CYCLE_MTSC);
    host.load = cost_of(&prng, 5, CYCLE_MTSC);
    host.pending = cost_of(&prng, 20000, CYCLE_MTSC);
    for (unsigned i = 0; i < INTERCEPT_COUNT; i++)
        host.insns[i] = cost_of(&prng, cycles[i], CYCLE_MTSC);
    return host;
}

static struct intercept_answer answer_of(const struct intercept_host *host, enum intercept_what what)
{
    struct intercept_answer answers[INTERCEPT_COUNT];

    intercept_decide(host, answers);
    return answers[what];
}

static void check_plain(void)
{
    struct intercept_host host = plain();

    for (unsigned i = 0; i < INTERCEPT_COUNT; i++)
        TAP_STR(intercept_verdict_word(answer_of(&host, i).verdict), "yes", intercept_name(i));
    TAP_INT(intercept_cycles(&host, 600 * CYCLE_MTSC), 600, "cycles by the multiplication");
}

/* Answers that must not be given. */
static void check_doubt(void)
{
    struct intercept_host host = plain();

    host.insns[INTERCEPT_PAUSE].floor_mtsc = 40 * CYCLE_MTSC;
    TAP_INT(answer_of(&host, INTERCEPT_PAUSE).verdict, INTERCEPT_UNKNOWN,
            "some samples cheap, most dear: nothing is said");
    host.insns[INTERCEPT_CPUID] = cost_of(&(struct prng){{1, 2, 3, 4}}, 930, CYCLE_MTSC);
    host.insns[INTERCEPT_ICR] = cost_of(&(struct prng){{1, 2, 3, 4}}, 700, CYCLE_MTSC);
    TAP_INT(answer_of(&host, INTERCEPT_ICR).verdict, INTERCEPT_UNKNOWN,
            "no slower than a write may be, but a fast exit may be what it costs");
    host.insns[INTERCEPT_ICR] = cost_of(&(struct prng){{1, 2, 3, 4}}, 500, CYCLE_MTSC);
    TAP_INT(answer_of(&host, INTERCEPT_ICR).verdict, INTERCEPT_NO, "half of CPUID's is none");
    host = plain();
    host.insns[INTERCEPT_HLT] = host.pending;
    TAP_INT(answer_of(&host, INTERCEPT_HLT).reason, INTERCEPT_AS_DELIVERY,
            "a cheap HLT behind a dear delivery proves nothing");
    host.pending = cost_of(&(struct prng){{1, 2, 3, 4}}, 900, CYCLE_MTSC);
    host.insns[INTERCEPT_HLT] = host.pending;
    TAP_INT(answer_of(&host, INTERCEPT_HLT).reason, INTERCEPT_AS_DELIVERY,
            "nor behind a delivery that only looks cheap, where the EOI leaves");
    host = plain();
    host.insns[INTERCEPT_EOI].n = 3;
    TAP_INT(answer_of(&host, INTERCEPT_EOI).reason, INTERCEPT_NOT_MEASURED, "three samples");
    host.multiply.n = 0;
    TAP_INT(answer_of(&host, INTERCEPT_CPUID).verdict, INTERCEPT_UNKNOWN, "no reference");
}

static void set_cost(struct intercept_cost *cost, uint64_t floor, uint64_t median)
{
    cost->floor_mtsc = (int64_t)floor * CYCLE_MTSC;
    cost->median_mtsc = (int64_t)median * CYCLE_MTSC;
}

/* Of a guest whose interrupts do not leave, HLT can be judged; but not where HLT leaves only if it sleeps. */
static void check_hlt(void)
{
    struct intercept_host host = plain();

    set_cost(&host.insns[INTERCEPT_EOI], 50, 60);
    set_cost(&host.pending, 600, 650);
    set_cost(&host.insns[INTERCEPT_HLT], 700, 760);
    TAP_INT(answer_of(&host, INTERCEPT_HLT).verdict, INTERCEPT_NO, "a cheap HLT");
    host.idle_hlt = true;
    TAP_INT(answer_of(&host, INTERCEPT_HLT).reason, INTERCEPT_AS_DELIVERY, "which may leave without an interrupt");
    host.idle_hlt = false;
    set_cost(&host.insns[INTERCEPT_EOI], 2400, 2500);
    TAP_INT(answer_of(&host, INTERCEPT_HLT).reason, INTERCEPT_AS_DELIVERY, "or is hidden by an EOI that leaves");
    set_cost(&host.pending, 1200, 1200);
    set_cost(&host.insns[INTERCEPT_HLT], 2100, 2400);
    TAP_INT(answer_of(&host, INTERCEPT_HLT).reason, INTERCEPT_BETWEEN, "judged without the delivery");
    set_cost(&host.insns[INTERCEPT_EOI], 50, 60);
    set_cost(&host.insns[INTERCEPT_CPUID], 900, 900);
    set_cost(&host.pending, 1600, 1650);
    set_cost(&host.insns[INTERCEPT_HLT], 1700, 1760);
    TAP_INT(answer_of(&host, INTERCEPT_HLT).reason, INTERCEPT_AS_DELIVERY, "hidden by a delivery that is no core's");
    /* A hypervisor in a slow one: sixteen of its own exits are the bound. */
    set_cost(&host.insns[INTERCEPT_CPUID], 20000, 20000);
    set_cost(&host.insns[INTERCEPT_HLT], 201600, 201650);
    TAP_INT(answer_of(&host, INTERCEPT_HLT).verdict, INTERCEPT_YES, "ten dear exits are an exit of HLT");
    TAP_INT(answer_of(&host, INTERCEPT_HLT).confidence, CONFIDENCE_MEDIUM, "which is never certain");
    set_cost(&host.insns[INTERCEPT_HLT], 401600, 401650);
    TAP_INT(answer_of(&host, INTERCEPT_HLT).reason, INTERCEPT_AS_SLEEP, "twenty are a sleep");
    host = plain();
    set_cost(&host.insns[INTERCEPT_CPUID], 1000, 1000);
    set_cost(&host.insns[INTERCEPT_ICR], 750, 900);
    TAP_INT(answer_of(&host, INTERCEPT_ICR).reason, INTERCEPT_BETWEEN, "like CPUID's exit, but a core may be as slow");
    set_cost(&host.insns[INTERCEPT_EOI], 600, 620);
    TAP_INT(answer_of(&host, INTERCEPT_EOI).verdict, INTERCEPT_YES, "600 cycles are an exit");
    host.again = host.multiply;
    set_cost(&host.again, 9, 9);
    TAP_INT(answer_of(&host, INTERCEPT_EOI).reason, INTERCEPT_BETWEEN, "not where the clock was another in the end");
    host.hypervisor = false;
    host.emulator = true;
    TAP_INT(answer_of(&host, INTERCEPT_EOI).reason, INTERCEPT_BY_NAME, "an emulator is one without CPUID's bit");
    host = plain();
    host.insns[INTERCEPT_EOI].n = 8;
    TAP_INT(answer_of(&host, INTERCEPT_EOI).verdict, INTERCEPT_YES, "eight samples are enough");
}

/* Bochs without its name: one tick for each instruction. */
static void check_one_tick(void)
{
    struct intercept_host host = plain();

    for (unsigned i = 0; i < INTERCEPT_COUNT; i++)
        host.insns[i].floor_mtsc = host.insns[i].median_mtsc = 1000;
    host.multiply.floor_mtsc = host.load.floor_mtsc = 1000;
    TAP_INT(answer_of(&host, INTERCEPT_CPUID).reason, INTERCEPT_NO_SILICON, "no CPUID in 3 cycles");
    host = plain();
    host.load.floor_mtsc = 40 * CYCLE_MTSC;
    TAP_INT(answer_of(&host, INTERCEPT_EOI).verdict, INTERCEPT_EMULATED, "no first cache in 40");
    /* Likewise a software KVM that runs instruction by instruction: all costs a thousand times as much. */
    host = plain();
    host.multiply.floor_mtsc *= 1000;
    host.load.floor_mtsc *= 1000;
    for (unsigned i = 0; i < INTERCEPT_COUNT; i++)
        host.insns[i].floor_mtsc *= 1000;
    TAP_INT(answer_of(&host, INTERCEPT_PAUSE).reason, INTERCEPT_NO_SILICON, "no multiplication in 3000 ticks");
}

/*
 * As recorded from kvm_intel in Bochs at 200 MHz with HLT's exits disabled: 8 of 64 HLTs ended, because the pending
 * interrupt does not wake it there; the host's tick does, after up to 4 ms.
 */
static void check_sleep(void)
{
    static const struct halt_pending_costs slept = {.cpuid_tsc = 983, .hlt_tsc = 786646, .nop_tsc = 2, .stamp_tsc = 2};
    static const struct halt_pending_costs stolen = {.cpuid_tsc = 33812, .hlt_tsc = 3546, .nop_tsc = 3483};
    static const int64_t recorded[INTERCEPT_COUNT] = {983000, 1000, 1000, 48710000, 1747000, 2159000, 1182000};
    struct intercept_host host = {.hypervisor = true,
                                  .multiply = {64, 0, 1281, 1281},
                                  .load = {64, 0, 1281, 1281},
                                  .pending = {64, 0, 3240000, 3240000}};
    struct halt_pending_costs left = slept;
    enum confidence confidence;

    for (unsigned i = 0; i < INTERCEPT_COUNT; i++)
        host.insns[i] = (struct intercept_cost){64, 0, recorded[i], recorded[i]};
    host.insns[INTERCEPT_HLT].n = 8;
    host.insns[INTERCEPT_HLT].median_mtsc = 766071000;
    TAP_INT(answer_of(&host, INTERCEPT_HLT).verdict, INTERCEPT_UNKNOWN, "HLT for 800 exits is no exit");
    TAP_INT(answer_of(&host, INTERCEPT_HLT).reason, INTERCEPT_AS_SLEEP, "it slept");
    TAP_INT(answer_of(&host, INTERCEPT_CPUID).verdict, INTERCEPT_YES, "CPUID leaves");
    host.insns[INTERCEPT_HLT] = (struct intercept_cost){64, 0, 4340000, 4340000};
    TAP_INT(answer_of(&host, INTERCEPT_HLT).verdict, INTERCEPT_YES, "where HLT's exits are on it leaves");
    TAP_INT(halt_pending_judge(&slept, &confidence), HALT_PENDING_SLEPT, "haltpoll's: it slept");
    TAP_INT(confidence, CONFIDENCE_LOW, "nothing is known then");
    left.hlt_tsc = 4 * left.cpuid_tsc;
    TAP_INT(halt_pending_judge(&left, &confidence), HALT_PENDING_LEAVES, "four exits long it leaves");
    TAP_INT(halt_pending_judge(&stolen, &confidence), HALT_PENDING_DELIVERY, "beside a CPUID that steal made dear");
}

/* The reason that is given is the one that decided. */
static void check_software(void)
{
    struct intercept_host host = plain();

    TAP_INT(intercept_software(&host), INTERCEPT_SOFTWARE_NOT, "a processor's costs");
    host.load.floor_mtsc = 5 * host.multiply.floor_mtsc;
    TAP_INT(intercept_software(&host), INTERCEPT_SOFTWARE_LOAD, "slow loads");
    host.insns[INTERCEPT_CPUID].floor_mtsc = host.multiply.floor_mtsc;
    TAP_INT(intercept_software(&host), INTERCEPT_SOFTWARE_CPUID, "a fast CPUID, as on TCG");
    TAP_INT(answer_of(&host, INTERCEPT_ARM).verdict, INTERCEPT_EMULATED, "it is software");
    host.hardware = true;
    TAP_INT(intercept_software(&host), INTERCEPT_SOFTWARE_NOT, "but for host=hardware");
    TAP_INT(answer_of(&host, INTERCEPT_ARM).verdict, INTERCEPT_YES, "so a dear instruction leaves");
    host.emulator = true;
    TAP_INT(intercept_software(&host), INTERCEPT_SOFTWARE_NAME, "a name counts first");
}

int main(void)
{
    check_software();
    check_sleep();
    check_kind(NATIVE, "bare metal");
    check_kind(VMX, "VMX");
    check_kind(SVM, "SVM");
    check_kind(EMULATOR, "an emulator");
    check_kind(SOFTWARE_KVM, "a software KVM");
    check_plain();
    check_doubt();
    check_hlt();
    check_one_tick();
    return tap_done();
}
