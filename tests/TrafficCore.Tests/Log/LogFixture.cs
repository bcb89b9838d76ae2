using System.Buffers.Binary;
using System.Collections.Concurrent;
using TrafficCore.Log;
using TrafficCore.TestKit.Log;

namespace TrafficCore.Tests.Log;

/// <summary>Numbered records whose content follows from the number, and a way to read them all back.</summary>
internal static class LogFixture
{
    public const string Directory = "/data/log";
    public const uint Salt = 0x51A7_0001;

    private static readonly ConcurrentDictionary<int, byte[]> Bodies = new();

    // Small enough that a few dozen records fill buffers and change segments.
    public static LogOptions Options => new()
    {
        Name = "test",
        SegmentBytes = 4096,
        BufferBytes = 1024,
        Buffers = 3,
        PrepareInline = true,
        RetryMinimum = TimeSpan.FromMilliseconds(1),
        RetryMaximum = TimeSpan.FromMilliseconds(4),
    };

    // Many segments, and many blocks in each; the layout fits some records and not others.
    public static LogOptions Packed
    {
        get
        {
            var options = Options;
            options.SegmentBytes = 2048;
            options.Pack = true;
            options.PackBlockBytes = 600;
            options.Layouts = [new RecordLayout(1, 1, lead: [4], entry: [8, 2, 30])];
            return options;
        }
    }

    public static LogWriter OpenWriter(ForgetfulFileSystem files, LogOptions? options = null, Action<LogFault>? onFault = null) =>
        LogWriter.Open(Directory, options ?? Options, files, () => Salt, onFault: onFault);

    public static byte[] Body(int number) => Bodies.GetOrAdd(number, MakeBody);

    private static byte[] MakeBody(int number)
    {
        var body = new byte[4 + (number * 7919 % 331)];
        new Random(number).NextBytes(body);
        BinaryPrimitives.WriteInt32LittleEndian(body, number);
        return body;
    }

    public static byte[] Sealed(int number, uint salt = Salt)
    {
        var body = Body(number);
        var record = new byte[RecordCodec.SizeOf(body.Length)];
        body.CopyTo(record, RecordHeader.Size);
        RecordCodec.Seal(record, 1, 1, body.Length, number % 5, 1_000 + number, 10 + number, salt);
        return record;
    }

    public static long Append(LogWriter writer, int number) =>
        writer.Append(1, 1, number % 5, 1_000 + number, 10 + number, Body(number));

    /// <summary>Reads a log to its end. Each record must be what was written under its number.</summary>
    public static LogContent ReadAll(LogReader reader)
    {
        var content = new LogContent();
        while (true)
        {
            switch (reader.Read(out var record))
            {
                case LogReadStatus.Record:
                    var number = BinaryPrimitives.ReadInt32LittleEndian(record.Body);
                    Assert.True(record.Body.SequenceEqual(Body(number)), $"The body of {number} is not what was written.");
                    Assert.Equal(10 + number, record.Header.ElapsedMs);
                    content.Records.Add((number, record.Position));
                    break;
                case LogReadStatus.Gap:
                    content.Gaps.Add(reader.Gap);
                    break;
                default:
                    reader.Dispose();
                    return content;
            }
        }
    }

    public static LogContent ReadAll(LogWriter writer) => ReadAll(writer.OpenReader(writer.Start));

    public static LogContent ReadDirectory(ForgetfulFileSystem files) => ReadAll(LogReader.OpenDirectory(Directory, files, 0));
}

/// <summary>What a read of a whole log gave.</summary>
internal sealed class LogContent
{
    public List<(int Number, long Position)> Records { get; } = [];

    public List<LogGap> Gaps { get; } = [];

    public IEnumerable<int> Numbers => Records.Select(record => record.Number);
}
