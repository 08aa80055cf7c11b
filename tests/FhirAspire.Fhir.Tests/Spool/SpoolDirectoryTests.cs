using FhirAspire.Fhir.Spool;
using Microsoft.Extensions.Time.Testing;

namespace FhirAspire.Fhir.Tests.Spool;

public sealed class SpoolDirectoryTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("fhiraspire-").FullName;
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero));
    private readonly SpoolDirectory spool;

    public SpoolDirectoryTests() => spool = new SpoolDirectory(new SpoolOptions { Path = root }, time);

    [Fact]
    public async Task A_folder_is_named_for_its_instant_and_patient()
    {
        var folder = await AddAsync("p1");

        folder.Key.ShouldBe("2026-01-02/030405678_p1");
        spool.Folders().Single().ShouldBe(folder);
        folder.Files().Select(file => file.Name).ShouldBe(["a.json"]);
    }

    [Fact]
    public async Task Folders_of_one_instant_get_names_of_their_own_in_their_order()
    {
        for (var i = 0; i < 5; i++)
        {
            await AddAsync("same");
        }

        spool.Folders().Select(folder => folder.Key[^8..^5]).ShouldBe(["678", "679", "680", "681", "682"]);
    }

    [Fact]
    public async Task A_folder_is_not_there_before_it_is_complete()
    {
        await spool.AddAsync("p1", async (path, _) =>
        {
            await File.WriteAllTextAsync(Path.Combine(path, "a.json"), "{}");
            spool.Folders().ShouldBeEmpty();
        });
        spool.Folders().Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_writer_that_fails_leaves_nothing()
    {
        await Should.ThrowAsync<IOException>(() => spool.AddAsync("p1", (path, _) =>
        {
            File.WriteAllText(Path.Combine(path, "a.json"), "{}");
            throw new IOException("disk full");
        }));

        Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task Clean_up_removes_what_is_old_and_uploaded_and_nothing_else()
    {
        var oldUploaded = await AddAsync("old-uploaded");
        var oldPending = await AddAsync("old-pending");
        await MarkAsync(oldUploaded);
        time.Advance(TimeSpan.FromHours(23));
        var newUploaded = await AddAsync("new-uploaded");
        await MarkAsync(newUploaded);

        spool.RemoveOld().ShouldBe(0);
        time.Advance(TimeSpan.FromHours(2));
        spool.RemoveOld().ShouldBe(1);

        spool.Folders().ShouldBe([oldPending, newUploaded]);
        spool.Pending().ShouldBe([oldPending]);
    }

    public void Dispose() => Directory.Delete(root, recursive: true);

    private Task<SpoolFolder> AddAsync(string id) => spool.AddAsync(id, (path, stop) => File.WriteAllTextAsync(Path.Combine(path, "a.json"), "{}", stop));

    private Task MarkAsync(SpoolFolder folder) => SpoolDirectory.MarkAsync(folder, new SpoolMarker(time.GetUtcNow(), "bucket", ["key"]));
}
