using FhirAspire.Pipeline.Jobs;
using Spectre.Console;

namespace FhirAspire.AppHost.Commands;

/// <summary>Shows a stage's progress: a bar on a terminal, a line every few seconds without one.</summary>
internal static class StageProgress
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    public static async Task<T> ShowAsync<T>(string title, JobRunner runner, TimeProvider time, Func<Task<T>> run)
    {
        if (!AnsiConsole.Profile.Capabilities.Interactive || Console.IsOutputRedirected)
        {
            Console.WriteLine($"{title} ...");
            var lastLine = time.GetTimestamp();
            void Report(JobProgress progress)
            {
                if (time.GetElapsedTime(lastLine) >= LineInterval)
                {
                    lastLine = time.GetTimestamp();
                    Console.WriteLine($"{title}: {Describe(progress)}");
                }
            }

            runner.Progressed += Report;
            try
            {
                return await run();
            }
            finally
            {
                runner.Progressed -= Report;
            }
        }

        return await AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new ElapsedTimeColumn(), new SpinnerColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask(title, autoStart: true);
                task.IsIndeterminate = true;
                void Report(JobProgress progress)
                {
                    task.Description = $"{title}  {Describe(progress)}";
                    if (progress.Total is > 0 and { } total)
                    {
                        task.IsIndeterminate = false;
                        task.MaxValue = total;
                        task.Value = progress.Done;
                    }
                }

                runner.Progressed += Report;
                try
                {
                    var result = await run();
                    task.IsIndeterminate = false;
                    task.Value = task.MaxValue;
                    return result;
                }
                finally
                {
                    runner.Progressed -= Report;
                }
            });
    }

    private static string Describe(JobProgress progress) =>
        $"{progress.Done:N0}{(progress.Total is { } total ? $" of {total:N0}" : "")} {progress.Unit}{(progress.Bytes > 0 ? $", {progress.Bytes / 1e6:N1} MB" : "")}";
}
