using CsCheck;
using FhirAspire.Simulation.Csv;
using FhirAspire.Simulation.Modules;
using FhirAspire.Simulation.Record;
using FhirAspire.Simulation.Reference;

namespace FhirAspire.Simulation.Tests.Laws;

public class DeterminismTests
{
    private static readonly Lazy<ModuleSet> Modules = new(ModuleLoader.LoadOwn);
    private static readonly Lazy<ReferenceData> Data = new(ReferenceData.Own);

    private static PatientGenerator Generator(ulong seed) => new(Modules.Value, Data.Value, new SimulationOptions { Seed = seed, AsOf = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) });

    private static string Csv(IEnumerable<SimulatedPatient> patients)
    {
        var streams = new Dictionary<string, MemoryStream>();
        using (var sink = new CsvSink(table => streams[table] = new MemoryStream()))
        {
            var rows = new CsvPatientRows();
            foreach (var patient in patients)
            {
                rows.Add(patient);
            }

            sink.Append(rows);
        }

        return string.Concat(streams.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => s.Key + "\n" + System.Text.Encoding.UTF8.GetString(s.Value.ToArray())));
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes_whatever_the_order_and_number_of_threads()
    {
        var straight = Csv(Enumerable.Range(0, 12).SelectMany(i => Generator(7).Generate(i)));
        var generator = Generator(7);
        var parallel = new IReadOnlyList<SimulatedPatient>[12];
        Parallel.For(0, 12, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i => parallel[11 - i] = generator.Generate(11 - i));

        Csv(parallel.SelectMany(p => p)).ShouldBe(straight);
    }

    [Fact]
    public void A_patient_generated_alone_is_the_same_as_in_a_run()
        => Gen.Select(Gen.ULong, Gen.Int[0, 100_000]).Sample(
            (seed, index) =>
            {
                var run = Generator(seed);
                run.Generate(index + 1);
                return Csv(run.Generate(index)) == Csv(Generator(seed).Generate(index));
            },
            iter: 5,
            threads: 1);

    [Fact]
    public void Another_seed_gives_other_patients()
        => Generator(1).Generate(0)[0].Id.ShouldNotBe(Generator(2).Generate(0)[0].Id);

    [Fact]
    public void Ids_of_different_things_are_different()
        => Gen.Select(Gen.ULong, Gen.Long[0, 1L << 40], Gen.Int[0, 100], Gen.Int[0, 1_000_000]).Sample(
            (seed, index, attempt, number) =>
            {
                var key = new PatientKey(seed, index, attempt);
                Guid[] ids =
                [
                    key.Id(number), key.Id(number + 1), key.Id(number, IdKind.Claim), key.Id(number, IdKind.ClaimTransaction, 1), key.Id(number, IdKind.ClaimTransaction, 2),
                    (key with { Index = index + 1 }).Id(number), (key with { Attempt = attempt + 1 }).Id(number),
                ];
                return ids.Distinct().Count() == ids.Length && ids.All(id => id.ToString()[14] == '8' && "89ab".Contains(id.ToString()[19]));
            });

    /// <summary>Unique by construction: an id can be read back, so no two things of a run share one, of however many patients.</summary>
    [Fact]
    public void An_id_gives_back_the_slot_life_and_thing_that_it_was_made_of()
        => Gen.Select(Gen.ULong, Gen.Long[0, (1L << 44) - 1], Gen.Int[0, (1 << 13) - 1], Gen.Int[0, int.MaxValue], Gen.Int[0, Enum.GetValues<IdKind>().Length - 1].Select(i => Enum.GetValues<IdKind>()[i]), Gen.Int[0, (1 << 20) - 1]).Sample(
            (seed, index, attempt, number, kind, part) =>
                ReadBack(seed, new PatientKey(seed, index, attempt).Id(number, kind, part)).ShouldBe((index, attempt, number, kind, part)));

    private static (long Index, int Attempt, int Number, IdKind Kind, int Part) ReadBack(ulong seed, Guid id)
    {
        const ulong Half = (1UL << 61) - 1;
        var bytes = id.ToByteArray(bigEndian: true);
        var high = System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes);
        var low = System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(8));
        var left = ((high >> 16) << 13) | ((high & 0xFFF) << 1) | ((low >> 61) & 1);
        var right = low & Half;
        for (var round = 4UL; round-- > 0;)
        {
            (left, right) = (right ^ (Random.SplitMix.Mix(left + Random.SplitMix.Derive(seed, round)) & Half), left);
        }

        return ((long)(left >> 13), (int)(left & 0x1FFF), (int)(right >> 29), (IdKind)((right >> 20) & 0x1FF), (int)(right & 0xFFFFF));
    }

    [Fact]
    public void Ids_of_many_patients_do_not_collide()
    {
        var ids = new HashSet<Guid>();
        for (var index = 0L; index < 200_000; index++)
        {
            ids.Add(new PatientKey(42, index, 0).Id(0)).ShouldBeTrue();
        }
    }
}
