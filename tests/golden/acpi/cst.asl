DefinitionBlock ("cst.aml", "SSDT", 2, "LAB", "CST", 1)
{
    // A static _CST: C1 by HLT, C2 by MWAIT 10h, C3 by a port.
    Device (\_SB.CP00)
    {
        Name (_HID, "ACPI0007")
        Name (_CST, Package ()
        {
            3,
            Package () { ResourceTemplate () { Register (FFixedHW, 0, 0, 0, 0) }, 1, 1, 1000 },
            Package () { ResourceTemplate () { Register (FFixedHW, 1, 2, 0x10, 3) }, 2, 0x40, 500 },
            Package () { ResourceTemplate () { Register (SystemIO, 8, 0, 0x415, ) }, 3, 0x0320, 250 }
        })
    }
    // As firmware of Intel's clients has them: packages of a method, which fills in latencies.
    Device (\_SB.CP01)
    {
        Name (_HID, "ACPI0007")
        Name (C6TM, Package () { ResourceTemplate () { Register (FFixedHW, 1, 2, 0x20, 1) }, 2, 0, 0 })
        Method (_CST)
        {
            C6TM [2] = 0x85
            Return (Package () { 2,
                Package () { ResourceTemplate () { Register (FFixedHW, 1, 2, 0x00, 1) }, 1, 2, 1000 },
                Package () { ResourceTemplate () { Register (FFixedHW, 1, 2, 0x60, 1) }, 3, 0x12345, 10 } })
        }
    }
    Device (\_SB.CP02)
    {
        Name (_HID, "ACPI0007")
        Name (_LPI, Package ()
        {
            0, 1, 2,
            Package () { 2, 1, 1, 0, 0, 0, ResourceTemplate () { Register (FFixedHW, 1, 2, 0x00, 1) },
                ResourceTemplate () { Register (SystemMemory, 0, 0, 0, 0) },
                ResourceTemplate () { Register (SystemMemory, 0, 0, 0, 0) }, "C1" },
            Package () { 600, 133, 1, 0, 0, 1, ResourceTemplate () { Register (FFixedHW, 1, 2, 0x21, 1) },
                ResourceTemplate () { Register (SystemMemory, 0, 0, 0, 0) },
                ResourceTemplate () { Register (SystemMemory, 0, 0, 0, 0) }, "C6" }
        })
    }
    // No C-states, though they look alike: a register of another space, a package with another count, a string.
    Name (XPKG, Package ()
    {
        Package () { ResourceTemplate () { Register (PCI_Config, 8, 0, 0x10, ) }, 1, 1, 1 },
        Package () { ResourceTemplate () { Register (FFixedHW, 1, 2, 0x30, 1) }, 2, 3 },
        Package () { ResourceTemplate () { Register (FFixedHW, 1, 2, 0x31, 1) }, 2, 3, "C" }
    })
}
