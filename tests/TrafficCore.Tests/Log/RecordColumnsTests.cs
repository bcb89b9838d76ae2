using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using TrafficCore.Log;

namespace TrafficCore.Tests.Log;

public sealed class RecordColumnsTests
{
    private static readonly RecordLayout[] Layouts = [new(1, 1, lead: [], entry: [8, 4, 2]), new(2, 1, lead: [4, 1], entry: [16]), new(3, 1, lead: [7], entry: [])];

    [Fact]
    public void Columns_AnyRecords_ComeBackToTheByte()
    {
        var record =
            from type in Gen.Choose(1, 4)
            from version in Gen.Choose(1, 2)
            from count in Gen.Choose(-1, 6)
            from received in Gen.Choose(int.MinValue, int.MaxValue)
            from elapsed in Gen.Choose(0, 1_000_000)
            from body in Gen.Choose(0, 255).Select(static value => (byte)value).ArrayOf()
            select Sealed((byte)type, (byte)version, count, (long)received << 20, elapsed, body);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500).WithReplay(31, 7), Prop.ForAll(record.ArrayOf().ToArbitrary(), records =>
        {
            var bytes = records.SelectMany(static one => one).ToArray();
            var encoded = new ArrayBufferWriter<byte>();
            Assert.True(new RecordColumns(Layouts).TryEncode(bytes, encoded));
            var decoded = new byte[bytes.Length];
            Assert.True(new RecordColumns(Layouts).TryDecode(encoded.WrittenSpan, LogFixture.Salt, decoded));
            Assert.Equal(bytes, decoded);
        }));
    }

    [Fact]
    public void Columns_PaddingThatIsNotZero_IsLeftToBeKeptAsItIs()
    {
        var record = Sealed(1, 1, 0, 0, 0, [1, 2, 3]);
        record[^1] = 1;
        Assert.False(new RecordColumns(Layouts).TryEncode(record, new ArrayBufferWriter<byte>()));
    }

    [Fact]
    public void Columns_ThatAreNone_AreRefused()
    {
        var bytes = Enumerable.Range(0, 9).SelectMany(static number => LogFixture.Sealed(number)).ToArray();
        var encoded = new ArrayBufferWriter<byte>();
        Assert.True(new RecordColumns(Layouts).TryEncode(bytes, encoded));
        var columns = new RecordColumns(Layouts);
        var random = new Random(5);
        for (var i = 0; i < 2_000; i++)
        {
            var damaged = encoded.WrittenSpan.ToArray();
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));

            // Another record or none, but no exception and nothing outside the span.
            _ = columns.TryDecode(damaged, LogFixture.Salt, new byte[bytes.Length]);
            Assert.False(columns.TryDecode(encoded.WrittenSpan[..random.Next(encoded.WrittenCount)], LogFixture.Salt, new byte[bytes.Length]));
            Assert.False(columns.TryDecode(encoded.WrittenSpan, LogFixture.Salt, new byte[random.Next(bytes.Length)]));
        }
    }

    private static byte[] Sealed(byte type, byte version, int count, long received, long elapsed, byte[] body)
    {
        var record = new byte[RecordCodec.SizeOf(body.Length)];
        body.CopyTo(record, RecordHeader.Size);
        RecordCodec.Seal(record, type, version, body.Length, count, received, elapsed, LogFixture.Salt);
        return record;
    }
}
