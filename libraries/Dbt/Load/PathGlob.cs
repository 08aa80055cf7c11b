using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Load;

/// <summary>Files and folders below a root that match a pattern with <c>*</c>, <c>?</c>, <c>[...]</c> and <c>**</c>.</summary>
internal static class PathGlob
{
    /// <summary>Matching paths, relative to the root, with forward slashes.</summary>
    public static HashSet<string> Find(string root, string pattern)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        if (Path.IsPathRooted(pattern))
        {
            pattern = Path.GetRelativePath(root, pattern);
        }

        var parts = pattern.Replace('\\', '/').Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").ToArray();
        if (parts.Contains("..", StringComparer.Ordinal))
        {
            return found;
        }

        Walk(new DirectoryInfo(root), string.Empty, parts, 0, found);
        return found;
    }

    private static void Walk(DirectoryInfo folder, string prefix, string[] parts, int at, HashSet<string> found)
    {
        if (at == parts.Length)
        {
            found.Add(prefix.Length == 0 ? "." : prefix);
            return;
        }

        if (!folder.Exists)
        {
            return;
        }

        if (parts[at] == "**")
        {
            Walk(folder, prefix, parts, at + 1, found);
            foreach (var child in folder.EnumerateDirectories())
            {
                Walk(child, Join(prefix, child.Name), parts, at, found);
            }

            return;
        }

        foreach (var entry in folder.EnumerateFileSystemInfos())
        {
            if (!Text.FnMatch(entry.Name, parts[at]))
            {
                continue;
            }

            if (entry is DirectoryInfo child)
            {
                Walk(child, Join(prefix, entry.Name), parts, at + 1, found);
            }
            else if (at == parts.Length - 1)
            {
                found.Add(Join(prefix, entry.Name));
            }
        }
    }

    private static string Join(string prefix, string name) => prefix.Length == 0 ? name : $"{prefix}/{name}";
}
