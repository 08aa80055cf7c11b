using System.Text;
using FhirAspire.ObjectStore.LocalS3.Storage;

namespace FhirAspire.ObjectStore.LocalS3.Operations;

/// <summary>A line of a listing: a version, or (with no version) a common prefix.</summary>
internal readonly record struct ListItem(string Key, ObjectVersion? Version, bool IsLatest = true);

/// <summary>Goes through a bucket in key order, rolling up what has the delimiter behind the prefix.</summary>
internal static class ListScan
{
    /// <summary>The current objects: one line a key, delete markers left out.</summary>
    /// <returns>Up to <paramref name="most"/> lines, and whether there are more.</returns>
    public static (List<ListItem> Items, bool More) Objects(Reader reader, long bucket, string prefix, string delimiter, string after, bool afterPrefix, int most) =>
        Scan(reader, bucket, prefix, delimiter, after, null, afterPrefix, most, versions: false);

    /// <summary>Every version and delete marker, the newest of a key first.</summary>
    public static (List<ListItem> Items, bool More) Versions(Reader reader, long bucket, string prefix, string delimiter, string after, long? behind, bool afterPrefix, int most) =>
        Scan(reader, bucket, prefix, delimiter, after, behind, afterPrefix, most, versions: true);

    private static (List<ListItem> Items, bool More) Scan(
        Reader reader, long bucket, string prefix, string delimiter, string after, long? behind, bool afterPrefix, int most, bool versions)
    {
        var items = new List<ListItem>(Math.Min(most, 1000));
        if (most == 0)
        {
            return (items, false);
        }

        var start = Encoding.UTF8.GetBytes(prefix);
        var separator = Encoding.UTF8.GetBytes(delimiter);
        using var cursor = reader.Scan(bucket);
        var afterBytes = Encoding.UTF8.GetBytes(after);
        byte[] last = [];
        if (afterBytes.Length == 0 || afterBytes.AsSpan().SequenceCompareTo(start) < 0)
        {
            cursor.Seek(start);
        }
        else if (afterPrefix)
        {
            if (Successor(afterBytes) is not { } next)
            {
                return (items, false);
            }

            cursor.Seek(next);
        }
        else if (behind is { } place)
        {
            cursor.SeekBehind(afterBytes, place);
            last = afterBytes;
        }
        else
        {
            cursor.SeekBehind(afterBytes);
        }

        var any = last.Length > 0;
        var repeats = 0;
        while (cursor.Next())
        {
            var key = cursor.Key;
            if (!key.StartsWith(start))
            {
                break;
            }

            var latest = !any || !key.SequenceEqual(last);
            if (!versions)
            {
                if (!latest)
                {
                    if (++repeats > 8)
                    {
                        // A key with many old versions: jump over the rest.
                        cursor.SeekBehind(last);
                        repeats = 0;
                    }

                    continue;
                }

                repeats = 0;
                last = key.ToArray();
                any = true;
                if (cursor.Flags.HasFlag(VersionFlags.DeleteMarker))
                {
                    continue;
                }
            }

            var at = separator.Length == 0 ? -1 : key[start.Length..].IndexOf(separator);
            if (at >= 0)
            {
                var common = key[..(start.Length + at + separator.Length)].ToArray();
                if (items.Count == most)
                {
                    return (items, true);
                }

                items.Add(new ListItem(Encoding.UTF8.GetString(common), null));
                if (Successor(common) is not { } next)
                {
                    return (items, false);
                }

                cursor.Seek(next);
                any = false;
                continue;
            }

            if (items.Count == most)
            {
                return (items, true);
            }

            items.Add(new ListItem(Encoding.UTF8.GetString(key), cursor.Version, latest));
            if (versions && latest)
            {
                last = key.ToArray();
                any = true;
            }
        }

        return (items, false);
    }

    /// <summary>The least key that is greater than all that begin with these bytes; null when there is none.</summary>
    private static byte[]? Successor(byte[] prefix)
    {
        for (var i = prefix.Length - 1; i >= 0; i--)
        {
            if (prefix[i] != 0xff)
            {
                var next = prefix[..(i + 1)];
                next[i]++;
                return next;
            }
        }

        return null;
    }
}
