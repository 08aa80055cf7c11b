using System.Text;
using FhirAspire.Dbt.Parse;

namespace FhirAspire.Dbt.Compile;

/// <summary>The files under <c>target/compiled</c> and <c>target/run</c>.</summary>
internal static class CompiledFiles
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public static void WriteCompiled(DbtSession session, DbtNode node, string? suffix = null)
    {
        if (!node.ExtraCtesInjected || node.CompiledCode is not { Length: > 0 } code || node.ResourceType is DbtResourceType.Snapshot or DbtResourceType.Seed)
        {
            return;
        }

        node.CompiledPath = RelativePath(session, "compiled", node, suffix);
        Write(session, node.CompiledPath, code);
        if (node.ResourceType == DbtResourceType.Operation)
        {
            // The path of a hook is shown as dbt writes it.
            node.CompiledPath = node.CompiledPath.Replace($"/{node.PackageName}/dbt_project.yml/", $"/{node.PackageName}/./dbt_project.yml/", StringComparison.Ordinal);
        }
    }

    public static void WriteRun(DbtSession session, DbtNode node, string code)
    {
        node.BuildPath = RelativePath(session, "run", node, node.Batch is null ? null : Values.Val.Str(node.Batch.Get("suffix")));
        Write(session, node.BuildPath, code);
    }

    private static string RelativePath(DbtSession session, string folder, DbtNode node, string? suffix)
    {
        // A node that shares its file with others gets a folder named for that file.
        var original = node.OriginalFilePath.StartsWith("./", StringComparison.Ordinal) ? node.OriginalFilePath[2..] : node.OriginalFilePath;
        var path = Path.GetFileName(node.Path) == Path.GetFileName(original) ? original : $"{original}/{node.Path}";
        if (suffix is not null)
        {
            var name = Path.GetFileNameWithoutExtension(path);
            path = $"{Path.GetDirectoryName(path)}/{name}/{name}_{suffix}{Path.GetExtension(path)}";
        }

        return $"{Path.GetFileName(session.TargetFolder)}/{folder}/{node.PackageName}/{path}";
    }

    private static void Write(DbtSession session, string relative, string text)
    {
        var below = relative[(relative.IndexOf('/', StringComparison.Ordinal) + 1)..];
        var path = Path.GetFullPath(Path.Combine(session.TargetFolder, below));
        if (!path.StartsWith(session.TargetFolder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            // A name with .. in it would leave the target folder.
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text, Utf8);
    }
}
