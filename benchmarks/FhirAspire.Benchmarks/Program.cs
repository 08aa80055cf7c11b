using BenchmarkDotNet.Running;
using FhirAspire.Benchmarks;

if (args is ["generation", ..])
{
    return GenerationThroughput.Run(args[1..]);
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
