using BenchmarkDotNet.Running;
using FhirAspire.Benchmarks;
using FhirAspire.Benchmarks.Samples;

if (args is ["generation", ..])
{
    return GenerationThroughput.Run(args[1..]);
}

if (args is ["dbt", ..])
{
    return await DbtBenchmark.RunAsync(args[1..]);
}

if (args is ["charts", ..])
{
    return await ChartBenchmark.RunAsync(args[1..]);
}

// objects ROOT COUNT: an S3 folder with many small bundles. listing ROOT COUNT: pages of a bucket of many keys.
if (args is ["objects" or "listing", var root, var count])
{
    return await (args[0] == "objects" ? ManyObjects.MakeBundlesAsync(root, int.Parse(count)) : ManyObjects.TimeListingAsync(root, int.Parse(count)));
}

// multiply SOURCE TARGET BYTES [PATIENTS]: a large input from a small one.
if (args is ["multiply", var source, var target, var bytes, .. var rest])
{
    var (patients, written) = SampleMultiplier.Run(source, target, long.Parse(bytes), rest is [var most] ? int.Parse(most) : int.MaxValue);
    Console.WriteLine($"{patients} patients, {written / 1e6:N1} MB");
    return 0;
}

BenchmarkSwitcher.FromAssembly(typeof(ChartBenchmark).Assembly).Run(args);
return 0;
