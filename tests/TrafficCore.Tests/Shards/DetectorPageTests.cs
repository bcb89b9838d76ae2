using TrafficCore.Pipeline.Shards;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Tests.Shards;

/// <summary>Windows of a detector read the same whether they lie open or packed.</summary>
public sealed class DetectorPageTests
{
    private const long Minute = 60_000;

    private readonly PagePool _pool = new();
    private long _bytes;

    [Fact]
    public void Packed_AnyContent_ReadsBack()
    {
        var random = new Random(4711);
        Span<byte> packed = new byte[PackedWindow.MaxLength];
        for (int round = 0; round < 20_000; round++)
        {
            WindowContent content = Wild(random);
            int length = PackedWindow.Write(packed, in content, Minute);
            int at = 0;

            PackedView view = PackedWindow.Read(packed[..length], ref at, Minute);

            Assert.Equal(length, at);
            Assert.Equal((content.Window % PackedWindow.PerChunk, content.Row, content.Cell), (view.Window, view.Row, view.Cell));
            Assert.Equal(Text(new ClassVolumes(content.Classes)), Text(new ClassVolumes(view.Classes)));
        }
    }

    [Fact]
    public void Packed_GreatestContent_HasRoom()
    {
        var content = new WindowContent { Window = 63, Row = int.MaxValue, Classes = [.. Enumerable.Repeat(long.MaxValue, 65)] };
        content.Cell = new FlowCell
        {
            Volume = long.MaxValue, ObservedMs = long.MaxValue, OccupancyWeighted = long.MaxValue, OccupancyMs = long.MaxValue, SpeedWeighted = long.MaxValue,
            SpeedVehicles = long.MaxValue - 1, Readings = int.MaxValue, ShortestInterval = uint.MaxValue,
        };

        Assert.InRange(PackedWindow.Write(new byte[PackedWindow.MaxLength], in content, Minute), 700, PackedWindow.MaxLength);
    }

    [Fact]
    public void Packed_OneReadingWithClasses_IsAboutAQuarterOfItsSums()
    {
        var content = new WindowContent { Window = 17, Row = 2, Classes = [13, 3] };
        content.Cell.Add(new ReadingValues(60_000, 7, 23_400, 4_780));

        Assert.InRange(PackedWindow.Write(new byte[PackedWindow.MaxLength], in content, Minute), 1, 16);
    }

    [Fact]
    public void Windows_OpenedAndSettledInAnyOrder_AreThoseOfAModel()
    {
        var lengths = WindowLengths.Create([1000, Minute, 15 * Minute]);
        var random = new Random(7);
        var page = new DetectorPage(lengths);
        var model = new SortedDictionary<int, WindowContent>[lengths.Count];
        for (int length = 0; length < lengths.Count; length++)
        {
            model[length] = [];
        }

        for (int step = 0; step < 30_000; step++)
        {
            int length = random.Next(lengths.Count);
            int window = random.Next((int)Math.Min(300, lengths.SpanMs / lengths[length]));
            if (random.Next(3) == 0)
            {
                page.Settle(length, window, _pool, ref _bytes);
            }
            else
            {
                ref WindowContent content = ref page.Open(length, window, _pool, ref _bytes);
                WindowContent known = model[length].GetValueOrDefault(window);
                Change(ref content, step);
                Change(ref known, step);
                model[length][window] = known;
            }

            Assert.Equal(model[length].GetValueOrDefault(window).Cell, page.ReadCell(length, window));
            Assert.Equal(model[length].GetValueOrDefault(window).Row, page.ReadRow(length, window));
            Assert.Equal(Text(new ClassVolumes(model[length].GetValueOrDefault(window).Classes)), Text(page.ReadClasses(length, window)));
        }

        for (int length = 0; length < lengths.Count; length++)
        {
            Assert.Equal(
                model[length].Select(m => $"{m.Key} {m.Value.Row} {m.Value.Cell.Readings} {m.Value.Cell.Volume} {Text(new ClassVolumes(m.Value.Classes))}"), All(page, length));
        }

        page.Release(_pool);
        Assert.Empty(All(page, 0));
    }

    [Fact]
    public void Windows_OneAfterTheOther_AllocateNothingOnceThePoolIsWarm()
    {
        var pages = new[] { new DetectorPage(WindowLengths.Default), new DetectorPage(WindowLengths.Default) };
        Pass(pages[0]);
        pages[0].Release(_pool);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Pass(pages[1]);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Pass(DetectorPage page)
        {
            for (int window = 0; window < 60; window++)
            {
                Change(ref page.Open(0, window, _pool, ref _bytes), window);
                if (window > 0)
                {
                    page.Settle(0, window - 1, _pool, ref _bytes);
                }
            }
        }
    }

    // A row is one that Settle does not change.
    private void Change(ref WindowContent content, int step)
    {
        content.Cell.Add(new ReadingValues((uint)(step % 5 * 15_000), (uint)step % 9, step % 4 == 0 ? -1 : step % 100_000, step % 3 == 0 ? -1 : step % 9000));
        content.Row = step % 7 * 2;
        if (step % 2 == 0)
        {
            ref long volume = ref content.Class(step % 6, _pool);
            volume = (volume | 1) + (2 * (step % 9));
        }
    }

    private static WindowContent Wild(Random random)
    {
        var content = new WindowContent { Window = random.Next(3600), Row = random.Next(4) == 0 ? random.Next() : random.Next(6) };
        uint[] intervals = [0, 1, 1000, 60_000, uint.MaxValue];
        for (int readings = random.Next(4); readings > 0; readings--)
        {
            uint volume = random.Next(3) == 0 ? 0 : (uint)random.NextInt64(random.Next(2) == 0 ? 9 : uint.MaxValue);
            content.Cell.Add(new ReadingValues(intervals[random.Next(intervals.Length)], volume, random.Next(-1, 100_001), random.Next(3) == 0 ? -1 : random.Next(65_536)));
        }

        if (random.Next(2) == 0)
        {
            content.Classes = new long[random.Next(1, 66)];
            content.Classes[^1] = random.NextInt64();
            content.Classes[random.Next(content.Classes.Length)] = random.Next(2);
        }

        return content;
    }

    private static List<string> All(DetectorPage page, int length)
    {
        var found = new List<string>();
        DetectorWindows windows = page.All(length);
        while (windows.MoveNext())
        {
            found.Add($"{windows.Window} {windows.Row} {windows.Cell.Readings} {windows.Cell.Volume} {Text(windows.Classes)}");
        }

        return found;
    }

    private static string Text(ClassVolumes classes)
    {
        var text = new List<string>();
        while (classes.MoveNext())
        {
            text.Add($"{classes.Number}={classes.Volume}");
        }

        return string.Join(',', text);
    }
}
