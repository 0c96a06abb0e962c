/* SPDX-License-Identifier: MIT */
/*
 * Question: which devices keep the package awake, and what is left when they are stopped?
 * Method: walk all PCI functions. USB controllers (EHCI, xHCI) are taken from the firmware, their legacy SMIs switched
 *   off, and they are halted; endpoints lose bus mastering. Bridges, displays, system devices and the console's own
 *   device stay as they are. Each register is read back. Nothing is put back.
 * Expected: no SMIs by legacy USB afterwards (`preflight` counts), and package states that DMA kept away.
 * Confounders: devices of other segments, and what moves memory without PCI: the management engine, a BMC. A USB
 *   keyboard is dead afterwards. A resumed run (resume=) does not run the step again.
 * Sources: PCI Local Bus specification 3.0, 6.2.2; EHCI specification 1.0, 5.1; xHCI specification 1.2, 4.22.1.
 */
#include "arch/x86/pci/quiet.h"
#include "experiments/kit/experiment.h"
#include "experiments/kit/row.h"
#include "lib/cstring.h"
#include "lib/fmt.h"

enum { DEVICES_MAX = 128, PLACE_BYTES = 12, LIST_BYTES = 600 };

struct quiet {
    struct pci_scan scan;
    uint32_t seen, count; /* functions; those that are noted */
    struct quiet_device devices[DEVICES_MAX];
};

static const char *quiet_prepare(struct step *step)
{
    step->total = 1;
    return pci_present() ? NULL : "no PCI configuration space by ports CF8h and CFCh";
}

/* Bridges, and what moves no memory and never did, are of no interest. */
static bool is_noted(const struct quiet_device *device)
{
    return device->end != QUIET_BRIDGE &&
           (((device->pci.command | device->after) & PCI_COMMAND_MASTER) || device->usb.how != USB_NONE);
}

static void quiet_batch(struct step *step)
{
    struct quiet *quiet = step->state;
    struct quiet_device device = {0};

    while (pci_scan_next(&quiet->scan, &device.pci)) {
        quiet->seen++;
        quiet_stop(step->machine, &device);
        if (is_noted(&device) && quiet->count++ < DEVICES_MAX)
            quiet->devices[quiet->count - 1] = device;
        device = (struct quiet_device){0};
        if (step_should_return(step))
            return;
    }
    step->done = 1;
    step->complete = true;
}

static void name_place(const struct quiet_device *device, char place[PLACE_BYTES])
{
    fmt(place, PLACE_BYTES, "%02x:%02x.%x", device->pci.at.bus, device->pci.at.device, device->pci.at.function);
}

static void report_device(struct step *step, const struct quiet_device *device)
{
    bool usb = device->usb.how != USB_NONE;
    char place[PLACE_BYTES];
    struct row row;

    name_place(device, place);
    row_begin(&row, step, "device");
    json_add(&row.json, "at:%s vendor:%x id:%x class:%x is:%s command:%x after:%x", place, device->pci.vendor,
             device->pci.id, device->pci.class, quiet_end_name(device->end), device->pci.command, device->after);
    if (usb) {
        json_add(&row.json, "usb:%s smi:%x", usb_handoff_name(device->usb.how), device->usb.smi);
        json_bool(&row.json, "halted", device->usb.halted);
    }
    row_end(&row, step);
}

/* Appends the device's place to a list of LIST_BYTES. */
static void list_device(char *list, const struct quiet_device *device)
{
    size_t used = strlen(list);
    char place[PLACE_BYTES];

    name_place(device, place);
    fmt(list + used, LIST_BYTES - used, " %s (%s)", place, quiet_end_name(device->end));
}

static void quiet_finish(struct step *step)
{
    const struct quiet *quiet = step->state;
    uint32_t kept = quiet->count < DEVICES_MAX ? quiet->count : DEVICES_MAX, stopped = 0;
    char masters[LIST_BYTES] = "", stuck[LIST_BYTES] = "";

    for (uint32_t i = 0; i < kept; i++) {
        const struct quiet_device *device = &quiet->devices[i];
        enum usb_handoff how = device->usb.how;

        report_device(step, device);
        stopped += device->end == QUIET_STOPPED;
        if (device->after & PCI_COMMAND_MASTER)
            list_device(masters, device);
        if (how == USB_FORCED || (how > USB_NO_REGISTERS && !device->usb.halted))
            list_device(stuck, device);
    }
    if (*masters)
        result_say(step, "bus_masters", CONFIDENCE_NONE, "these may still move memory:%s", masters);
    if (*stuck)
        result_say(step, "usb_stuck", CONFIDENCE_NONE,
                   "USB controllers that the firmware did not give back, or that do not halt:%s", stuck);
    if (quiet->count > kept)
        result_say(step, "devices_lost", CONFIDENCE_NONE, "%u devices more than there is room for were handled, too",
                   quiet->count - kept);
    result_scalar(step, "functions", quiet->seen, "count");
    result_metric(step, "stopped", stopped, "count");
}

static const struct experiment quiet = {
    .spec = {.name = "quiet"},
    .state_bytes = sizeof(struct quiet),
    .prepare = quiet_prepare,
    .batch = quiet_batch,
    .finish = quiet_finish,
};
LAB_EXPERIMENT(quiet);
