using System.Text;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Output;
using TrafficCore.Pipeline.Shards;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Tests.Shards;

/// <summary>State that was written before pages held observers: a snapshot and its pages, version 1, as that program wrote them.</summary>
public sealed class VersionOneTests
{
    private const int Minute = 60_000;
    private const string Snapshot =
        "AQAAADYAAAABAqD3NsDubdAZgPuOuvFmwMYtAAAAAAACAXgBeQQBAAEAAWEBAAEAAWIBAQIBAWMBAQEBAWQCAAAA9QAAAAGA4KC38WbsAXsgImNpdHkiOiAidCIsICJpbnRlcnNlY3Rpb25zIjogWy"
        + "B7ICJpZCI6ICJ4IiwgImFwcHJvYWNoZXMiOiBbIHsgImlkIjogIm4iLCAiZnJlZUZsb3dTcGVlZCI6IDUwLCAiZGV0ZWN0b3JzIjogW3sgImlkIjogImEiLCAiZnVuY3Rpb25zIjogWyJjb3VudCJd"
        + "LCAiaW50ZXJ2YWwiOiA2MDAwMCB9LCB7ICJpZCI6ICJiIiwgImZ1bmN0aW9ucyI6IFsiY291bnQiXSwgImludGVydmFsIjogNjAwMDAgfV0gfSBdIH0gXSB9BAAAABMAAAABAAEBeAYBLQliYWQtc2"
        + "hhcGUBAwAAAPIAAAABAMDeoYubAQAAwMYtAAAAAADgSp2LmwEAAAAYdIubAQAAgAari5sBAAADgL6SAcDOjrjxZsCsgAKAvfy48WaAm+4CwKvqufFmwN6hi5sBAADAxi0AAAAAAECPj4ubAQAAAAAA"
        + "AAAAAICABquLmwEAAALAzySA4KC38WbArIACgL38uPFmAgEB4KcSA8DeoYubAQAAgJvuAgQAAAAAAAABAAAA6U2di5sBAACAm+4CBQAAAAAAAALc9zsAgPuOuvFm4Pc7AoD7jrrxZgAB4Pc7AwCA7L"
        + "Gw8WaAm+4CAYDssbDxZoCb7gIAgL38uPFmgJvuAgMAAADrAAAAAQGwUp2LmwEAAMDGLQAAAAAA/////////38AGHSLmwEAAIAGq4ubAQAAA4C+kgHAzo648WbArIACgL38uPFmgJvuAsCr6rnxZrBS"
        + "nYubAQAAwMYtAAAAAAD/////////fwAAAAAAAACAgAari5sBAAACwM8kgOCgt/FmwKyAAoC9/LjxZgIBAeDUAwOwUp2LmwEAAICb7gIIAAAAAAHg9zvQ76C38WYAoP+gt/FmkLvqufFmA+DK6rnxZg"
        + "AAAAAAAAAAAAAAAMAAAAAAAAAAAQhiYWQtanNvbgQB4Pc7BID7jrrxZgAB4Pc7AA==";

    private static readonly string[] Pages =
    [
        "AQF43Pc7gPuOuvFmAqD3NgIAAAABAAAAwO5tAgABAAEBbgEBAAAAAQEAAAEBAgEAAQABAQIAAAABAAEAAAYAAAAAAAECAAEAAQAABgAAAAAAAAA=",
        "AQF44Pc7gPuOuvFmAqD3NgICAgEBAQEAwO5tAgEBAAEBbgEBAQEAAQEAAgNjYXIDYnVzAgAB4KcSAMiiAQAAyKIBAADIogEAAMiiAQAAAOGnEgECAgIABAAB4KcSAAPgpxIAAAAAAQHgpxIAA+CnEg"
        + "AAAAACAeCnEgAD4KcSAAAAAAMB4KcSAAPgpxIAAAAAAQIAAgAC4KcSAAbAzyQAAAAAAQLgpxIABsDPJAAAAAABAgAEAAUBBQIFAwUBBAADAQMCAwMDAgACAAkBCQECAAUBBQECBAABiQYNAan9AhsB"
        + "yfQBKQHpawEBAgICAAQAAQAAAgC5YAHCQwIBAQAAAgC5YAHCQwICAQAAAgC5YAHCQwIDAQAAAgC5YAHCQwIBAgACAAIAAAQA8sABAoSHAQQBAgAABADywAEChIcBBAAA",
        "AQF54Pc7gPuOuvFmAqD3NgICAgEAAAAAwO5tAgEAAAEDYWxsAQAAAAABAAAAAAEAAoeAgICgCoKAgIAQAoCAoB+BgKAfAAAAAAAAAAAAAAAAAoCAoPwLgYCgHwAAAAAAAAAAAAAAAAACgICg2QeBgK"
        + "AfAAAAAAAAAAAAAAAAAAKAgKC2A4GAoB8AAAAAAAAAAAAAAAAAAAYAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAYAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAATQ76C38WYAoP+gt/FmkN6OuPFmAeDtjrjxZtDM/LjxZgKg3Py48WaQu+q58WYD4MrqufFm/////w8BAcncA8ncA8nc"
        + "AwABkbkHAAEOAQECAgIDAQQF"
    ];

