using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace FhirAspire.Warehouse.Tests.Snowflake;

/// <summary>A driver that writes down what is sent, in which order and transaction, and answers from a script.</summary>
internal sealed class ScriptedDriver(Func<string, object?> answer) : DbProviderFactory
{
    /// <summary>What was done: <c>open</c>, <c>begin</c>, statements with their values, <c>commit</c>, <c>rollback</c>, <c>close</c>.</summary>
    public List<string> Said { get; } = [];

    /// <summary>The connection strings of the sessions that were opened.</summary>
    public List<string> Connections { get; } = [];

    public override DbConnection CreateConnection() => new ScriptedConnection(this);

    /// <summary>The script's answer to a statement: a table, a number of rows, or an exception that is thrown.</summary>
    public object? Answer(string sql) => answer(sql) is Exception exception ? throw exception : answer(sql);
}

internal sealed class ScriptedException(int code, string message) : DbException(message)
{
    public override int ErrorCode => code;
}

internal sealed class ScriptedConnection(ScriptedDriver driver) : DbConnection
{
    private ConnectionState state = ConnectionState.Closed;

    [AllowNull]
    public override string ConnectionString { get; set; } = "";

    public override string Database => "FHIR";

    public override string DataSource => "scripted";

    public override string ServerVersion => "1";

    public override ConnectionState State => state;

    public ScriptedDriver Driver => driver;

    public override void ChangeDatabase(string databaseName) => throw new NotSupportedException();

    public override void Open()
    {
        driver.Said.Add("open");
        driver.Connections.Add(ConnectionString!);
        driver.Answer("open");
        state = ConnectionState.Open;
    }

    public override void Close()
    {
        if (state == ConnectionState.Open)
        {
            driver.Said.Add("close");
            state = ConnectionState.Closed;
        }
    }

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel)
    {
        driver.Said.Add("begin");
        return new ScriptedTransaction(this);
    }

    protected override DbCommand CreateDbCommand() => new ScriptedCommand(this);

    protected override void Dispose(bool disposing)
    {
        Close();
        base.Dispose(disposing);
    }
}

internal sealed class ScriptedTransaction(ScriptedConnection connection) : DbTransaction
{
    public override IsolationLevel IsolationLevel => IsolationLevel.ReadCommitted;

    protected override DbConnection DbConnection => connection;

    public override void Commit()
    {
        connection.Driver.Said.Add("commit");
        connection.Driver.Answer("commit");
    }

    public override void Rollback() => connection.Driver.Said.Add("rollback");
}

internal sealed class ScriptedCommand(ScriptedConnection connection) : DbCommand
{
    private readonly ScriptedParameters parameters = new();

    [AllowNull]
    public override string CommandText { get; set; } = "";

    public override int CommandTimeout { get; set; }

    public override CommandType CommandType { get; set; } = CommandType.Text;

    public override bool DesignTimeVisible { get; set; }

    public override UpdateRowSource UpdatedRowSource { get; set; }

    protected override DbConnection? DbConnection { get; set; } = connection;

    protected override DbParameterCollection DbParameterCollection => parameters;

    protected override DbTransaction? DbTransaction { get; set; }

    public override void Cancel() => connection.Driver.Said.Add("cancel");

    public override int ExecuteNonQuery() => Send() is int rows ? rows : 1;

    public override object? ExecuteScalar() => throw new NotSupportedException();

    public override void Prepare() => throw new NotSupportedException();

    protected override DbParameter CreateDbParameter() => new ScriptedParameter();

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => Send() is DataTable table ? table.CreateDataReader() : Nothing(CommandText).CreateDataReader();

    // What an empty account answers: no row, and a count of none.
    private static DataTable Nothing(string sql)
    {
        var table = new DataTable { Columns = { { "n", typeof(long) } } };
        if (sql.StartsWith("select count(*)", StringComparison.Ordinal))
        {
            table.Rows.Add(0L);
        }

        return table;
    }

    private object? Send()
    {
        var values = parameters.Items.Select(parameter => parameter.Value switch
        {
            DBNull => "null",
            DateTimeOffset instant => instant.ToString("yyyy-MM-ddTHH:mm:ssK", CultureInfo.InvariantCulture),
            var value => Convert.ToString(value, CultureInfo.InvariantCulture),
        });
        connection.Driver.Said.Add(CommandText.Trim() + (parameters.Count > 0 ? $"\n  -- {string.Join(" | ", values)}" : ""));
        return connection.Driver.Answer(CommandText);
    }
}
