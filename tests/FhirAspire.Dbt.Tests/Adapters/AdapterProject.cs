using System.Globalization;
using FhirAspire.Dbt.Commands;
using FhirAspire.Warehouse;

namespace FhirAspire.Dbt.Tests.Adapters;

/// <summary>A project on a database of its own, and a way to look into that database beside it.</summary>
internal sealed class AdapterProject(ProjectFolder folder, Func<IWarehouse> open, string database) : IAsyncDisposable
{
    public string Root => folder.Root;

    /// <summary>The name of the database.</summary>
    public string Database => database;

    /// <summary>The console of the last run.</summary>
    public string Text => folder.Console.Text;

    public void Write(string path, string text) => folder.Write(path, text);

    public string Read(string path) => folder.Read(path);

    public void Delete(string path) => folder.Delete(path);

    /// <summary>Runs a command that must do without a failed node.</summary>
    public async Task<DbtResult> RunAsync(params string[] args)
    {
        var result = await folder.RunAsync(args);
        result.ExitCode.ShouldBe(0, What(result));
        return result;
    }

    /// <summary>Runs a command that may be cancelled.</summary>
    public Task<DbtResult> RunAsync(ProjectFolder.Recorder recorder, CancellationToken cancellation, params string[] args) => folder.RunAsync(recorder, cancellation, args);

    /// <summary>Runs a command in which a node must fail.</summary>
    public async Task<DbtResult> FailAsync(params string[] args)
    {
        var result = await folder.RunAsync(args);
        result.ExitCode.ShouldBe(1, What(result));
        return result;
    }

    public async Task<(int ExitCode, string Output)> ConsoleAsync(params string[] args)
    {
        await using var output = new StringWriter { NewLine = "\n" };
        var exitCode = await DbtCommandLine.RunAsync([.. args, "--project-dir", Root, "--profiles-dir", Root], output, output);
        return (exitCode, output.ToString());
    }

    /// <summary>The rows of a query: cells by commas, rows by blanks, and a hyphen for what is null.</summary>
    public async Task<string> RowsAsync(string sql)
    {
        await using var warehouse = open();
        await using var session = await warehouse.OpenAsync();
        var result = await session.QueryAsync(sql);
        return string.Join(' ', result.Rows.Select(row => string.Join(',', row.Select(Cell))));
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var warehouse = open();
        await using var session = await warehouse.OpenAsync();
        await session.ExecuteAsync(sql);
    }

    /// <summary>What stands in a schema: <c>orders:table total:view</c>.</summary>
    public Task<string> RelationsAsync(string schema = "main") => RowsAsync(
        $"select table_name || ':' || case table_type when 'VIEW' then 'view' else 'table' end from information_schema.tables where table_schema = '{schema}' order by table_name");

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private string What(DbtResult result) =>
        string.Join('\n', result.Nodes.Where(node => node.Error is not null || node.Status == DbtStatus.Fail).Select(node => $"{node.Name}: {node.Message} {node.Error?.ToConsoleText()}\n{node.CompiledSql}").Prepend(result.Error?.ToConsoleText() ?? Text));

    private static string Cell(object? value) => value switch
    {
        null or DBNull => "-",
        decimal number => number.ToString("0.############", CultureInfo.InvariantCulture),
        DateTime time => time.ToString(time.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
