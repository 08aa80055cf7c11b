using System.Security.Cryptography;
using System.Text;
using FhirAspire.Dbt.Artifacts;
using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Load;
using FhirAspire.Dbt.Values;
using FhirAspire.Jinja;

namespace FhirAspire.Dbt.Parse.Cache;

/// <summary>Hashes of what a manifest depends on.</summary>
internal static class Fingerprint
{
    /// <summary>Contents of larger seeds are no part of the manifest.</summary>
    public const long LargestHashedSeed = 1024 * 1024;

    /// <summary>Everything but files: a change of it means to parse anew.</summary>
    public static string Surroundings(DbtSession session)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Add(string? text)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(text ?? "\u0001"));
            hash.AppendData("\0"u8);
        }

        // A build of the engine is known by the ids of its modules.
        Add(typeof(Fingerprint).Assembly.ManifestModule.ModuleVersionId.ToString());
        Add(typeof(JinjaEnvironment).Assembly.ManifestModule.ModuleVersionId.ToString());
        Add(session.Adapter.Type);
        Add(session.Templates.Target.Repr());
        Add(session.Profile.Schema);
        Add(session.Profile.Database);
        Add(Val.Repr(session.Options.Vars));
        foreach (var project in session.Projects.Values.Where(project => !Adapters.InternalPackages.IsInternal(project.Name)))
        {
            Add(project.Name);
            Add(project.Root);
            Add(Val.Repr(project.Rendered));
            Add(Val.Repr(project.Unrendered));
            Add(File.ReadAllText(Path.Combine(project.Root, ProjectLoader.FileName)));
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>The command line and what of the environment goes into artifacts.</summary>
    public static string Options(DbtSession session) =>
        OfText(PythonJson.Write(InvocationArgs.Of(session)) + PythonJson.Write(InvocationArgs.MetadataVariables(session.EnvironmentVariables)));

    public static string OfText(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    public static FileState Of(SourceFile file) => new(file.Key, file.Length, file.Modified, Hash(file));

    public static string Hash(SourceFile file)
    {
        if (file.Kind == FileKind.Seed && file.Length > LargestHashedSeed)
        {
            return string.Empty;
        }

        using var stream = File.OpenRead(file.FullPath);
        return Convert.ToHexString(SHA256.HashData(stream));
    }
}
