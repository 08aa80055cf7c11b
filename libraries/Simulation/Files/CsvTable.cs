namespace FhirAspire.Simulation.Files;

/// <summary>Reads CSV files line by line: quoted fields, doubled quotes, a byte order mark, missing last fields.</summary>
internal sealed class CsvTable : IDisposable
{
    private readonly TextReader reader;
    private readonly List<string> fields = [];
    private readonly Dictionary<string, int> columns = new(StringComparer.Ordinal);

    private CsvTable(TextReader reader, string path)
    {
        this.reader = reader;
        Path = path;
        if (!ReadRecord(reader, fields))
        {
            throw new SimulationException("SIM003", path, "the table is empty; expected a header line");
        }

        fields[0] = fields[0].TrimStart('\uFEFF');
        Header = [.. fields.Select(f => f.Trim())];
        for (var i = 0; i < Header.Length; i++)
        {
            columns.TryAdd(Header[i], i);
        }
    }

    public string Path { get; }

    public string[] Header { get; }

    /// <summary>Number of the last line read, from 1 for the header.</summary>
    public int Line { get; private set; } = 1;

    public IReadOnlyList<string> Fields => fields;

    /// <summary>A table of the source; null when the file is not there.</summary>
    public static CsvTable? TryOpen(IFileSource source, string path)
    {
        var stream = source.Open(path);
        return stream is null ? null : new CsvTable(new StreamReader(stream, System.Text.Encoding.UTF8, true, 1 << 16), path);
    }

    /// <summary>A table of the source.</summary>
    public static CsvTable Open(IFileSource source, string path) => TryOpen(source, path)
        ?? throw new SimulationException("SIM004", path, $"the file is missing in {source.Name}");

    public static CsvTable Parse(string text, string path) => new(new StringReader(text), path);

    /// <summary>Reads the next row that is not blank.</summary>
    public bool Read()
    {
        while (ReadRecord(reader, fields))
        {
            Line++;
            if (fields.Count > 1 || fields[0].Length > 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the next raw lines should be skipped unless they contain the text: a cheap filter before the fields are split.</summary>
    public bool ReadContaining(string text)
    {
        string? line;
        while ((line = reader.ReadLine()) is not null)
        {
            Line++;
            if (line.Contains(text, StringComparison.Ordinal))
            {
                Split(line, reader, fields);
                return true;
            }
        }

        return false;
    }

    /// <summary>The field of a column, trimmed; empty when the row is short.</summary>
    public string this[string column] => this[Column(column)];

    public string this[int column] => column < fields.Count ? fields[column].Trim() : "";

    public int Column(string name) => columns.TryGetValue(name, out var index)
        ? index
        : throw new SimulationException("SIM005", Path, $"there is no column '{name}'; the header is {string.Join(',', Header)}");

    public bool Has(string name) => columns.ContainsKey(name);

    public double Number(string column) => Number(Column(column));

    public double Number(int column)
    {
        var text = this[column];
        return double.TryParse(text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new SimulationException("SIM006", $"{Path}:{Line}", $"column '{Header[column]}' holds '{text}'; expected a number");
    }

    public double NumberOr(string column, double other)
    {
        var text = this[column];
        return text.Length == 0 ? other : Number(column);
    }

    public void Dispose() => reader.Dispose();

    private static bool ReadRecord(TextReader reader, List<string> fields)
    {
        var line = reader.ReadLine();
        if (line is null)
        {
            return false;
        }

        Split(line, reader, fields);
        return true;
    }

    private static void Split(string line, TextReader reader, List<string> fields)
    {
        fields.Clear();
        if (!line.Contains('"', StringComparison.Ordinal))
        {
            var start = 0;
            for (int comma; (comma = line.IndexOf(',', start)) >= 0; start = comma + 1)
            {
                fields.Add(line[start..comma]);
            }

            fields.Add(line[start..]);
            return;
        }

        var field = new System.Text.StringBuilder();
        var quoted = false;
        for (var i = 0; ; i++)
        {
            if (i >= line.Length)
            {
                if (quoted && reader.ReadLine() is { } next)
                {
                    field.Append('\n');
                    line = next;
                    i = -1;
                    continue;
                }

                fields.Add(field.ToString());
                return;
            }

            var c = line[i];
            if (quoted)
            {
                if (c != '"')
                {
                    field.Append(c);
                }
                else if (i + 1 < line.Length && line[i + 1] == '"')
                {
                    field.Append('"');
                    i++;
                }
                else
                {
                    quoted = false;
                }
            }
            else if (c == '"')
            {
                quoted = true;
            }
            else if (c == ',')
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(c);
            }
        }
    }
}
