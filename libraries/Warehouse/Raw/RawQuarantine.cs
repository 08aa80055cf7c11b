using System.Text.RegularExpressions;

namespace FhirAspire.Warehouse.Raw;

/// <summary>
/// Asks for quarantined objects to be read again. An object counts as loaded by key and ETag, so one whose kept ETag is empty is due: the request is in the
/// warehouse itself, survives a restart, and the next load answers it whoever runs it.
/// </summary>
public static partial class RawQuarantine
{
    private const string Due = "";

    /// <summary>Marks quarantined objects as due.</summary>
    /// <param name="session">An open session.</param>
    /// <param name="keys">Keys of objects or of errors (<c>{key}#{line}</c>); null for all that are in quarantine.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The objects that are due now, and the given keys that are not in quarantine.</returns>
    public static async Task<RetryRequest> MarkDueAsync(IWarehouseSession session, IReadOnlyCollection<string>? keys, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        var quarantined = await KeysAsync(session, "select file_key from raw.load_objects where error_count > 0", cancellationToken).ConfigureAwait(false);
        var wanted = keys ?? await KeysAsync(session, "select distinct file_key from raw.load_errors where resolved_at is null", cancellationToken).ConfigureAwait(false);
        var due = new SortedSet<string>(StringComparer.Ordinal);
        var unknown = new List<string>();
        foreach (var key in wanted)
        {
            if (ObjectOf(key, quarantined) is { } item)
            {
                due.Add(item);
            }
            else
            {
                unknown.Add(key);
            }
        }

        var dialect = session.Warehouse.Dialect;
        foreach (var key in due)
        {
            await session.ExecuteAsync($"update raw.load_objects set etag = '{Due}' where file_key = {dialect.Parameter(1)} and etag <> '{Due}'", [key], cancellationToken).ConfigureAwait(false);
        }

        return new RetryRequest([.. due], keys is null ? [] : unknown);
    }

    /// <summary>The objects that are due to be read again, in the order of their keys.</summary>
    public static async Task<IReadOnlyCollection<string>> DueAsync(IWarehouseSession session, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        return await KeysAsync(session, $"select file_key from raw.load_objects where etag = '{Due}'", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the errors of an object that is no longer in the bucket; rows that were loaded from it stay.</summary>
    /// <param name="session">An open session.</param>
    /// <param name="key">The object's key.</param>
    /// <param name="now">Now.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task ForgetAsync(IWarehouseSession session, string key, DateTimeOffset now, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        await session.BeginAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await ResolveAsync(session, key, now.UtcDateTime, cancellationToken).ConfigureAwait(false);
            await session.ExecuteAsync($"delete from raw.load_objects where file_key = {session.Warehouse.Dialect.Parameter(1)}", [key], cancellationToken).ConfigureAwait(false);
            await session.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await session.RollbackAsync(CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Ends the open errors of an object and of its lines, inside the open transaction.</summary>
    internal static Task<long> ResolveAsync(IWarehouseSession session, string key, DateTime now, CancellationToken cancellationToken)
    {
        var dialect = session.Warehouse.Dialect;
        return session.ExecuteAsync(
            $"update raw.load_errors set resolved_at = {dialect.Parameter(1)} where resolved_at is null and (file_key = {dialect.Parameter(2)} or {RawLayer.IsLine(dialect, 3)})",
            [now, key, .. RawLayer.LineRange(key)], cancellationToken);
    }

    private static string? ObjectOf(string key, HashSet<string> objects)
    {
        if (objects.Contains(key))
        {
            return key;
        }

        return LineSuffix().Match(key) is { Success: true } line && objects.Contains(key[..line.Index]) ? key[..line.Index] : null;
    }

    private static async Task<HashSet<string>> KeysAsync(IWarehouseSession session, string sql, CancellationToken cancellationToken)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var row in session.StreamAsync(sql, null, cancellationToken).ConfigureAwait(false))
        {
            keys.Add((string)row[0]!);
        }

        return keys;
    }

    [GeneratedRegex(@"#\d+$", RegexOptions.CultureInvariant)]
    private static partial Regex LineSuffix();
}

/// <summary>What became of a request to read objects again.</summary>
/// <param name="Due">The objects that the next load reads.</param>
/// <param name="Unknown">Keys that are not in quarantine.</param>
public sealed record RetryRequest(IReadOnlyList<string> Due, IReadOnlyList<string> Unknown);
