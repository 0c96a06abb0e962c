/* SPDX-License-Identifier: MIT */
#include "run/tool/cstates/paste.h"

#include <inttypes.h>

#include "lib/governor/idle_table.h"

#define NS_PER_US      1000
#define HINT_TLB_FIRST 0x20 /* from C6 on the TLB is lost (intel_idle marks them so) */

/* Rounds up to whole us, as kernels' tables have. */
static int64_t up_to_us(int64_t ns)
{
    return (ns + NS_PER_US - 1) / NS_PER_US;
}

void cstates_paste_c(const struct cstates_log *log, const struct cstates_state *states, size_t count, FILE *out)
{
    fprintf(out, "/* %s: exit latency is the measured p99. */\n", log->cpu);
    if (log->guest)
        fputs("/* UNVERIFIED: a hypervisor or emulator was there. Not a processor's figures. */\n", out);
    fputs("static struct cpuidle_state measured_cstates[] __initdata = {\n", out);
    for (size_t i = 0; i < count; i++) {
        const struct cstates_state *state = &states[i];
        uint32_t hint = state->request.argument;
        if (!state->pasted || state->request.way != CSTATES_MWAIT)
            continue;
        fprintf(out, "\t{ /* n %" PRIu64 " by %s; target residency %s */\n", state->measure->n, state->measure->by,
                state->target_basis);
        fprintf(out, "\t\t.name = \"%s\",\n\t\t.desc = \"MWAIT 0x%02x\",\n", state->name, hint);
        fprintf(out, "\t\t.flags = MWAIT2flg(0x%02x)%s,\n", hint,
                hint >= HINT_TLB_FIRST ? " | CPUIDLE_FLAG_TLB_FLUSHED" : "");
        fprintf(out, "\t\t.exit_latency = %" PRId64 ",\n\t\t.target_residency = %" PRId64 ",\n",
                up_to_us(state->exit_ns), up_to_us(state->target_ns));
        fputs("\t\t.enter = &intel_idle,\n\t\t.enter_s2idle = intel_idle_s2idle, },\n", out);
    }
    fputs("\t{\n\t\t.enter = NULL }\n};\n", out);
}

bool cstates_paste_csv(const struct cstates_log *log, const struct cstates_state *states, size_t count, FILE *out)
{
    int row = 1;
    for (size_t i = 0; i < count && row > 0; i++)
        row += states[i].pasted;
    if (row < IDLE_STATES_MIN || row > IDLE_STATES_MAX) {
        fprintf(stderr, "idlelab cstates: a table needs 1 to %d measured states, the log has %d\n", IDLE_STATES_MAX - 1,
                row - 1);
        return false;
    }
    if (log->guest)
        fputs("idlelab cstates: unverified: a hypervisor or emulator was there\n", stderr);
    fputs("index,name,exit_latency_ns,target_residency_ns,flags,disabled\n0,POLL,0,0,POLL,0\n", out);
    row = 1;
    for (size_t i = 0; i < count; i++) {
        char name[IDLE_NAME_BYTES];
        if (!states[i].pasted)
            continue;
        snprintf(name, sizeof(name), "%s", states[i].name);
        fprintf(out, "%d,%s,%" PRId64 ",%" PRId64 ",-,0\n", row++, name, states[i].exit_ns, states[i].target_ns);
    }
    return true;
}
