/* SPDX-License-Identifier: MIT */
/*
 * Four idle states for a machine that has only HLT: acpi_idle takes a C1 whose fixed hardware it does not know as HLT,
 * and its target residency is twice the latency given here (us): 4, 40, 266, 800. `iasl -tc cst.asl` makes cst.aml.
 */
DefinitionBlock ("cst.aml", "SSDT", 2, "LAB", "STATES", 1)
{
    External (\_SB.CPUS.C000, DeviceObj)
    External (\_SB.CPUS.C001, DeviceObj)
    Name (\LABC, Package ()
    {
        4,
        Package () { ResourceTemplate () { Register (FFixedHW, 1, 2, 0x00, 1) }, 1, 2, 1000 },
        Package () { ResourceTemplate () { Register (FFixedHW, 1, 2, 0x10, 1) }, 1, 20, 500 },
        Package () { ResourceTemplate () { Register (FFixedHW, 1, 2, 0x20, 1) }, 1, 133, 200 },
        Package () { ResourceTemplate () { Register (FFixedHW, 1, 2, 0x60, 1) }, 1, 400, 50 }
    })
    Scope (\_SB.CPUS.C000) { Method (_CST) { Return (\LABC) } }
    If (CondRefOf (\_SB.CPUS.C001))
    {
        Scope (\_SB.CPUS.C001) { Method (_CST) { Return (\LABC) } }
    }
}
