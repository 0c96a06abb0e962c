/* SPDX-License-Identifier: MIT */
/* What `survey` says about the watchdog: its source, how a peer sleeps, and every source that was refused. */
#include "experiments/survey/parts.h"

static void report_source(struct step *step, const struct watchdog *watchdog)
{
    result_env(step, "watchdog", watchdog_source_name(watchdog->source));
    if (watchdog->source == WATCHDOG_HPET && watchdog->gsi == WATCHDOG_MESSAGE)
        result_write(step, "t:%s k:%s by:%s timer:%u", "cal", "watchdog", "message", watchdog->hpet_timer);
    else if (watchdog->source == WATCHDOG_HPET || watchdog->source == WATCHDOG_PIT)
        result_write(step, "t:%s k:%s by:%s timer:%u gsi:%u", "cal", "watchdog", "line", watchdog->hpet_timer,
                     watchdog->gsi);
    else if (watchdog->source == WATCHDOG_PEER && watchdog->peer.awake)
        result_write(step, "t:%s k:%s apic:%u sleeps:%s", "cal", "watchdog", watchdog->peer.cpu->apic_id, "hlt");
    else if (watchdog->source == WATCHDOG_PEER)
        result_write(step, "t:%s k:%s apic:%u sleeps:%s hint:%x", "cal", "watchdog", watchdog->peer.cpu->apic_id,
                     "mwait", watchdog->peer.hint);
}

static void report_try(struct step *step, const struct watchdog_try *refused)
{
    const char *source = watchdog_source_name(refused->source), *why = watchdog_refusal_name(refused->why);
    bool named = refused->why != WATCHDOG_ABSENT && refused->why != WATCHDOG_PC10;

    if (!named || refused->source == WATCHDOG_PEER || refused->source == WATCHDOG_XEN)
        result_write(step, "t:%s k:%s source:%s why:%s", "cal", "watchdog_refused", source, why);
    else if (refused->gsi == WATCHDOG_MESSAGE)
        result_write(step, "t:%s k:%s source:%s why:%s timer:%u by:%s", "cal", "watchdog_refused", source, why,
                     refused->timer, "message");
    else
        result_write(step, "t:%s k:%s source:%s why:%s timer:%u by:%s gsi:%u", "cal", "watchdog_refused", source, why,
                     refused->timer, "line", refused->gsi);
}

static void report_peer(struct step *step, const struct watchdog *watchdog)
{
    result_finding(step, "watchdog_peer", CONFIDENCE_NONE,
                   "one CPU serves as the watchdog and takes part in nothing else");
    if (watchdog->peer.awake && !hv_is_guest(&step->machine->hv))
        result_say(step, "peer_awake", CONFIDENCE_NONE,
                   "the CPU that serves as the watchdog sleeps in HLT only (%s): its core and its package go no deeper",
                   watchdog->peer.awake);
}

void survey_report_watchdog(struct step *step)
{
    const struct watchdog *watchdog = &step->machine->watchdog;
    uint32_t noted = watchdog->try_count < WATCHDOG_TRIES_NOTED ? watchdog->try_count : WATCHDOG_TRIES_NOTED;

    report_source(step, watchdog);
    for (uint32_t i = 0; i < noted; i++)
        report_try(step, &watchdog->tries[i]);
    if (noted < watchdog->try_count)
        result_write(step, "t:%s k:%s more:%u", "cal", "watchdog_refused", watchdog->try_count - noted);
    if (watchdog->source == WATCHDOG_PEER)
        report_peer(step, watchdog);
    if (watchdog->pc10 && (watchdog->source == WATCHDOG_HPET || watchdog->source == WATCHDOG_PIT))
        result_finding(step, "watchdog_pc10", CONFIDENCE_NONE,
                       "the watchdog's clock may stop in package C10: a wake that is lost there may stop the run; "
                       "watchdog=peer takes a CPU for it");
    if (watchdog->source == WATCHDOG_XEN)
        result_finding(step, "watchdog_xen", CONFIDENCE_NONE,
                       "no source of a watchdog NMI works here: Xen ends this domain where a step hangs, and its log "
                       "has no end then");
    if (watchdog->source == WATCHDOG_NONE)
        result_finding(step, "no_watchdog", CONFIDENCE_NONE,
                       "no source of a watchdog NMI works here: a lost wake would stop the run");
}
