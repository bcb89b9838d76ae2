using TrafficCore.Log;

namespace TrafficCore.Tests.Log;

public sealed class RecordCodecTests
{
    [Fact]
    public void Seal_KnownRecord_HasGoldenBytes()
    {
        var record = new byte[RecordCodec.SizeOf(3)];
        "abc"u8.CopyTo(record.AsSpan(RecordHeader.Size));
        RecordCodec.Seal(record, 4, 1, 3, 2, 0x0102030405060708, 0x1112131415161718, 0xDEADBEEF);

        // Layout by hand from docs/log-format.md; the checksum by an independent bitwise CRC32C below.
        var expected = "03000000" + "CCCCCCCC" + "04" + "01" + "7AC0" + "02000000" + "0807060504030201" + "1817161514131211" + "616263" + "0000000000";
        var crc = Convert.ToHexString(BitConverter.GetBytes(BitwiseCrc(0xDEADBEEF, [.. record[..4], .. record[8..35]])));
        Assert.Equal(expected.Replace("CCCCCCCC", crc, StringComparison.Ordinal), Convert.ToHexString(record));
    }

    [Theory]
    [InlineData(0, 32)]
    [InlineData(1, 40)]
    [InlineData(8, 40)]
    [InlineData(9, 48)]
    public void SizeOf_Body_IsHeaderBodyAndPadding(int body, int size) => Assert.Equal(size, RecordCodec.SizeOf(body));

    [Fact]
    public void TryRead_EverySplitPoint_IsIncompleteUntilWhole()
    {
        var record = LogFixture.Sealed(3);
        for (var length = 0; length < record.Length; length++)
        {
            Assert.Equal(RecordStatus.Incomplete, RecordCodec.TryRead(record.AsSpan(0, length), LogFixture.Salt, out _, out _));
        }

        Assert.Equal(RecordStatus.Whole, RecordCodec.TryRead(record, LogFixture.Salt, out var header, out var size));
        Assert.Equal((record.Length, LogFixture.Body(3).Length), (size, header.Length));
    }

    [Fact]
    public void TryRead_AnyBitFlipped_IsNeverWhole()
    {
        var record = LogFixture.Sealed(2);
        var used = RecordHeader.Size + LogFixture.Body(2).Length;
        for (var bit = 0; bit < used * 8; bit++)
        {
            record[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(RecordStatus.Whole, RecordCodec.TryRead(record, LogFixture.Salt, out _, out _));
            record[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void TryRead_OtherSalt_IsInvalid() =>
        Assert.Equal(RecordStatus.Invalid, RecordCodec.TryRead(LogFixture.Sealed(2), LogFixture.Salt + 1, out _, out _));

    [Fact]
    public void TryRead_RandomBytes_NeverThrowsAndIsNeverWhole()
    {
        var random = new Random(1);
        var bytes = new byte[64];
        for (var i = 0; i < 20_000; i++)
        {
            random.NextBytes(bytes);
            bytes[10] = 0x7A;
            bytes[11] = 0xC0;
            Assert.NotEqual(RecordStatus.Whole, RecordCodec.TryRead(bytes, LogFixture.Salt, out _, out _));
        }
    }

    [Fact]
    public void Seal_BodyTooLong_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            RecordCodec.Seal(new byte[64], 1, 1, RecordCodec.MaxBodyLength + 1, 0, 0, 0, 0));

    private static uint BitwiseCrc(uint crc, byte[] bytes)
    {
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
            }
        }

        return crc;
    }
}
