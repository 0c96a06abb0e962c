/* SPDX-License-Identifier: MIT */
/* Which states `breakeven` compares: the script's list, or what this processor has. */
#include "arch/x86/cpu/features.h"
#include "arch/x86/power/amd_ports.h"
#include "arch/x86/idle/known_states.h"
#include "experiments/breakeven/parts.h"
#include "lib/cstring.h"
#include "lib/fmt.h"
#include "lib/units.h"
#include "lib/script/words.h"

enum { HINT_STATE_SHIFT = 4, NIBBLES = 8 };

static const struct {
    const char *word;
    enum nap_way way;
} ways[] = {{"hlt", NAP_HLT}, {"mwait:", NAP_MWAIT}, {"ioport:", NAP_IOPORT}};

/* One word of a list: "hlt", "mwait:0x20", "ioport:0x814". */
static bool read_word(const char *text, size_t bytes, struct nap_state *state)
{
    for (unsigned i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        size_t stem_bytes = strlen(ways[i].word);
        bool has_number = ways[i].way != NAP_HLT;
        uint64_t number = 0;

        if (bytes < stem_bytes || memcmp(text, ways[i].word, stem_bytes) != 0)
            continue;
        if (!has_number && bytes != stem_bytes)
            return false;
        if (has_number && units_parse_count(text + stem_bytes, bytes - stem_bytes, &number).problem != UNITS_OK)
            return false;
        if (number > (ways[i].way == NAP_MWAIT ? 0xff : 0xffff))
            return false;
        *state = (struct nap_state){ways[i].way, (uint32_t)number};
        return true;
    }
    return false;
}

/* The words of a list; 0: it is none. */
static uint32_t read_words(const struct script_token *words, struct nap_state states[BREAKEVEN_STATES_MAX])
{
    uint32_t count = 0, from = 0;

    for (uint32_t i = 0; i <= words->bytes; i++) {
        if (i < words->bytes && words->text[i] != '+')
            continue;
        if (count == BREAKEVEN_STATES_MAX || !read_word(words->text + from, i - from, &states[count]))
            return 0;
        count++;
        from = i + 1;
    }
    return count;
}

bool breakeven_words_good(const struct script_token *words)
{
    struct nap_state states[BREAKEVEN_STATES_MAX];

    return words_equal("auto", words->text, words->bytes) || read_words(words, states) > 0;
}

static void add(struct breakeven *b, struct nap_state nap)
{
    struct breakeven_state *state = &b->states[b->state_count];

    if (b->state_count == BREAKEVEN_STATES_MAX || nap_refuse(&b->nap, &nap, NAP_TIMER, false))
        return;
    state->nap = nap;
    b->state_count++;
}

/* What the processor's table has, where it has one, else the first sub-state of each C-state that CPUID lists. */
static void add_hints(struct breakeven *b, const struct cpu_snapshot *snapshot)
{
    const struct kernel_table *table = known_states(snapshot);
    struct cpu_mwait mwait = cpu_mwait_info(snapshot);

    for (unsigned i = 0; table && i < table->count; i++)
        add(b, (struct nap_state){NAP_MWAIT, table->states[i].hint});
    for (unsigned i = 1; !table && i < NIBBLES; i++)
        if (mwait.substates[i])
            add(b, (struct nap_state){NAP_MWAIT, (i - 1) << HINT_STATE_SHIFT});
}

static void choose_auto(struct step *step, struct breakeven *b)
{
    const struct cpu_snapshot *snapshot = step_cpuid(step);
    struct amd_ports ports = amd_ports_read(snapshot, b->guest);

    add_hints(b, snapshot);
    if (!b->state_count)
        add(b, (struct nap_state){NAP_HLT, 0});
    if (ports.base)
        add(b, (struct nap_state){NAP_IOPORT, amd_ports_c2(&ports)});
}

const char *breakeven_choose(struct step *step, struct breakeven *b)
{
    const struct script_token *words = &step->plan->values[BREAKEVEN_STATES].text;
    struct nap_state wanted[BREAKEVEN_STATES_MAX];
    bool force = plan_flag(step->plan, "force");
    uint32_t count = 0;

    if (words_equal("auto", words->text, words->bytes))
        choose_auto(step, b);
    else
        count = read_words(words, wanted);
    for (uint32_t i = 0; i < count; i++) {
        const char *problem = nap_refuse(&b->nap, &wanted[i], NAP_TIMER, force);

        if (problem)
            return problem;
        b->states[i].nap = wanted[i];
        b->state_count++;
    }
    for (uint32_t i = 0; i < b->state_count; i++) {
        struct breakeven_state *state = &b->states[i];

        if (state->nap.way == NAP_HLT)
            fmt(state->word, sizeof(state->word), "hlt");
        else
            fmt(state->word, sizeof(state->word), "%s0x%02x", ways[state->nap.way].word, state->nap.argument);
    }
    return b->state_count ? NULL : "no idle state is listed (states= names them)";
}
