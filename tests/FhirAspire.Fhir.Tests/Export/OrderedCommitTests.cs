using CsCheck;
using FhirAspire.Fhir.Export;

namespace FhirAspire.Fhir.Tests.Export;

public class OrderedCommitTests
{
    [Fact]
    public void Whatever_the_threads_items_are_committed_once_and_in_order()
        => Gen.Select(Gen.Int[1, 6], Gen.Int[1, 9], Gen.Int[0, 200]).Sample((threads, window, count) =>
        {
            var committed = new List<long>();
            var order = new OrderedCommit<long>(10, window, (number, item) =>
            {
                item.ShouldBe(number * 2);
                committed.Add(number);
            });
            var next = 9L;
            Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, _ =>
            {
                long number;
                while ((number = Interlocked.Increment(ref next)) < 10 + count)
                {
                    order.Post(number, number * 2).ShouldBeTrue();
                }
            });
            committed.ShouldBe(Enumerable.Range(10, count).Select(i => (long)i));
        }, iter: 50, threads: 1);

    [Fact]
    public async Task After_a_failed_commit_nobody_waits()
    {
        var order = new OrderedCommit<int>(0, 1, (_, _) => throw new IOException("disk full"));
        var waiting = Task.Run(() => order.Post(1, 1));

        Should.Throw<IOException>(() => order.Post(0, 0));

        await waiting.WaitAsync(TimeSpan.FromSeconds(10));
    }
}
