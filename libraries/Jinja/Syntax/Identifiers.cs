using System.Globalization;

namespace FhirAspire.Jinja.Syntax;

/// <summary>Which characters Python takes for a word and for an identifier.</summary>
internal static class Identifiers
{
    /// <summary>Whether <c>\w</c> takes the code point.</summary>
    public static bool IsWord(int codePoint)
    {
        if (codePoint < 128)
        {
            return char.IsAsciiLetterOrDigit((char)codePoint) || codePoint == '_';
        }

        return Category(codePoint) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
            or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.DecimalDigitNumber
            or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;
    }

    /// <summary>Whether Python's <c>str.isidentifier</c> holds.</summary>
    public static bool IsIdentifier(string text)
    {
        if (text.Length == 0)
        {
            return false;
        }

        var first = true;
        foreach (var rune in text.EnumerateRunes())
        {
            var ok = rune.Value == '_' || Category(rune.Value) switch
            {
                UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                    or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.LetterNumber => true,
                UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.DecimalDigitNumber
                    or UnicodeCategory.ConnectorPunctuation => !first,
                _ => false,
            };
            if (!ok)
            {
                return false;
            }

            first = false;
        }

        return true;
    }

    private static UnicodeCategory Category(int codePoint) => CharUnicodeInfo.GetUnicodeCategory(codePoint);

    /// <summary>How many surrogate pairs the text holds.</summary>
    public static int CountSurrogatePairs(this ReadOnlySpan<char> text)
    {
        var count = 0;
        var at = text.IndexOfAnyInRange('\ud800', '\udbff');
        while (at >= 0)
        {
            if (at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]))
            {
                count++;
            }

            text = text[(at + 1)..];
            at = text.IndexOfAnyInRange('\ud800', '\udbff');
        }

        return count;
    }
}
