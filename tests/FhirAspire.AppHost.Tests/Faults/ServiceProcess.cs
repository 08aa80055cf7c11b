using FhirAspire.AppHost.Tests.EndToEnd;

namespace FhirAspire.AppHost.Tests.Faults;

/// <summary>One service as a process of its own, as a container runs it.</summary>
internal sealed class ServiceProcess : ProcessUnderTest
{
    private ServiceProcess(string name, IEnumerable<KeyValuePair<string, string?>> environment)
        : base($"FhirAspire.{name}.dll", [], [new("ASPNETCORE_URLS", "http://127.0.0.1:0"), .. environment]) => Name = name;

    public string Name { get; }

    public static ServiceProcess Start(string name, IEnumerable<KeyValuePair<string, string?>> environment) => new(name, environment);
}
