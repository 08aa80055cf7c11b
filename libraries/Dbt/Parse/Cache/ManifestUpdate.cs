using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Load;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Parse.Cache;

/// <summary>
/// Takes changed files into a manifest without parsing the rest. That is possible where a change stays inside of its node: the body of a
/// model, singular test or analysis whose configuration is the same, or the rows of a seed. References and macros may differ.
/// </summary>
internal sealed class ManifestUpdate(DbtSession session, Manifest manifest)
{
    private readonly NodeFactory factory = new(session);
    private readonly List<Action> changes = [];

    /// <summary>Parses a changed file; false when its change reaches further than its own node.</summary>
    /// <exception cref="DbtException">The file's template is wrong.</exception>
    public bool TryPrepare(SourceFile file) => file.Kind switch
    {
        FileKind.Model or FileKind.SingularTest or FileKind.Analysis when file.FullPath.EndsWith(".sql", StringComparison.OrdinalIgnoreCase) => TryQuery(file),
        FileKind.Seed => TrySeed(file),
        _ => false,
    };

    /// <summary>Makes the prepared changes, and resolves the references that are new.</summary>
    public void Apply()
    {
        foreach (var change in changes)
        {
            change();
        }
    }

    private bool TrySeed(SourceFile file)
    {
        var node = Single(file, DbtResourceType.Seed);
        if (node is null)
        {
            return false;
        }

        changes.Add(() => (node.ChecksumName, node.Checksum) = file.Length > Fingerprint.LargestHashedSeed ? ("path", file.OriginalFilePath) : ("sha256", file.Checksum));
        return true;
    }

    private bool TryQuery(SourceFile file)
    {
        var type = file.Kind switch { FileKind.Model => DbtResourceType.Model, FileKind.Analysis => DbtResourceType.Analysis, _ => DbtResourceType.Test };
        var node = Single(file, type);
        // Unit tests look into the query of their model; contracts and versions come from properties files and may refer to other models.
        if (node is null || node.IsVersioned || node.Constraints.Count > 0 || node.Columns.Values.Any(column => column.Constraints.Count > 0) || manifest.UnitTests.Values.Any(test => test.UnitTest!.TestedNodeUniqueId == node.UniqueId || test.UnitTest.Model == node.Name))
        {
            return false;
        }

        var fresh = factory.Create(type, node.PackageName, node.Name, node.Path, node.OriginalFilePath, node.Fqn, file.Contents);
        fresh.LineOffset = file.LeadingLines;
        factory.Parse(fresh);
        if (Val.Repr(fresh.ConfigCall) != Val.Repr(node.ConfigCall))
        {
            return false;
        }

        var isSameGraph = fresh.Refs.SequenceEqual(node.Refs) && fresh.Sources.SequenceEqual(node.Sources);
        if (!isSameGraph && type == DbtResourceType.Test)
        {
            // A test whose references are not there is switched off.
            return false;
        }

        changes.Add(() =>
        {
            (node.RawCode, node.LineOffset) = (fresh.RawCode, fresh.LineOffset);
            node.Checksum = file.Checksum;
            node.DependsOnMacros = [.. fresh.OwnMacros, .. node.DependsOnMacros.Except(node.OwnMacros, StringComparer.Ordinal).Except(fresh.OwnMacros, StringComparer.Ordinal)];
            node.OwnMacros = fresh.OwnMacros;
            node.Template = fresh.Template;
            if (!isSameGraph)
            {
                (node.Refs, node.Sources) = (fresh.Refs, fresh.Sources);
                node.DependsOnNodes.Clear();
                new ManifestFinisher(session, manifest).Resolve(node);
            }
        });
        return true;
    }

    private DbtNode? Single(SourceFile file, DbtResourceType type)
    {
        var id = $"{type.Name()}.{file.Package}.{file.Name}";
        return manifest.Nodes.TryGetValue(id, out var node) && node.IsEnabled && node.OriginalFilePath == file.OriginalFilePath && !manifest.Disabled.ContainsKey(id) ? node : null;
    }
}
