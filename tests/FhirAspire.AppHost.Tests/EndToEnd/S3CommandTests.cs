using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using CliWrap;
using CliWrap.EventStream;

namespace FhirAspire.AppHost.Tests.EndToEnd;

public sealed class S3CommandTests
{
    [Fact]
    public async Task The_S3_server_runs_alone_and_keeps_its_objects_over_an_interrupt()
    {
        using var data = new TemporaryData();
        await WithServerAsync(data.Path, async client =>
        {
            await client.PutBucketAsync("kept");
            await client.PutObjectAsync(new Amazon.S3.Model.PutObjectRequest { BucketName = "kept", Key = "a", ContentBody = "text" });
        });
        await WithServerAsync(data.Path, async client => (await client.GetObjectMetadataAsync("kept", "a")).HttpStatusCode.ShouldBe(HttpStatusCode.OK));
    }

    private static async Task WithServerAsync(string root, Func<AmazonS3Client, Task> use)
    {
        using var interrupt = new CancellationTokenSource();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var command = Cli.Wrap("dotnet").WithArguments([Path.Combine(AppContext.BaseDirectory, "FhirAspire.AppHost.dll"), "s3", "--port", "0", "--root", root]).WithValidation(CommandResultValidation.None);
        int? exitCode = null;
        try
        {
            await foreach (var happened in command.ListenAsync(System.Text.Encoding.UTF8, System.Text.Encoding.UTF8, limit.Token, interrupt.Token))
            {
                if (happened is StandardOutputCommandEvent { Text: var line } && line.StartsWith("S3 server:", StringComparison.Ordinal))
                {
                    using var client = new AmazonS3Client(new BasicAWSCredentials("local", "local-secret"), new AmazonS3Config { ServiceURL = line.Split(' ')[^1], ForcePathStyle = true });
                    await use(client);
                    await interrupt.CancelAsync();
                }
                else if (happened is ExitedCommandEvent exited)
                {
                    exitCode = exited.ExitCode;
                }
            }
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested && !limit.IsCancellationRequested)
        {
            exitCode = 130;
        }

        exitCode.ShouldBe(130);
    }
}
