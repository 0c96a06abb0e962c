/* SPDX-License-Identifier: MIT */
#include "arch/x86/cpu/cpuid.h"

#include "lib/cstring.h"

/* How the sub-leaves of a leaf are counted. */
enum subleaf_rule {
    SUBLEAF_ONE,
    SUBLEAF_MAX_IN_EAX,  /* EAX of sub-leaf 0 is the highest */
    SUBLEAF_MASK_IN_EAX, /* bit n of EAX of sub-leaf 0: sub-leaf n */
    SUBLEAF_CACHES,      /* until EAX[4:0] is 0 */
    SUBLEAF_LEVELS,      /* until ECX[15:8] is 0 */
    SUBLEAF_XSAVE,       /* 0, 1, then the components of both masks */
    SUBLEAF_FIXED,
};

struct leaf_rule {
    uint32_t leaf;
    enum subleaf_rule rule;
    uint32_t limit; /* most sub-leaves to keep: a broken table cannot fill the snapshot */
};

/* Leaves that are not listed here have one sub-leaf. SDM volume 2A, CPUID, table 3-8; AMD APM volume 3, appendix E. */
static const struct leaf_rule leaf_rules[] = {
    {0x00000004, SUBLEAF_CACHES, 8},     {0x00000007, SUBLEAF_MAX_IN_EAX, 4}, {0x0000000B, SUBLEAF_LEVELS, 4},
    {0x0000000D, SUBLEAF_XSAVE, 64},     {0x0000000F, SUBLEAF_FIXED, 2},      {0x00000010, SUBLEAF_FIXED, 4},
    {0x00000012, SUBLEAF_FIXED, 3},      {0x00000014, SUBLEAF_MAX_IN_EAX, 4}, {0x00000017, SUBLEAF_MAX_IN_EAX, 4},
    {0x00000018, SUBLEAF_MAX_IN_EAX, 8}, {0x0000001D, SUBLEAF_MAX_IN_EAX, 4}, {0x0000001E, SUBLEAF_MAX_IN_EAX, 4},
    {0x0000001F, SUBLEAF_LEVELS, 8},     {0x00000020, SUBLEAF_MAX_IN_EAX, 4}, {0x00000023, SUBLEAF_MASK_IN_EAX, 8},
    {0x00000024, SUBLEAF_MAX_IN_EAX, 4}, {0x8000001D, SUBLEAF_CACHES, 8},     {0x80000020, SUBLEAF_FIXED, 4},
    {0x80000026, SUBLEAF_LEVELS, 8},
};

/* The most leaves that one range may have, whatever its first leaf claims. */
enum {
    BASIC_LEAVES_MAX = 0x40,
    HYPERVISOR_LEAVES_MAX = 0x14,
    EXTENDED_LEAVES_MAX = 0x40,
};

/* Hypervisors' leaves begin at multiples of this, several at once (Linux, hypervisor_cpuid_base()). */
static const uint32_t hypervisor_step = 0x100;
static const uint32_t hypervisor_last = 0x40010000;

static void keep(struct cpu_snapshot *snapshot, uint32_t leaf, uint32_t subleaf, struct cpuid_regs regs)
{
    if (snapshot->leaf_count == CPU_SNAPSHOT_LEAVES) {
        snapshot->lost_leaves++;
        return;
    }
    snapshot->leaves[snapshot->leaf_count++] = (struct cpuid_leaf){.leaf = leaf, .subleaf = subleaf, .regs = regs};
}

static struct leaf_rule rule_of(uint32_t leaf)
{
    for (size_t i = 0; i < sizeof(leaf_rules) / sizeof(leaf_rules[0]); i++)
        if (leaf_rules[i].leaf == leaf)
            return leaf_rules[i];
    return (struct leaf_rule){.leaf = leaf, .rule = SUBLEAF_ONE, .limit = 1};
}

/* True when sub-leaf n exists, judged by sub-leaves 0 and 1 and, for lists, by its own registers. */
static bool subleaf_exists(const struct leaf_rule *rule, uint32_t n, struct cpuid_regs first, struct cpuid_regs second,
                           struct cpuid_regs own)
{
    uint64_t components = (((uint64_t)first.edx << 32) | first.eax) | (((uint64_t)second.edx << 32) | second.ecx);
    switch (rule->rule) {
    case SUBLEAF_ONE:
        return n == 0;
    case SUBLEAF_MAX_IN_EAX:
        return n <= first.eax;
    case SUBLEAF_MASK_IN_EAX:
        return n == 0 || (n < 32 && ((first.eax >> n) & 1) != 0);
    case SUBLEAF_CACHES:
        return n == 0 || (own.eax & 0x1F) != 0;
    case SUBLEAF_LEVELS:
        return n == 0 || (own.ecx & 0xFF00) != 0;
    case SUBLEAF_XSAVE:
        return n < 2 || ((components >> n) & 1) != 0;
    case SUBLEAF_FIXED:
        return true;
    }
    return false;
}

