using FhirAspire.Dbt.Compile;
using FhirAspire.Jinja;

namespace FhirAspire.Dbt.Adapters;

/// <summary>The result of a query as templates see it: named columns and rows (https://docs.getdbt.com/reference/dbt-jinja-functions/statement-blocks).</summary>
internal sealed class AgateTable : JinjaObject
{
    private readonly Dictionary<string, int> index = new(StringComparer.Ordinal);

    public AgateTable(IReadOnlyList<string> names, IReadOnlyList<object?[]> rows)
    {
        Names = names;
        Data = rows;
        for (var i = 0; i < names.Count; i++)
        {
            index.TryAdd(names[i], i);
        }
    }

    /// <summary>Names of the columns.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Values of the value model of templates.</summary>
    public IReadOnlyList<object?[]> Data { get; }

    public override string TypeName => "Table";

    public override int? Length => Data.Count;

    public override IEnumerable<object?> Iterate() => Data.Select(row => new AgateRow(this, row));

    public override string Repr() => $"<agate.Table: {Names.Count} columns, {Data.Count} rows>";

    public int IndexOf(string name) => index.TryGetValue(name, out var at) ? at : -1;

    public override bool TryGetItem(object? key, out object? value)
    {
        value = null;
        if (key is not long at)
        {
            return false;
        }

        at = at < 0 ? at + Data.Count : at;
        if (at < 0 || at >= Data.Count)
        {
            return false;
        }

        value = new AgateRow(this, Data[(int)at]);
        return true;
    }

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "columns" => new MappedSequence(Names, [.. Names.Select((_, i) => new AgateColumn(this, i))]),
            "rows" => new MappedSequence(null, [.. Iterate()]),
            "column_names" => new JinjaTuple([.. Names]),
            "column_types" => new JinjaTuple([.. Names.Select(_ => (object?)"Text")]),
            "row_names" => null,
            "print_table" => Host.Function(name, _ => null),
            "select" => Host.Function(name, call => Project([.. Host.Items(call.Get(0, "key")).Select(Host.Text)])),
            "exclude" => Host.Function(name, call => Project([.. Names.Except(Host.Items(call.Get(0, "key")).Select(Host.Text), StringComparer.Ordinal)])),
            "rename" => Host.Function(name, call => Rename(call.Get(0, "column_names"))),
            "limit" => Host.Function(name, call => new AgateTable(Names, [.. Data.Take((int)((call.Get(0, "start_or_stop") as long?) ?? long.MaxValue))])),
            "where" => Host.Function(name, call => new AgateTable(Names, [.. Data.Where(row => Host.IsTrue(Host.Invoke(call.Get(0, "test"), call, new AgateRow(this, row))))])),
            _ => null,
        };
        return value is not null || name == "row_names";
    }

    private AgateTable Project(IReadOnlyList<string> names)
    {
        var at = names.Select(IndexOf).Where(i => i >= 0).ToList();
        return new AgateTable([.. at.Select(i => Names[i])], [.. Data.Select(row => at.Select(i => row[i]).ToArray())]);
    }

    private AgateTable Rename(object? names) => names switch
    {
        JinjaDict map => new AgateTable([.. Names.Select(name => map.TryGetValue(name, out var other) ? Host.Text(other) : name)], Data),
        _ => new AgateTable([.. Host.Items(names).Select(Host.Text)], Data),
    };
}

/// <summary>One row: by position, by name, as a sequence of values.</summary>
internal sealed class AgateRow(AgateTable table, object?[] values) : JinjaObject
{
    public override string TypeName => "Row";

    public override int? Length => values.Length;

    public override IEnumerable<object?> Iterate() => values;

    public override string Repr() => $"<agate.Row: ({string.Join(", ", values.Select(Host.Repr))})>";

    public override bool ValueEquals(object? other) => other is AgateRow row ? Host.SameItems(values, row.Iterate()) : other is JinjaTuple tuple && Host.SameItems(values, tuple);

    public override int ValueHash() => values.Length;

    public override bool TryGetItem(object? key, out object? value)
    {
        value = null;
        var at = key switch
        {
            long number => (int)(number < 0 ? number + values.Length : number),
            string name => table.IndexOf(name),
            _ => -1,
        };
        if (at < 0 || at >= values.Length)
        {
            return false;
        }

        value = values[at];
        return true;
    }

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "values" => Host.Function(name, _ => new JinjaTuple(values)),
            "keys" => Host.Function(name, _ => new JinjaTuple([.. table.Names])),
            "items" => Host.Function(name, _ => new JinjaList(table.Names.Select((key, i) => (object?)new JinjaTuple(key, values[i])))),
            "get" => Host.Function(name, call => TryGetItem(call.Get(0, "key"), out var found) ? found : call.Get(1, "default")),
            "dict" => Host.Function(name, _ => new JinjaDict(table.Names.Select((key, i) => KeyValuePair.Create(key, values[i])))),
            _ => null,
        };
        return value is not null;
    }
}

/// <summary>One column: its name and values.</summary>
internal sealed class AgateColumn(AgateTable table, int at) : JinjaObject
{
    public override string TypeName => "Column";

    public override int? Length => table.Data.Count;

    private IEnumerable<object?> Cells => table.Data.Select(row => row[at]);

    public override IEnumerable<object?> Iterate() => Cells;

    public override bool TryGetItem(object? key, out object? value)
    {
        value = null;
        var row = key is long number ? (int)(number < 0 ? number + table.Data.Count : number) : -1;
        if (row < 0 || row >= table.Data.Count)
        {
            return false;
        }

        value = table.Data[row][at];
        return true;
    }

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "name" => table.Names[at],
            "index" => (long)at,
            "values" => Host.Function(name, _ => new JinjaTuple([.. Cells])),
            "values_distinct" => Host.Function(name, _ => new JinjaTuple([.. new JinjaSet(Cells).Iterate()!])),
            "values_without_nulls" => Host.Function(name, _ => new JinjaTuple([.. Cells.Where(cell => cell is not null)])),
            "values_sorted" => Host.Function(name, _ => new JinjaTuple([.. Cells.Order(Comparer<object?>.Create(Host.Compare))])),
            _ => null,
        };
        return value is not null;
    }
}

/// <summary>A sequence whose items also have names.</summary>
internal sealed class MappedSequence(IReadOnlyList<string>? names, object?[] items) : JinjaObject
{
    public override string TypeName => "MappedSequence";

    public override int? Length => items.Length;

    public override IEnumerable<object?> Iterate() => items;

    public override string Repr() => $"<agate.MappedSequence: ({string.Join(", ", items.Select(Host.Repr))})>";

    public override bool TryGetItem(object? key, out object? value)
    {
        value = null;
        var at = key switch
        {
            long number => (int)(number < 0 ? number + items.Length : number),
            string name when names is not null => names.ToList().IndexOf(name),
            _ => -1,
        };
        if (at < 0 || at >= items.Length)
        {
            return false;
        }

        value = items[at];
        return true;
    }

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "values" => Host.Function(name, _ => new JinjaTuple(items)),
            "keys" => Host.Function(name, _ => names is null ? null : new JinjaTuple([.. names])),
            "items" => Host.Function(name, _ => new JinjaList((names ?? []).Select((key, i) => (object?)new JinjaTuple(key, items[i])))),
            "get" => Host.Function(name, call => TryGetItem(call.Get(0, "key"), out var found) ? found : call.Get(1, "default")),
            "dict" => Host.Function(name, _ => new JinjaDict((names ?? []).Select((key, i) => KeyValuePair.Create(key, items[i])))),
            _ => null,
        };
        return value is not null;
    }
}
