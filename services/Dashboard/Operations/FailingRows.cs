using System.Diagnostics;
using System.Security.Claims;
using FhirAspire.Dashboard.Access;
using FhirAspire.Dashboard.Marts;
using FhirAspire.Dashboard.State;
using FhirAspire.Warehouse;

namespace FhirAspire.Dashboard.Operations;

/// <summary>
/// The rows that a test finds wrong. They are asked of the warehouse, where a run whose tests fail leaves its tables, by the test's own SQL and only when
/// an operator wants to see them: so they stand in no history, file or log.
/// </summary>
public sealed class FailingRows(ModelCatalog catalog, AuditLog audit, IServiceProvider services, ILogger<FailingRows> logger)
{
    /// <summary>Rows that are shown at most.</summary>
    public const int Most = 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Runs a test's SQL as it was compiled last.</summary>
    /// <exception cref="MartsException">They cannot be shown, with the reason.</exception>
    public async Task<ReaderResult> ReadAsync(ClaimsPrincipal user, string uniqueId, CancellationToken cancellationToken = default)
    {
        if (!Roles.IsOperator(user))
        {
            throw new MartsException("DB2004", "Only operators see rows of people.");
        }

        if (catalog.Project.Tests.FirstOrDefault(test => test.UniqueId == uniqueId)?.Compiled is not { } sql)
        {
            throw new MartsException("DB2010", "The SQL of this test is not known here.");
        }

        if (services.GetService<IWarehouse>() is not { } warehouse)
        {
            throw new MartsException("DB2010", "The warehouse is not reached from this process.");
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        var watch = Stopwatch.StartNew();
        try
        {
            await using var session = await warehouse.OpenAsync(limit.Token);
            // A transaction that is never committed: what reads, changes nothing.
            await session.BeginAsync(limit.Token);
            var found = await session.QueryAsync($"select * from (\n{WithoutEnd(sql)}\n) as failing limit {Most + 1}", null, limit.Token);
            await audit.WriteAsync(user, "view failing rows", DbtNames.NameOf(uniqueId), "done");
            return new ReaderResult([.. found.Columns.Select(column => new ReaderColumn(column.Name.ToLowerInvariant(), column.DatabaseType))], [.. found.Rows.Take(Most)], found.Rows.Count > Most, watch.Elapsed);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new MartsException("DB1004", $"The test took longer than {Patience.TotalSeconds:0} s and was stopped.");
        }
        catch (WarehouseException exception)
        {
            DashboardLog.QueryFailed(logger, exception, "failing rows of a test");
            throw new MartsException(exception.Code, $"The warehouse could not answer ({exception.Code}); the log has the reason.");
        }
    }

    /// <summary>A statement without the semicolon at its end, which may not stand inside a subquery; one inside texts, names and comments stays.</summary>
    internal static string WithoutEnd(string sql)
    {
        var end = -1;
        for (var i = 0; i < sql.Length; i++)
        {
            var (close, skip) = sql[i] switch
            {
                '\'' => ("'", 1),
                '"' => ("\"", 1),
                '-' when sql.AsSpan(i).StartsWith("--") => ("\n", 2),
                '/' when sql.AsSpan(i).StartsWith("/*") => ("*/", 2),
                _ => ("", 0),
            };
            if (skip == 0)
            {
                end = sql[i] == ';' && end < 0 ? i : sql[i] == ';' || char.IsWhiteSpace(sql[i]) ? end : -1;
                continue;
            }

            // A comment after the end is no part of the statement, a text is.
            end = skip == 1 ? -1 : end;
            var at = sql.IndexOf(close, i + skip, StringComparison.Ordinal);
            i = at < 0 ? sql.Length : at + close.Length - 1;
        }

        return end < 0 ? sql : sql[..end];
    }
}
