using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;
using FhirAspire.Fhir.Bundles;
using FhirAspire.Simulation;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Fhir.Tests.Bundles;

public class Utf8BufferTests
{
    [Fact]
    public void Any_text_reads_back_but_for_control_characters_that_FHIR_forbids()
        => Gen.String.Sample(text =>
        {
            var readable = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
            JsonSerializer.Deserialize<string>(Written(buffer => buffer.Text(text))).ShouldBe(
                string.Concat(readable.Select(c => c < ' ' && c is not ('\n' or '\r' or '\t') ? ' ' : c)));
        });

    [Fact]
    public void A_measure_has_five_significant_digits_and_no_exponent()
        => Gen.Double[-1e14, 1e14].Sample(value =>
        {
            var text = Written(buffer => buffer.Measure(value));
            text.ShouldNotContain("E");
            Math.Abs(double.Parse(text, CultureInfo.InvariantCulture) - value).ShouldBeLessThanOrEqualTo((Math.Abs(value) * 5.0001e-5) + 1e-20);
        });

    [Theory]
    [InlineData(78.2166, "78.217")]
    [InlineData(-3.25, "-3.25")]
    [InlineData(123456.7, "123460")]
    [InlineData(99999.6, "100000")]
    [InlineData(41, "41")]
    [InlineData(0.000012345678, "0.000012346")]
    [InlineData(0, "0")]
    public void Measures_look_as_people_write_them(double value, string text) => Written(buffer => buffer.Measure(value)).ShouldBe(text);

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(1e300)]
    public void A_number_that_JSON_cannot_hold_is_an_error(double value)
        => Should.Throw<FhirWriteException>(() => Written(buffer => buffer.Measure(value))).Code.ShouldBe("FHW001");

    [Fact]
    public void A_real_number_reads_back_exactly_without_an_exponent()
        => Gen.Double[-1000, 1000].Sample(value =>
        {
            var text = Written(buffer => buffer.Real(value));
            text.ShouldNotContain("E");
            double.Parse(text, CultureInfo.InvariantCulture).ShouldBe(value, Math.Abs(value) < 1e-4 ? 1e-18 : 0);
        });

    [Fact]
    public void Instants_and_dates_agree_with_the_calendar()
        => Gen.Long[SimTime.Of(1880), SimTime.Of(2199)].Sample(time =>
        {
            var expected = DateTimeOffset.FromUnixTimeMilliseconds(time);
            Written(buffer => buffer.Instant(time)).ShouldBe($"\"{expected:yyyy-MM-ddTHH:mm:ss}+00:00\"");
            Written(buffer => buffer.Milliseconds(time)).ShouldBe($"\"{expected:yyyy-MM-ddTHH:mm:ss.fff}+00:00\"");
            Written(buffer => buffer.Date(time)).ShouldBe($"\"{expected:yyyy-MM-dd}\"");
        });

    [Fact]
    public void Amounts_have_two_decimals()
        => Gen.Long[-10_000_000, 10_000_000].Sample(cents => Written(buffer => buffer.Amount(new Money(cents))).ShouldBe((cents / 100m).ToString("0.00", CultureInfo.InvariantCulture)));

    private static string Written(Action<Utf8Buffer> write)
    {
        using var buffer = new Utf8Buffer(16);
        write(buffer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
