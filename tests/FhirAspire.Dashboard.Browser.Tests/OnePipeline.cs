namespace FhirAspire.Dashboard.Browser.Tests;

/// <summary>All tests share one pipeline and run one after another, so that what one does is not seen by another in the middle.</summary>
[CollectionDefinition(Name)]
public sealed class OnePipeline : ICollectionFixture<RunningPipeline>
{
    /// <summary>The collection.</summary>
    public const string Name = "pipeline";
}