    private static readonly ShardOptions Options = new() { Lengths = WindowLengths.Create([900_000, 1_800_000]) };

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Restore_SnapshotAndPagesOfVersionOne_GoOnToTheByte(int shards)
    {
        InputTape tape = Tape(out int cut);
        ShardRig before = new ShardRig(1, Options).Feed(tape.Records.Take(cut));
        ShardRig expected = before.Restart(1).Feed(tape.Records.Skip(cut));

        // The tape still is the one that the bytes were made from.
        Assert.Equal(Snapshot, Convert.ToBase64String(before.Snapshot()));

        var pages = new MemoryPages(Pages.Select(Convert.FromBase64String));
        ShardRig old = before.Restore(shards, Convert.FromBase64String(Snapshot), pages).Feed(tape.Records.Skip(cut));

        Assert.Equal(ShardRig.Sequences(expected.Outputs).OrderBy(s => s.Key), ShardRig.Sequences(old.Outputs).OrderBy(s => s.Key));
        Assert.Contains(old.Windows, window => window.Rows.Any(row => row.Revision > 1));
        Assert.Single(old.Observations);
        Assert.Equal((expected.Totals().Stored, expected.Totals().Duplicate, expected.Totals().Conflict), (old.Totals().Stored, old.Totals().Duplicate, old.Totals().Conflict));
    }

    [Fact]
    public void Read_PageOfVersionOne_IsTheSamePageInVersionTwo()
    {
        var pool = new PagePool();
        foreach (byte[] bytes in Pages.Select(Convert.FromBase64String))
        {
            var head = new BodyReader(bytes);
            Assert.Equal(1, head.Byte());
            PageState page = PageCodec.Read(bytes, head.Text(), head.Signed(), Options.Lengths, pool);
            var writer = new BodyWriter();
            PageCodec.Write(writer, Encoding.UTF8.GetString(bytes.AsSpan(2, 1)), page, Options.Lengths, pool.Sheet);

            // All that was there, the new version in front and no observers behind.
            Assert.Equal([2, .. bytes[1..], 0], writer.Written.ToArray());
        }
    }

    private static InputTape Tape(out int cut)
    {
        var tape = new InputTape();
        tape.At(0).Network(NetworkText.Simple("x", "a", "b"));
        for (int quarter = 0; quarter < 4; quarter++)
        {
            long start = quarter * 15 * Minute;
            tape.At(start + (5 * Minute)).Readings(
                [
                    tape.Entry("x", "a", InputTape.Origin + start, 5 * Minute, 3) with { Flags = ReadingFlags.HasClasses | ReadingFlags.HasSequence, Sequence = (uint)quarter },
                    tape.Entry("x", "b", InputTape.Origin + start + 777, 0, 2) with { Occupancy = 12_345, Speed = 4_321 },
                ],
                ("car", 2), ("bus", 1));
            tape.Events("y", "c", (uint)quarter, (start + 1000, 82, 7), (start + 2000, 1, 2));
            tape.Rejection(tape.Detector("y", "d"), DeviceKind.Detector, "y", "d", RejectionReason.BadJson).Tick();
        }

        tape.Rejection(0, DeviceKind.Detectors, "x", "-", RejectionReason.BadShape).Reading("x", "b", -120 * Minute, 0, 6);
        cut = tape.Records.Count;
        tape.At(61 * Minute).Reading("x", "a", 0, 5 * Minute, 3).Reading("x", "a", 0, 5 * Minute, 4);
        tape.Readings([tape.Entry("x", "b", InputTape.Origin + 777, 0, 2), tape.Entry("x", "b", InputTape.Origin + 778, 0, 9)]);
        tape.Events("y", "c", 1, (1000, 82, 7), (3000, 82, 7)).Rain("y", "w", 5000).Rain("y", "w", 5000);
        return tape.Ticks(200_000);
    }
}
