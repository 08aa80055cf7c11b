using System.Globalization;
using FhirAspire.Simulation.Random;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Engine;

/// <summary>
/// Makes the UDI of a device in GS1's form: (01) GTIN-14, (11) made, (17) expires, (10) lot, (21) serial number
/// (GS1 General Specifications, section 3). The numbers belong to nobody.
/// </summary>
internal static class UniqueDeviceIdentifier
{
    public static void Assign(Device device, SimRandom random)
    {
        device.DeviceIdentifier = Digits(random, 14);
        device.LotNumber = Digits(random, 3 + random.NextInt(14));
        device.SerialNumber = Digits(random, 3 + random.NextInt(14));
        device.ManufactureTime = device.Start - (21 * SimTime.Day);
        device.ExpirationTime = device.ManufactureTime + (25 * 365 * SimTime.Day) + (6 * SimTime.Day);
        device.Udi = $"(01){device.DeviceIdentifier}(11){Date(device.ManufactureTime)}(17){Date(device.ExpirationTime)}(10){device.LotNumber}(21){device.SerialNumber}";
    }

    private static string Date(long time) => SimTime.ToDateTimeOffset(time).ToString("yyMMdd", CultureInfo.InvariantCulture);

    private static string Digits(SimRandom random, int count) => string.Create(count, random, static (span, source) =>
    {
        span[0] = (char)('1' + source.NextInt(9));
        for (var i = 1; i < span.Length; i++)
        {
            span[i] = (char)('0' + source.NextInt(10));
        }
    });
}
