using System.Diagnostics;
using System.Text;
using FhirAspire.Tests;

namespace FhirAspire.ObjectStore.Tests.LocalS3;

/// <summary>Clients that other people wrote: Debian's awscli, s3cmd and boto3.</summary>
public sealed class RealClientTests(S3Fixture s3) : IClassFixture<S3Fixture>, IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("locals3-clients-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [SkippableFact]
    public async Task Awscli_copies_a_large_file_there_and_back_and_syncs_a_folder()
    {
        var aws = Find("aws");
        var big = Path.Combine(folder, "big");
        var bytes = new byte[20_000_000];
        new Random(5).NextBytes(bytes);
        await File.WriteAllBytesAsync(big, bytes);
        string[] common = ["--endpoint-url", s3.Server.Endpoint.ToString()];
        await RunAsync(aws, [.. common, "s3", "mb", "s3://awscli-bucket"]);
        await RunAsync(aws, [.. common, "s3", "cp", big, "s3://awscli-bucket/x y/big", "--only-show-errors"]);
        await RunAsync(aws, [.. common, "s3", "cp", "s3://awscli-bucket/x y/big", big + "2", "--only-show-errors"]);
        (await File.ReadAllBytesAsync(big + "2")).AsSpan().SequenceEqual(bytes).ShouldBeTrue();
        (await RunAsync(aws, [.. common, "s3", "ls", "--recursive", "s3://awscli-bucket"])).ShouldContain("20000000 x y/big");
        await RunAsync(aws, [.. common, "s3", "rb", "--force", "s3://awscli-bucket"]);
    }

    [SkippableFact]
    public async Task S3cmd_puts_lists_gets_and_removes()
    {
        var s3cmd = Find("s3cmd");
        var file = Path.Combine(folder, "file");
        await File.WriteAllTextAsync(file, "content");
        var host = $"{s3.Server.Endpoint.Host}:{s3.Server.Endpoint.Port}";
        string[] common = ["--no-ssl", "--host", host, "--host-bucket", host, "--access_key", s3.Server.AccessKey, "--secret_key", s3.Server.SecretKey, "--config", "/dev/null", "--region", "us-east-1"];
        await RunAsync(s3cmd, [.. common, "mb", "s3://s3cmd-bucket"]);
        await RunAsync(s3cmd, [.. common, "put", file, "s3://s3cmd-bucket/ü/file"]);
        (await RunAsync(s3cmd, [.. common, "ls", "-r", "s3://s3cmd-bucket"])).ShouldContain("s3://s3cmd-bucket/ü/file");
        await RunAsync(s3cmd, [.. common, "get", "s3://s3cmd-bucket/ü/file", file + "2"]);
        (await File.ReadAllTextAsync(file + "2")).ShouldBe("content");
        (await RunAsync(s3cmd, [.. common, "info", "s3://s3cmd-bucket/ü/file"])).ShouldContain("MD5 sum");
        await RunAsync(s3cmd, [.. common, "rb", "-r", "--force", "s3://s3cmd-bucket"]);
    }

    [SkippableFact]
    public async Task Boto3_writes_strange_keys_and_reads_them_back()
    {
        const string Python = "/usr/bin/python3";
        TestEnvironment.Require(File.Exists(Python) && (await TryAsync(Python, ["-c", "import boto3"])).Code == 0, "Debian's python3-boto3");
        const string Script = """
            import boto3, sys
            from botocore.client import Config
            s3 = boto3.client('s3', endpoint_url=sys.argv[1], region_name='us-east-1', config=Config(s3={'addressing_style': 'path'}))
            s3.create_bucket(Bucket='boto-bucket')
            keys = ['/leading', '../up', 'a', 'a/b', 'a//b', 'new\nline', 'ü/日本', 'plus+ and blank', '%41']
            for key in keys:
                s3.put_object(Bucket='boto-bucket', Key=key, Body=key.encode())
            for key in keys:
                assert s3.get_object(Bucket='boto-bucket', Key=key)['Body'].read() == key.encode(), key
            listed = [item['Key'] for page in s3.get_paginator('list_objects_v2').paginate(Bucket='boto-bucket', MaxKeys=2) for item in page['Contents']]
            assert listed == sorted(keys, key=lambda key: key.encode()), listed
            s3.delete_objects(Bucket='boto-bucket', Delete={'Objects': [{'Key': key} for key in keys]})
            assert 'Contents' not in s3.list_objects(Bucket='boto-bucket')
            print('done')
            """;
        (await RunAsync(Python, ["-c", Script, s3.Server.Endpoint.ToString()])).ShouldContain("done");
    }

    private static string Find(string command)
    {
        // Debian's, not one that a user has put before it.
        var path = Path.Combine("/usr/bin", command);
        TestEnvironment.Require(File.Exists(path), $"the command {command} (Debian package {(command == "aws" ? "awscli" : command)})");
        return path;
    }

    private async Task<string> RunAsync(string command, string[] arguments)
    {
        var (code, output) = await TryAsync(command, arguments);
        code.ShouldBe(0, output);
        return output;
    }

    private async Task<(int Code, string Output)> TryAsync(string command, string[] arguments)
    {
        var start = new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.StandardOutputEncoding = Encoding.UTF8;
        start.Environment["AWS_ACCESS_KEY_ID"] = s3.Server.AccessKey;
        start.Environment["AWS_SECRET_ACCESS_KEY"] = s3.Server.SecretKey;
        start.Environment["AWS_DEFAULT_REGION"] = "us-east-1";
        start.Environment["AWS_EC2_METADATA_DISABLED"] = "true";
        start.Environment["LC_ALL"] = "C.UTF-8";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await error);
    }
}
