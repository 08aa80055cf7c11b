using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using FhirAspire.Dbt.Load;

namespace FhirAspire.Dbt.Tests;

/// <summary><c>deps</c> with a package hub, which answers in this process as https://hub.getdbt.com does.</summary>
public sealed class PackageHubTests : IDisposable
{
    private readonly ProjectFolder project = new();
    private readonly HttpListener listener = new();
    private readonly Dictionary<string, byte[]> files = new(StringComparer.Ordinal);
    private readonly string address;

    public PackageHubTests()
    {
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/";
        }

        listener.Prefixes.Add(address);
        listener.Start();
        _ = AnswerAsync();
        project.Environment["DBT_PACKAGE_HUB_URL"] = address;
        project.Write("models/a.sql", "select '{{ tools.version() }}' as v");
    }

    [Theory]
    [InlineData("1.0.0", "1.0.0")]
    [InlineData("\">=1.0.0\"", "1.2.10")]
    [InlineData("[\">=1.0.0\", \"<1.2.0\"]", "1.1.0")]
    [InlineData("\">=1.0.0,<=1.2.9\"", "1.2.9")]
    [InlineData("\">=1.3.0-b1\"", "1.3.0-b2")]
    [InlineData("\">1.2.9\"\n    install_prerelease: true", "1.3.0-b2")]
    public async Task The_newest_version_that_is_allowed_is_installed(string asked, string expected)
    {
        Publish("acme/tools", "1.0.0", "1.1.0", "1.2.9", "1.2.10", "1.3.0-b1", "1.3.0-b2");
        project.Write("packages.yml", $"packages:\n  - package: acme/tools\n    version: {asked}\n");

        (await project.RunAsync("deps")).Error.ShouldBeNull();

        (await project.RunAsync("compile")).ExitCode.ShouldBe(0);
        project.Read("target/compiled/shop/models/a.sql").ShouldBe($"select '{expected}' as v");
        project.Read("package-lock.yml").ShouldContain($"version: {expected}");
    }

    [Fact]
    public async Task Packages_of_packages_come_with_them_in_a_version_that_all_allow()
    {
        Publish("acme/tools", "1.0.0", "1.1.0", "1.2.0");
        Publish("acme/more", "0.1.0");
        files["/acme/more/0.1.0.tar.gz"] = Archive(("more/dbt_project.yml", "name: more\nversion: '0.1.0'\n"), ("more/packages.yml", "packages: [{package: acme/tools, version: ['>=1.0.0', '<1.2.0']}]"));
        project.Write("packages.yml", "packages:\n  - {package: acme/tools, version: '>=1.0.0'}\n  - {package: acme/more, version: 0.1.0}\n");

        (await project.RunAsync("deps")).Error.ShouldBeNull();

        (await project.RunAsync("compile")).ExitCode.ShouldBe(0);
        project.Read("target/compiled/shop/models/a.sql").ShouldBe("select '1.1.0' as v");
        Directory.GetDirectories(Path.Combine(project.Root, "dbt_packages")).Select(Path.GetFileName).Order().ShouldBe(["more", "tools"]);
    }

    [Fact]
    public async Task A_locked_version_stays_until_an_upgrade_or_another_wish()
    {
        Publish("acme/tools", "1.0.0");
        project.Write("packages.yml", "packages: [{package: acme/tools, version: '>=1.0.0'}]");
        await project.RunAsync("deps");
        Publish("acme/tools", "1.0.0", "1.1.0");

        await project.RunAsync("deps");
        project.Read("package-lock.yml").ShouldContain("version: 1.0.0");

        await project.RunAsync("deps", "--upgrade");
        project.Read("package-lock.yml").ShouldContain("version: 1.1.0");
    }

    [SkippableFact]
    public async Task A_package_from_git_stays_at_its_commit_until_an_upgrade()
    {
        Skip.IfNot(await GitAsync("--version"), "git is not installed");
        project.Write("origin/dbt_project.yml", "name: tools\nversion: '1.0'\n");
        await CommitAsync("init", "--quiet");
        project.Write("packages.yml", $"packages: [{{git: '{Path.Combine(project.Root, "origin")}'}}]");
        (await project.RunAsync("deps")).Error.ShouldBeNull();
        project.Write("origin/dbt_project.yml", "name: tools\nversion: '2.0'\n");
        await CommitAsync();

        await project.RunAsync("deps");
        project.Read("dbt_packages/tools/dbt_project.yml").ShouldContain("'1.0'");
        await project.RunAsync("deps", "--upgrade");
        project.Read("dbt_packages/tools/dbt_project.yml").ShouldContain("'2.0'");

        async Task CommitAsync(params string[] before)
        {
            string[] at = ["-C", Path.Combine(project.Root, "origin")];
            foreach (var command in new[] { before, ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "--quiet", "-m", "text"] }.Where(command => command.Length > 0))
            {
                (await GitAsync([.. at, .. command])).ShouldBeTrue(string.Join(' ', command));
            }
        }

        static async Task<bool> GitAsync(params string[] arguments)
        {
            try
            {
                using var process = Process.Start(new ProcessStartInfo("git", arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
                await process.WaitForExitAsync();
                return process.ExitCode == 0;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task A_version_for_another_dbt_is_left_out()
    {
        Publish("acme/tools", "1.0.0", "2.0.0");
        files["/api/v1/acme/tools.json"] = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(files["/api/v1/acme/tools.json"]).Replace("\"2.0.0\": {", "\"2.0.0\": {\"require_dbt_version\": [\">=2.0.0\", \"<3.0.0\"],", StringComparison.Ordinal));
        project.Write("packages.yml", "packages: [{package: acme/tools, version: '>=1.0.0'}]");

        (await project.RunAsync("deps")).Error.ShouldBeNull();

        project.Read("package-lock.yml").ShouldContain("version: 1.0.0");
    }

    [Fact]
    public async Task An_archive_by_its_address_is_a_package_too()
    {
        files["/there.tar.gz"] = Archive("tools", "3.0.0");
        project.Write("packages.yml", $"packages: [{{tarball: '{address}there.tar.gz', name: tools}}]");

        (await project.RunAsync("deps")).Error.ShouldBeNull();

        project.Read("dbt_packages/tools/dbt_project.yml").ShouldContain("name: tools");
    }

    [Theory]
    [InlineData("{package: acme/tools, version: '>=2.0.0'}", "DBT1209", "1.0.0")]
    [InlineData("{package: acme/tools, version: new}", "DBT1209", "a range of them")]
    [InlineData("{package: acme/tools}", "DBT1209", "needs a version")]
    [InlineData("{package: acme/none, version: 1.0.0}", "DBT1205", "was not found in the package index")]
    [InlineData("{package: acme/broken, version: 1.0.0}", "DBT1205", "does not answer as a package hub")]
    [InlineData("{package: acme/outside, version: 1.0.0}", "DBT1210", "no archive")]
    [InlineData("{tarball: 'http://192.0.2.1/a.tar.gz'}", "DBT1205", "https")]
    public async Task What_cannot_be_had_is_told(string entry, string code, string text)
    {
        Publish("acme/tools", "1.0.0");
        files["/api/v1/acme/broken.json"] = "<html>"u8.ToArray();
        Publish("acme/outside", "1.0.0");
        files["/acme/outside/1.0.0.tar.gz"] = Archive("outside", "1.0.0", "../../../outside.txt");
        project.Write("packages.yml", $"packages: [{entry}]");

        var error = (await project.RunAsync("deps")).Error.ShouldNotBeNull();

        error.Code.ShouldBe(code);
        error.ToConsoleText().ShouldContain(text);
        File.Exists(Path.Combine(project.Root, "..", "outside.txt")).ShouldBeFalse();
        Directory.Exists(Path.Combine(project.Root, "dbt_packages")).ShouldBe(true);
        Directory.GetFileSystemEntries(Path.Combine(project.Root, "dbt_packages")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("1.0.0-alpha", "1.0.0-alpha.1")]
    [InlineData("1.0.0-alpha.1", "1.0.0-alpha.beta")]
    [InlineData("1.0.0-beta.2", "1.0.0-beta.11")]
    [InlineData("1.0.0-rc.1", "1.0.0")]
    [InlineData("1.9.0", "1.10.0")]
    public void Versions_stand_in_the_order_of_the_standard(string lower, string higher) => SemanticVersion.Parse(lower)!.CompareTo(SemanticVersion.Parse(higher)).ShouldBeLessThan(0);

    public void Dispose()
    {
        listener.Close();
        project.Dispose();
    }

    private static byte[] Archive(string name, string version, string? other = null) => Archive(
        ($"{name}-abc/dbt_project.yml", $"name: {name}\nversion: '{version}'\n"),
        ($"{name}-abc/macros/version.sql", $"{{% macro version() %}}{version}{{% endmacro %}}"),
        (other ?? $"{name}-abc/README.md", "text"));

    private static byte[] Archive(params (string Path, string Text)[] entries)
    {
        using var bytes = new MemoryStream();
        using (var zipped = new GZipStream(bytes, CompressionMode.Compress))
        using (var tar = new TarWriter(zipped, TarEntryFormat.Pax))
        {
            foreach (var (path, text) in entries)
            {
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, path) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) });
            }
        }

        return bytes.ToArray();
    }

    private void Publish(string package, params string[] versions)
    {
        var name = package.Split('/')[1];
        foreach (var version in versions)
        {
            files[$"/{package}/{version}.tar.gz"] = Archive(name, version);
        }

        var entries = versions.Select(version => $"\"{version}\": {{\"downloads\": {{\"tarball\": \"{address}{package}/{version}.tar.gz\"}}}}");
        files[$"/api/v1/{package}.json"] = Encoding.UTF8.GetBytes($"{{\"versions\": {{{string.Join(", ", entries)}}}}}");
    }

    private async Task AnswerAsync()
    {
        while (listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            var found = files.TryGetValue(context.Request.Url!.AbsolutePath, out var bytes);
            context.Response.StatusCode = found ? 200 : 404;
            await context.Response.OutputStream.WriteAsync(bytes ?? []);
            context.Response.Close();
        }
    }
}
