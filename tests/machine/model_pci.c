/* SPDX-License-Identifier: MIT */
/* The seam of pci/tco.h: a model has no PCI, only what its chipset's watchdog does. */
#include "arch/x86/pci/tco.h"

#include "tests/machine/model.h"

enum tco_state tco_read(const struct acpi_fadt *fadt)
{
    (void)fadt;
    return model_now()->tco;
}