static bool rule_is_list(enum subleaf_rule rule)
{
    return rule == SUBLEAF_CACHES || rule == SUBLEAF_LEVELS;
}

static void read_leaf(struct cpu_snapshot *snapshot, struct cpuid_source source, uint32_t leaf)
{
    struct leaf_rule rule = rule_of(leaf);
    struct cpuid_regs first = source.read(source.ctx, leaf, 0);
    struct cpuid_regs second = {0};
    if (rule.rule == SUBLEAF_XSAVE)
        second = source.read(source.ctx, leaf, 1);

    keep(snapshot, leaf, 0, first);
    for (uint32_t n = 1; n < rule.limit; n++) {
        struct cpuid_regs own = {0};
        if (rule_is_list(rule.rule))
            own = source.read(source.ctx, leaf, n);
        if (!subleaf_exists(&rule, n, first, second, own)) {
            if (rule_is_list(rule.rule))
                break;
            continue;
        }
        keep(snapshot, leaf, n, rule_is_list(rule.rule) ? own : source.read(source.ctx, leaf, n));
    }
}

/* Leaves base to EAX of base, which must lie in the same range. */
static void read_range(struct cpu_snapshot *snapshot, struct cpuid_source source, uint32_t base, uint32_t leaves_max)
{
    uint32_t highest = source.read(source.ctx, base, 0).eax;
    if (highest < base || highest - base >= 0x10000)
        highest = base;
    if (highest - base >= leaves_max)
        highest = base + leaves_max - 1;
    for (uint32_t leaf = base; leaf <= highest; leaf++)
        read_leaf(snapshot, source, leaf);
}

static bool printable_or_nul(uint32_t four)
{
    for (int i = 0; i < 4; i++, four >>= 8) {
        uint8_t byte = (uint8_t)four;
        if (byte != 0 && (byte < 0x20 || byte > 0x7E))
            return false;
    }
    return true;
}

/*
 * True where a hypervisor answers at base. EAX is its highest leaf (0 on old KVM), the rest twelve characters. A
 * processor without one answers leaves out of range with its highest basic leaf (Intel) or with zeros (AMD); neither
 * passes, because EAX is then too small and EBX is zero.
 */
static bool hypervisor_at(struct cpuid_regs r, uint32_t base)
{
    bool highest_ok = r.eax == 0 || (r.eax >= base && r.eax < base + hypervisor_step);
    return highest_ok && r.ebx != 0 && printable_or_nul(r.ebx) && printable_or_nul(r.ecx) && printable_or_nul(r.edx);
}

/*
 * One hypervisor's leaves. Old KVM reports 0 as the highest leaf and has one more. Highest leaves that reach into the
 * next step are cut at it.
 */
static void read_hypervisor(struct cpu_snapshot *snapshot, struct cpuid_source source, uint32_t base,
                            struct cpuid_regs first)
{
    uint32_t highest = first.eax == 0 ? base + 1 : first.eax;
    if (highest - base >= HYPERVISOR_LEAVES_MAX)
        highest = base + HYPERVISOR_LEAVES_MAX - 1;
    for (uint32_t leaf = base; leaf <= highest; leaf++)
        read_leaf(snapshot, source, leaf);
}

/* Without the hypervisor bit only the two usual places are read: one that hides the bit may still answer there. */
static void read_hypervisors(struct cpu_snapshot *snapshot, struct cpuid_source source)
{
    uint32_t last = cpu_has(snapshot, CPUID_HYPERVISOR) ? hypervisor_last : CPUID_BASE_HYPERVISOR + hypervisor_step;
    for (uint32_t base = CPUID_BASE_HYPERVISOR; base <= last; base += hypervisor_step) {
        struct cpuid_regs first = source.read(source.ctx, base, 0);
        if (hypervisor_at(first, base))
            read_hypervisor(snapshot, source, base, first);
    }
}

static void copy_register(char *text, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        text[i] = (char)(uint8_t)(value >> (8 * i));
}

static enum cpu_vendor vendor_of(const char *text)
{
    static const struct {
        const char *text;
        enum cpu_vendor vendor;
    } vendors[] = {
        {"GenuineIntel", CPU_VENDOR_INTEL},   {"AuthenticAMD", CPU_VENDOR_AMD},     {"HygonGenuine", CPU_VENDOR_HYGON},
        {"CentaurHauls", CPU_VENDOR_ZHAOXIN}, {"  Shanghai  ", CPU_VENDOR_ZHAOXIN},
    };
    for (size_t i = 0; i < sizeof(vendors) / sizeof(vendors[0]); i++)
        if (memcmp(text, vendors[i].text, CPU_VENDOR_BYTES - 1) == 0)
            return vendors[i].vendor;
    return CPU_VENDOR_UNKNOWN;
}

