using System.CommandLine;
using System.Globalization;

namespace FhirAspire.AppHost.Commands;

/// <summary>Limits of options that take a whole number.</summary>
internal static class NumberRange
{
    /// <summary>Refuses a number outside of the range, and what is no number, which a validator that reads the option's value would not survive.</summary>
    public static void AcceptOnly<T>(this Option<T> option, long from, long to, string message)
        => option.Validators.Add(result =>
        {
            if (result.Tokens is [.., var last] && !(long.TryParse(last.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= from && number <= to))
            {
                result.AddError(message);
            }
        });
}
