using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace FhirAspire.Fhir.Spool;

/// <summary>
/// Gives the resources of a file new ids: every UUID is replaced by another, the same one wherever it stands and in every file of the round, so
/// that references still resolve. A UUID behind <c>|</c> is an identifier of something outside the file (an organization) and stays.
/// </summary>
public sealed class IdShift
{
    private const int UuidLength = 36;

    private readonly byte[] mask;

    /// <summary>Creates the mapping of a round; round 0 leaves everything as it is.</summary>
    public IdShift(long round)
    {
        Round = round;
        mask = SHA256.HashData(Encoding.UTF8.GetBytes($"fhiraspire replay round {round}"))[..16];
        // Version and variant of the UUID stay.
        mask[6] &= 0x0f;
        mask[8] &= 0x3f;
    }

    /// <summary>The round.</summary>
    public long Round { get; }

    /// <summary>Maps a name such as <c>Ann_Lee_{uuid}.json</c>.</summary>
    public string Apply(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Apply(bytes.AsSpan());
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Maps every UUID of a text, in place.</summary>
    public void Apply(Span<byte> text)
    {
        if (Round == 0)
        {
            return;
        }

        // A UUID's first hyphen stands 8 behind its start; hyphens are rarer than hexadecimal digits.
        var from = 8;
        while (from + UuidLength - 8 <= text.Length)
        {
            var hyphen = text[from..].IndexOf((byte)'-');
            if (hyphen < 0)
            {
                return;
            }

            var start = from + hyphen - 8;
            if (start + UuidLength <= text.Length && TryShift(text.Slice(start, UuidLength), start > 0 ? text[start - 1] : (byte)0))
            {
                from = start + UuidLength + 8;
            }
            else
            {
                from += hyphen + 1;
            }
        }
    }

    private bool TryShift(Span<byte> candidate, byte before)
    {
        if (candidate[13] != '-' || candidate[18] != '-' || candidate[23] != '-' || before == '|')
        {
            return false;
        }

        Span<byte> digits = stackalloc byte[32];
        candidate[..8].CopyTo(digits);
        candidate.Slice(9, 4).CopyTo(digits[8..]);
        candidate.Slice(14, 4).CopyTo(digits[12..]);
        candidate.Slice(19, 4).CopyTo(digits[16..]);
        candidate.Slice(24, 12).CopyTo(digits[20..]);
        Span<byte> value = stackalloc byte[16];
        if (Convert.FromHexString(digits, value, out _, out _) != OperationStatus.Done)
        {
            return false;
        }

        for (var i = 0; i < value.Length; i++)
        {
            value[i] ^= mask[i];
        }

        Convert.TryToHexStringLower(value, digits, out _);
        digits[..8].CopyTo(candidate);
        digits.Slice(8, 4).CopyTo(candidate[9..]);
        digits.Slice(12, 4).CopyTo(candidate[14..]);
        digits.Slice(16, 4).CopyTo(candidate[19..]);
        digits.Slice(20, 12).CopyTo(candidate[24..]);
        return true;
    }
}