/*
 * The brand string is right-adjusted on old processors and padded on others: blanks at both ends go, other bytes become
 * '?'.
 */
static void decode_brand(struct cpu_snapshot *snapshot)
{
    char raw[CPU_BRAND_BYTES] = {0};
    size_t start, length;

    for (uint32_t i = 0; i < 3; i++) {
        struct cpuid_regs r = cpu_leaf(snapshot, 0x80000002 + i, 0, NULL);
        copy_register(raw + 16 * i, r.eax);
        copy_register(raw + 16 * i + 4, r.ebx);
        copy_register(raw + 16 * i + 8, r.ecx);
        copy_register(raw + 16 * i + 12, r.edx);
    }
    start = 0;
    length = 0;
    while (raw[start] == ' ')
        start++;
    for (size_t i = start; raw[i] != '\0'; i++) {
        bool shown = raw[i] >= 0x20 && raw[i] <= 0x7E;
        snapshot->brand[i - start] = shown ? raw[i] : '?';
        if (raw[i] != ' ')
            length = i - start + 1;
    }
    snapshot->brand[length] = '\0';
}

/*
 * The extended family counts only at family 15, the extended model at families 6 and 15 (SDM volume 2A, CPUID, "Version
 * Information"; AMD's rule is the same except for family 6, which AMD64 never had).
 */
static void decode_version(struct cpu_snapshot *snapshot)
{
    uint32_t family = cpu_field(snapshot, CPUID_FAMILY);
    uint32_t model = cpu_field(snapshot, CPUID_MODEL);
    if (family == 6 || family == 15)
        model |= cpu_field(snapshot, CPUID_EXTENDED_MODEL) << 4;
    if (family == 15)
        family += cpu_field(snapshot, CPUID_EXTENDED_FAMILY);
    snapshot->signature = cpu_leaf(snapshot, 1, 0, NULL).eax;
    snapshot->family = family;
    snapshot->model = model;
    snapshot->stepping = cpu_field(snapshot, CPUID_STEPPING);
}

static void decode_vendor(struct cpu_snapshot *snapshot)
{
    struct cpuid_regs r = cpu_leaf(snapshot, 0, 0, NULL);
    copy_register(snapshot->vendor_text, r.ebx);
    copy_register(snapshot->vendor_text + 4, r.edx);
    copy_register(snapshot->vendor_text + 8, r.ecx);
    snapshot->vendor_text[CPU_VENDOR_BYTES - 1] = '\0';
    snapshot->vendor = vendor_of(snapshot->vendor_text);
}

void cpu_snapshot_read(struct cpu_snapshot *snapshot, struct cpuid_source source)
{
    memset(snapshot, 0, sizeof(*snapshot));
    read_range(snapshot, source, CPUID_BASE_BASIC, BASIC_LEAVES_MAX);
    read_hypervisors(snapshot, source);
    read_range(snapshot, source, CPUID_BASE_EXTENDED, EXTENDED_LEAVES_MAX);
    decode_vendor(snapshot);
    decode_version(snapshot);
    decode_brand(snapshot);
}

struct cpuid_regs cpu_leaf(const struct cpu_snapshot *snapshot, uint32_t leaf, uint32_t subleaf, bool *found)
{
    for (uint32_t i = 0; i < snapshot->leaf_count; i++) {
        const struct cpuid_leaf *entry = &snapshot->leaves[i];
        if (entry->leaf == leaf && entry->subleaf == subleaf) {
            if (found != NULL)
                *found = true;
            return entry->regs;
        }
    }
    if (found != NULL)
        *found = false;
    return (struct cpuid_regs){0};
}

uint32_t cpu_field(const struct cpu_snapshot *snapshot, struct cpuid_field field)
{
    struct cpuid_regs r = cpu_leaf(snapshot, field.leaf, field.subleaf, NULL);
    const uint32_t values[] = {r.eax, r.ebx, r.ecx, r.edx};
    uint32_t width = (uint32_t)field.high - field.low + 1;
    uint32_t mask = width == 32 ? UINT32_MAX : (UINT32_C(1) << width) - 1;
    return (values[field.reg] >> field.low) & mask;
}

bool cpu_has(const struct cpu_snapshot *snapshot, struct cpuid_field feature)
{
    return cpu_field(snapshot, feature) != 0;
}
