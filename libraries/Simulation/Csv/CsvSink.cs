using System.Text;

namespace FhirAspire.Simulation.Csv;

/// <summary>Writes the 18 tables to streams: patients' rows in the order in which they are appended, then the tables of the run.</summary>
public sealed class CsvSink : IDisposable
{
    private readonly Stream[] streams;

    /// <summary>Opens all tables.</summary>
    /// <param name="open">Opens the stream of a table; the argument is its name without extension.</param>
    /// <param name="withHeaders">Whether to begin with header lines; not where streams go on with tables begun earlier.</param>
    public CsvSink(Func<string, Stream> open, bool withHeaders = true)
    {
        ArgumentNullException.ThrowIfNull(open);
        streams = new Stream[CsvTables.Names.Count];
        for (var i = 0; i < streams.Length; i++)
        {
            streams[i] = open(CsvTables.Names[i]);
            if (withHeaders)
            {
                streams[i].Write(Encoding.ASCII.GetBytes(CsvTables.Headers[i] + "\n"));
            }
        }
    }

    /// <summary>Rows of all tables so far.</summary>
    public long Rows { get; private set; }

    /// <summary>Appends rendered patients.</summary>
    public void Append(CsvPatientRows rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        for (var i = 0; i < streams.Length; i++)
        {
            Write(i, rows.Buffers[i]);
        }
    }

    /// <summary>Writes organizations, providers and payers, once all patients are known.</summary>
    public void WriteTotals(RunTotals totals)
    {
        ArgumentNullException.ThrowIfNull(totals);
        var organizations = new CsvBuffer();
        var providers = new CsvBuffer();
        foreach (var p in totals.UsedProviders)
        {
            organizations.Id(p.Id).Text(p.Name).Text(p.Address).Text(p.City).Text(p.State).Text(p.Zip)
                .Number(p.Latitude, "R").Number(p.Longitude, "R").Text(p.Phone).Text("0.0").Whole(totals.Encounters[p.Number]).End();
            var c = p.Clinician;
            providers.Id(c.Id).Id(p.Id).Text(c.FullName).Text(c.Gender).Text(c.Speciality).Text(p.Address).Text(p.City).Text(p.State).Text(p.Zip)
                .Number(p.Latitude, "R").Number(p.Longitude, "R").Whole(totals.Encounters[p.Number]).Whole(totals.Procedures[p.Number]).End();
        }

        var payers = new CsvBuffer();
        foreach (var t in totals.Payers)
        {
            var p = t.Payer;
            var row = payers.Id(p.Id).Text(p.Name).Text(p.Ownership).Text(p.Address).Text(p.City).Text(p.State).Text(p.Zip).Text(p.Phone)
                .Amount(t.Covered).Amount(t.Uncovered).Amount(t.Revenue);
            foreach (var count in new[] { t.Encounters, t.Medications, t.Procedures, t.Immunizations })
            {
                row = row.Whole(p.IsNone ? 0 : count).Whole(p.IsNone ? count : 0);
            }

            row.Whole(t.Members).Number(t.QolsAverage, "R").Whole(t.MemberMonths).End();
        }

        Write(15, organizations);
        Write(16, providers);
        Write(17, payers);
    }

    /// <summary>Closes all streams.</summary>
    public void Dispose()
    {
        foreach (var stream in streams)
        {
            stream.Dispose();
        }
    }

    private void Write(int table, CsvBuffer buffer)
    {
        streams[table].Write(buffer.Written.Span);
        Rows += buffer.Rows;
    }
}
