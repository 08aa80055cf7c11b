namespace FhirAspire.ObjectStore;

/// <summary>The keys of the pipeline's objects.</summary>
public static class ObjectKeys
{
    /// <summary>What every key begins with; then the spool folder's <c>{yyyy-MM-dd}/{HHmmssfff}_{id}</c> and the file's name.</summary>
    public const string Patients = "raw/patients/";

    /// <summary>The prefix of a day (<c>raw/patients/{yyyy-MM-dd}/</c>).</summary>
    public static string OfDay(DateOnly day) => $"{Patients}{day:yyyy-MM-dd}/";

    /// <summary>The prefix under which a key's watermark is kept: its day's or, for a foreign key, its first folder's.</summary>
    public static string PrefixOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var from = key.StartsWith(Patients, StringComparison.Ordinal) ? Patients.Length : 0;
        var slash = key.IndexOf('/', from);
        return slash < 0 ? key[..from] : key[..(slash + 1)];
    }
}
