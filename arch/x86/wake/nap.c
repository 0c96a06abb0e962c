/* SPDX-License-Identifier: MIT */
#include "arch/x86/wake/nap.h"

const char *nap_way_name(enum nap_way way)
{
    static const char *const names[NAP_WAYS] = {[NAP_HLT] = "hlt", [NAP_MWAIT] = "mwait", [NAP_IOPORT] = "ioport"};

    return names[way];
}

const char *nap_source_name(enum nap_source source)
{
    static const char *const names[NAP_SOURCES] = {[NAP_TIMER] = "timer", [NAP_IPI] = "ipi", [NAP_STORE] = "store"};

    return names[source];
}
