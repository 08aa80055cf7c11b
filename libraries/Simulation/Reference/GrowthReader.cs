using System.Globalization;
using System.Text.Json;
using FhirAspire.Simulation.Files;
using FhirAspire.Simulation.Lifecycle;

namespace FhirAspire.Simulation.Reference;

/// <summary>Reads growth charts and what goes with them. Months that a chart leaves out are interpolated.</summary>
internal static class GrowthReader
{
    private const int Months = 241;

    public static GrowthData Read(IFileSource files)
    {
        using var stream = files.Open("cdc_growth_charts.json") ?? throw new SimulationException("SIM004", "cdc_growth_charts.json", $"the file is missing in {files.Name}");
        using var document = JsonDocument.Parse(stream);
        var charts = document.RootElement;
        var (male, female) = ReadWeightForLength(files);
        return new GrowthData
        {
            Height = ReadChart(charts, "height"),
            Weight = ReadChart(charts, "weight"),
            Bmi = ReadChart(charts, "bmi"),
            Head = ReadChart(charts, "head"),
            MaleWeightForLength = male,
            FemaleWeightForLength = female,
            BmiYears = ReadBmiYears(files),
            TwoYearOlds = ReadTwoYearOlds(files),
        };
    }

    private static GrowthChart ReadChart(JsonElement charts, string name)
    {
        var chart = charts.GetProperty(name);
        return new GrowthChart(ReadMonths(chart.GetProperty("M")), ReadMonths(chart.GetProperty("F")));
    }

    private static Lms[] ReadMonths(JsonElement chart)
    {
        var known = new SortedDictionary<int, Lms>();
        foreach (var month in chart.EnumerateObject())
        {
            known[int.Parse(month.Name, CultureInfo.InvariantCulture)] =
                new Lms(Number(month.Value.GetProperty("l")), Number(month.Value.GetProperty("m")), Number(month.Value.GetProperty("s")));
        }

        var months = known.Keys.ToArray();
        var last = Math.Min(months[^1], Months - 1);
        var result = new Lms[last + 1];
        var upper = 0;
        for (var month = 0; month <= last; month++)
        {
            while (upper < months.Length - 1 && months[upper] < month)
            {
                upper++;
            }

            var b = months[upper];
            var a = months[Math.Max(upper - 1, 0)];
            if (b <= month || a == b || month < a)
            {
                result[month] = known[b];
                continue;
            }

            var share = (double)(month - a) / (b - a);
            result[month] = new Lms(
                Mix(known[a].L, known[b].L, share), Mix(known[a].M, known[b].M, share), Mix(known[a].S, known[b].S, share));
        }

        return result;
    }

    private static double Mix(double a, double b, double share) => a + ((b - a) * share);

    private static double Number(JsonElement element) => element.ValueKind == JsonValueKind.Number
        ? element.GetDouble()
        : double.Parse(element.GetString()!, CultureInfo.InvariantCulture);

    private static ((double Length, Lms Lms)[] Male, (double Length, Lms Lms)[] Female) ReadWeightForLength(IFileSource files)
    {
        var male = new List<(double, Lms)>();
        var female = new List<(double, Lms)>();
        using var table = CsvTable.Open(files, "cdc_wtleninf.csv");
        while (table.Read())
        {
            (table["Sex"] == "M" ? male : female).Add((table.Number("Length"), new Lms(table.Number("L"), table.Number("M"), table.Number("S"))));
        }

        return ([.. male], [.. female]);
    }

    private static (double, double)[] ReadBmiYears(IFileSource files)
    {
        using var document = JsonDocument.Parse(files.ReadText("bmi_correlations.json") ?? throw new SimulationException("SIM004", "bmi_correlations.json", $"the file is missing in {files.Name}"));
        var years = new (double, double)[21];
        foreach (var year in document.RootElement.EnumerateObject())
        {
            years[int.Parse(year.Name, CultureInfo.InvariantCulture)] = (Number(year.Value.GetProperty("correlation")), Number(year.Value.GetProperty("diff")));
        }

        return years;
    }

    private static (int, double, double)[] ReadTwoYearOlds(IFileSource files)
    {
        var children = new List<(int, double, double)>();
        var sum = 0.0;
        using var table = CsvTable.Open(files, "nhanes_two_year_olds_bmi.csv");
        while (table.Read())
        {
            sum += table.Number("prob");
            children.Add(((int)table.Number("agem"), table.Number("bmi"), sum));
        }

        return [.. children];
    }
}
