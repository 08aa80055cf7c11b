using System.Diagnostics;
using System.IO.Compression;
using FhirAspire.Fhir.Bundles;
using FhirAspire.Simulation;
using FhirAspire.Simulation.Files;
using FhirAspire.Simulation.Modules;
using FhirAspire.Simulation.Reference;

namespace FhirAspire.Benchmarks;

/// <summary>
/// Patients per second, from the first number to the last byte: <c>generation [--slots N] [--threads T] [--synthea DIR]</c>, with DIR holding <c>modules.zip</c> and
/// <c>data.zip</c>. Prints a Markdown table. Processor seconds compare better than wall time on a machine that others use as well.
/// </summary>
internal static class GenerationThroughput
{
    private enum Sink
    {
        Nothing,
        Count,
        Disk,
        Gzip,
        GzipDisk,
    }

    public static int Run(string[] args)
    {
        var slots = int.Parse(Value(args, "--slots") ?? "1000");
        var threads = int.Parse(Value(args, "--threads") ?? Environment.ProcessorCount.ToString());
        var synthea = Value(args, "--synthea");
        var started = Stopwatch.GetTimestamp();
        var modules = synthea is null ? ModuleLoader.LoadOwn() : ModuleLoader.Load(FileSources.Open(Path.Combine(synthea, "modules.zip")));
        var data = synthea is null ? ReferenceData.Own() : ReferenceData.From(FileSources.Open(Path.Combine(synthea, "data.zip")));
        var generator = new PatientGenerator(modules, data, new SimulationOptions { Seed = 1, AsOf = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) });
        using (var writer = new PatientBundleWriter())
        {
            writer.Write(generator.Generate(0)[^1]);
        }

        var first = Stopwatch.GetElapsedTime(started);
        Console.WriteLine($"modules: {(synthea is null ? "own" : "Synthea")}; start to first patient {first.TotalSeconds:0.00} s (with compiling the code)");
        Console.WriteLine();
        Console.WriteLine("| sink | threads | patients | resources/patient | patients/s | resources/s | MB/s | patients/CPU s | resources/CPU s | allocated/patient | peak memory |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");

        // The first pass compiles; it is not shown.
        Measure(generator, Math.Min(slots, 200), threads, Sink.Count);
        foreach (var (sink, count) in new[] { (Sink.Nothing, threads), (Sink.Count, threads), (Sink.Count, 1), (Sink.Disk, threads), (Sink.Gzip, threads), (Sink.GzipDisk, threads) })
        {
            Console.WriteLine(Measure(generator, slots, count, sink));
        }

        return 0;
    }

    private static string? Value(string[] args, string name)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }

    private static string Measure(PatientGenerator generator, int slots, int threads, Sink sink)
    {
        var folder = Directory.CreateTempSubdirectory("fhiraspire-benchmark-").FullName;
        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var allocated = GC.GetTotalAllocatedBytes();
        var started = Stopwatch.GetTimestamp();
        long next = -1, patients = 0, resources = 0, bytes = 0;
        var workers = Enumerable.Range(0, threads).Select(_ => new Thread(() =>
        {
            using var writer = new PatientBundleWriter();
            long slot;
            while ((slot = Interlocked.Increment(ref next)) < slots)
            {
                foreach (var patient in generator.Generate(slot))
                {
                    Interlocked.Increment(ref patients);
                    if (sink == Sink.Nothing)
                    {
                        continue;
                    }

                    var json = writer.Write(patient);
                    Interlocked.Add(ref resources, writer.Resources);
                    Interlocked.Add(ref bytes, json.Length);
                    Put(json.Span, sink, Path.Combine(folder, PatientBundleWriter.FileName(patient)));
                }
            }
        })).ToList();
        workers.ForEach(worker => worker.Start());
        workers.ForEach(worker => worker.Join());
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        process.Refresh();
        var used = (process.TotalProcessorTime - cpu).TotalSeconds;
        var perPatient = (GC.GetTotalAllocatedBytes() - allocated) / patients;
        Directory.Delete(folder, recursive: true);
        var name = sink switch { Sink.Nothing => "none (simulation alone)", Sink.Count => "count", Sink.Disk => "disk", Sink.Gzip => "gzip, count", _ => "gzip, disk" };
        return $"| {name} | {threads} | {patients} | {resources / patients} | {patients / seconds:0.0} | {resources / seconds:0} | {bytes / 1e6 / seconds:0} | {patients / used:0.0} | {resources / used:0} | {perPatient / 1e6:0.00} MB | {process.PeakWorkingSet64 / 1e6:0} MB |";
    }

    private static void Put(ReadOnlySpan<byte> json, Sink sink, string path)
    {
        using var target = sink switch
        {
            Sink.Disk => new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0),
            Sink.Gzip => new GZipStream(Stream.Null, CompressionLevel.Fastest),
            Sink.GzipDisk => new GZipStream(File.Create(path + ".gz"), CompressionLevel.Fastest),
            _ => Stream.Null,
        };
        target.Write(json);
    }
}
