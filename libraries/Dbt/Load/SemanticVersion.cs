using System.Globalization;
using System.Text.RegularExpressions;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Load;

/// <summary>A version, or what one has to be, such as <c>&gt;=1.2.0</c> (https://semver.org; https://docs.getdbt.com/docs/build/packages#specifying-package-versions).</summary>
internal sealed partial record SemanticVersion(string Matcher, int Major, int Minor, int Patch, string? Prerelease) : IComparable<SemanticVersion>
{
    /// <summary>The version in a text; null where it is none.</summary>
    public static SemanticVersion? Parse(string text)
    {
        var match = Pattern().Match(text);
        int Number(string name) => int.Parse(match.Groups[name].Value, NumberStyles.None, CultureInfo.InvariantCulture);
        return match.Success
            ? new SemanticVersion(match.Groups["matcher"].Value, Number("major"), Number("minor"), Number("patch"), match.Groups["pre"] is { Success: true, Value: var pre } ? pre : null)
            : null;
    }

    /// <summary>The texts of what a setting asks for: a list, or one text with commas.</summary>
    public static List<string> Texts(object given) => [.. (given is List<object?> list ? list.Select(Val.Str) : Val.Str(given).Split(',')).Select(text => text.Trim())];

    /// <summary>Whether a version is one of those that are asked for.</summary>
    public bool Allows(SemanticVersion version)
    {
        var order = version.CompareTo(this);
        return Matcher switch { ">=" => order >= 0, "<=" => order <= 0, ">" => order > 0, "<" => order < 0, _ => order == 0 };
    }

    /// <inheritdoc/>
    public int CompareTo(SemanticVersion? other)
    {
        if (other is null)
        {
            return 1;
        }

        var order = (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));
        return order != 0 ? order : ComparePrereleases(Prerelease, other.Prerelease);
    }

    /// <summary>Without what is asked of it.</summary>
    public override string ToString() => FormattableString.Invariant($"{Major}.{Minor}.{Patch}") + (Prerelease is null ? "" : $"-{Prerelease}");

    // A release is after all that went before it; of those, numbers stand before words, and a longer row of parts after a shorter one.
    private static int ComparePrereleases(string? left, string? right)
    {
        if (left is null || right is null)
        {
            return (left is null).CompareTo(right is null);
        }

        var (a, b) = (left.Split('.'), right.Split('.'));
        for (var i = 0; i < Math.Min(a.Length, b.Length); i++)
        {
            var isLeftNumber = int.TryParse(a[i], NumberStyles.None, CultureInfo.InvariantCulture, out var x);
            var isRightNumber = int.TryParse(b[i], NumberStyles.None, CultureInfo.InvariantCulture, out var y);
            var order = isLeftNumber && isRightNumber ? x.CompareTo(y) : isLeftNumber != isRightNumber ? isRightNumber.CompareTo(isLeftNumber) : string.CompareOrdinal(a[i], b[i]);
            if (order != 0)
            {
                return order;
            }
        }

        return a.Length.CompareTo(b.Length);
    }

    [GeneratedRegex(@"^(?<matcher>>=|<=|=|>|<)?\s*v?(?<major>\d{1,6})\.(?<minor>\d{1,6})\.(?<patch>\d{1,6})(?:-?(?<pre>[0-9A-Za-z][0-9A-Za-z.-]*))?(?:\+[0-9A-Za-z.-]+)?$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pattern();
}
