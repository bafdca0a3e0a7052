// What a laptop's firmware tells the kernel, for a guest that has no such hardware: a worn battery, a power supply, a zone close
// to its limit. By the ACPI Specification 6.5, chapters 10 (power sources) and 11 (thermal management). The figures are those
// that story.ts expects.
DefinitionBlock ("", "SSDT", 2, "FETTLE", "LAPTOP", 1)
{
  Scope (\_SB)
  {
    // four bytes that QEMU's pc-testdev keeps: what is written there by the guest happens to the laptop
    OperationRegion (PLAY, SystemIO, 0xE0, 0x04)
    Field (PLAY, ByteAcc, NoLock, Preserve)
    {
      PLUG, 8, // 1: plugged in
      WARM, 8  // tenths of a kelvin more
    }
    Device (BAT0)
    {
      Name (_HID, EisaId ("PNP0C0A"))
      Name (_UID, 1)
      Name (_STA, 0x1F) // there, working, and a battery is in it
      Name (_PCL, Package () { \_SB })
      Name (_BIX, Package ()
      {
        0,          // revision
        0,          // in mWh and mW
        50000,      // when it was new
        35000,      // when it is full now: 70 %
        1,          // rechargeable
        11400,      // mV by design
        2500, 1000, // warning, low
        612,        // cycles
        95000, 0xFFFFFFFF, 0xFFFFFFFF, 0, 0, 100, 100,
        "FTL-50", "0042", "LION", "Fettle"
      })
      Method (_BST)
      {
        If (PLUG)
        {
          Return (Package () { 2, 7000, 21000, 12300 }) // is being charged
        }
        // is being emptied by 9 W with 21 Wh left: 60 %, two hours and twenty minutes
        Return (Package () { 1, 9000, 21000, 11100 })
      }
    }
    Device (ADP1)
    {
      Name (_HID, "ACPI0003")
      Name (_PCL, Package () { \_SB })
      Method (_PSR)
      {
        Return (PLUG)
      }
    }
  }
  ThermalZone (\_TZ.TZ00)
  {
    // tenths of a kelvin: 93, 98 and 100 °C
    Method (_TMP)
    {
      Return (3662 + \_SB.WARM)
    }
    Name (_HOT, 3712)
    Name (_CRT, 3732)
  }
}
