using System.Text;
using System.Text.RegularExpressions;

namespace FhirAspire.Dbt.Load;

/// <summary>The patterns of <c>.dbtignore</c>, which are those of <c>.gitignore</c> (https://git-scm.com/docs/gitignore).</summary>
internal sealed class DbtIgnore
{
    private readonly List<(Regex Pattern, bool IsNegated)> rules = [];

    private DbtIgnore()
    {
    }

    public static DbtIgnore Read(string root)
    {
        var ignore = new DbtIgnore();
        var path = Path.Combine(root, ".dbtignore");
        if (File.Exists(path))
        {
            foreach (var line in File.ReadAllLines(path))
            {
                ignore.Add(line);
            }
        }

        return ignore;
    }

    /// <summary>Whether a file, relative to the root and with forward slashes, is left out.</summary>
    public bool Ignores(string path)
    {
        var ignored = false;
        foreach (var (pattern, isNegated) in rules)
        {
            if (ignored == isNegated && pattern.IsMatch(path))
            {
                ignored = !isNegated;
            }
        }

        return ignored;
    }

    private void Add(string line)
    {
        var pattern = line.TrimEnd();
        if (pattern.Length == 0 || pattern[0] == '#')
        {
            return;
        }

        var isNegated = pattern[0] == '!';
        pattern = isNegated ? pattern[1..] : pattern.TrimStart('\\');
        var onlyFolders = pattern.EndsWith('/');
        pattern = pattern.TrimEnd('/');
        var isAnchored = pattern.Contains('/', StringComparison.Ordinal);
        pattern = pattern.TrimStart('/');
        var regex = new StringBuilder(isAnchored ? @"\A" : @"\A(?:.*/)?");
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '*' when pattern.AsSpan(i).StartsWith("**/"):
                    regex.Append("(?:.*/)?");
                    i += 2;
                    break;
                case '*' when pattern.AsSpan(i).StartsWith("**"):
                    regex.Append(".*");
                    i++;
                    break;
                case '*':
                    regex.Append("[^/]*");
                    break;
                case '?':
                    regex.Append("[^/]");
                    break;
                case '[' when pattern.IndexOf(']', i + 1) is > 0 and var end:
                    regex.Append('[').Append(pattern[i + 1] == '!' ? "^" + pattern[(i + 2)..end] : pattern[(i + 1)..end]).Append(']');
                    i = end;
                    break;
                default:
                    regex.Append(Regex.Escape(pattern[i].ToString()));
                    break;
            }
        }

        regex.Append(onlyFolders ? "/.*" : @"(?:/.*)?").Append(@"\z");
        rules.Add((new Regex(regex.ToString(), RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5)), isNegated));
    }
}
