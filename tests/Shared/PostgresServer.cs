using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace FhirAspire.Tests;

/// <summary>
/// A PostgreSQL server of the test process's own, on loopback, made by initdb on first use. It ends with the process, however that ends: the shell
/// that runs it reads from a pipe whose other end this process holds.
/// </summary>
internal sealed class PostgresServer
{
    private const string User = "fhiraspire";

    private static readonly Lazy<Task<PostgresServer>> Server = new(LaunchAsync);

    private static int databases;

    private PostgresServer(string binaries, int port, string password)
    {
        Binaries = binaries;
        Port = port;
        Password = password;
    }

    /// <summary>The folder of PostgreSQL's programs.</summary>
    public string Binaries { get; }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>The password of its only user.</summary>
    public string Password { get; }

    /// <summary>The server; skips the test where PostgreSQL is not installed.</summary>
    public static async Task<PostgresServer> RequireAsync()
    {
        TestEnvironment.Require(FindBinaries() is not null, "PostgreSQL 15 or newer (Debian: postgresql)");
        return await Server.Value;
    }

    /// <summary>A new, empty database, as a connection string.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"test{Interlocked.Increment(ref databases)}";
        await RunAsync("createdb", "-h", "127.0.0.1", "-p", $"{Port}", "-U", User, name);
        return ConnectionString(name);
    }

    /// <summary>The connection string of a database.</summary>
    public string ConnectionString(string database) => $"Host=127.0.0.1;Port={Port};Database={database};Username={User};Password={Password}";

    private static async Task<PostgresServer> LaunchAsync()
    {
        var server = new PostgresServer(FindBinaries()!, FreePort(), Convert.ToHexString(RandomNumberGenerator.GetBytes(16)));
        // PostgreSQL refuses to run as root. Its default order is a language's, so that a test notices where the order of bytes is wanted and not asked for.
        var script = $"""
            set -e
            folder=$(mktemp -d)
            trap 'rm -rf "$folder"' EXIT
            read -r password
            printf %s "$password" >"$folder/password"
            {server.Binaries}/initdb -D "$folder/data" -U {User} --pwfile="$folder/password" --auth=scram-sha-256 -E UTF8 --locale=C.UTF-8 --locale-provider=icu --icu-locale=en-US --no-sync >/dev/null
            {server.Binaries}/postgres -D "$folder/data" -p {server.Port} -k "$folder" -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off -c max_connections=100 -c log_min_messages=fatal 2>"$folder/log" &
            server=$!
            read -r _ || true
            kill -INT $server
            wait $server || true
            """;
        var start = IsRoot
            ? new ProcessStartInfo("su", ["-s", "/bin/sh", "postgres", "-c", script])
            : new ProcessStartInfo("/bin/sh", ["-c", script]);
        start.UseShellExecute = false;
        start.RedirectStandardInput = true;
        start.WorkingDirectory = Path.GetTempPath();
        var shell = Process.Start(start)!;
        // Not among the arguments, which every user of the machine may see.
        await shell.StandardInput.WriteLineAsync(server.Password);
        await shell.StandardInput.FlushAsync();
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            shell.StandardInput.Close();
            shell.WaitForExit(TimeSpan.FromSeconds(10));
        };
        for (var i = 0; i < 300; i++)
        {
            if (shell.HasExited)
            {
                throw new InvalidOperationException($"PostgreSQL ended with {shell.ExitCode} before it answered");
            }

            if (await server.AnswersAsync())
            {
                return server;
            }

            await Task.Delay(100);
        }

        throw new TimeoutException("PostgreSQL did not answer within 30 s");
    }

    private async Task<bool> AnswersAsync()
    {
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(Binaries, "pg_isready"), ["-q", "-h", "127.0.0.1", "-p", $"{Port}"]))!;
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }

    private async Task RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Binaries, program), arguments) { UseShellExecute = false, RedirectStandardError = true };
        start.Environment["PGPASSWORD"] = Password;
        using var process = Process.Start(start)!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {error}");
        }
    }

    private static bool IsRoot => Environment.UserName == "root";

    // Debian keeps the programs outside the path, one folder a version.
    private static string? FindBinaries()
    {
        const string debian = "/usr/lib/postgresql";
        var versions = Directory.Exists(debian)
            ? Directory.EnumerateDirectories(debian).Where(folder => int.TryParse(Path.GetFileName(folder), out var version) && version >= 15).OrderDescending().Select(folder => Path.Combine(folder, "bin"))
            : [];
        return versions.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")));
    }

    // Below the range from which the system takes ports of outgoing connections.
    private static int FreePort()
    {
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(20_000, 32_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken.
            }
        }
    }
}
