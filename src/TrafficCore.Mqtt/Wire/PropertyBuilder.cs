using System.Buffers.Binary;

namespace TrafficCore.Mqtt.Wire;

/// <summary>
/// Builds the property block that the encoders of 5.0 packets take. Starts in memory of the caller (a stack buffer) and moves to the
/// heap when that is full.
/// </summary>
public ref struct PropertyBuilder
{
    private Span<byte> _buffer;
    private int _length;

    /// <summary>Starts an empty block in <paramref name="initial"/>, which may be empty.</summary>
    public PropertyBuilder(Span<byte> initial) => _buffer = initial;

    /// <summary>The block without its length; valid until the next Add.</summary>
    public readonly ReadOnlySpan<byte> Written => _buffer[.._length];

    /// <summary>Adds a numeric property.</summary>
    public void Add(PropertyId id, uint value)
    {
        var target = Reserve(5);
        target[0] = (byte)id;
        if (PropertyRules.IsByte(id))
        {
            target[1] = (byte)value;
            _length += 2;
        }
        else if (PropertyRules.IsUInt16(id))
        {
            BinaryPrimitives.WriteUInt16BigEndian(target[1..], (ushort)value);
            _length += 3;
        }
        else if (PropertyRules.IsUInt32(id))
        {
            BinaryPrimitives.WriteUInt32BigEndian(target[1..], value);
            _length += 5;
        }
        else
        {
            _length += 1 + VariableByteInteger.Write(target[1..], (int)value);
        }
    }

    /// <summary>Adds a string or binary property.</summary>
    public void Add(PropertyId id, ReadOnlySpan<byte> value)
    {
        var target = Reserve(3 + value.Length);
        target[0] = (byte)id;
        WriteBinary(target[1..], value);
        _length += 3 + value.Length;
    }

    /// <summary>Adds a user property; order is kept.</summary>
    public void AddUser(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var target = Reserve(5 + name.Length + value.Length);
        target[0] = (byte)PropertyId.UserProperty;
        WriteBinary(target[1..], name);
        WriteBinary(target[(3 + name.Length)..], value);
        _length += 5 + name.Length + value.Length;
    }

    /// <summary>Adds the property that the reader stands on, unchanged.</summary>
    public void AddCurrent(in PropertyReader reader)
    {
        if (reader.Id == PropertyId.UserProperty)
        {
            AddUser(reader.Bytes, reader.UserValue);
        }
        else if (PropertyRules.IsString(reader.Id) || PropertyRules.IsBinary(reader.Id))
        {
            Add(reader.Id, reader.Bytes);
        }
        else
        {
            Add(reader.Id, reader.Number);
        }
    }

    /// <summary>Adds properties that were encoded before.</summary>
    public void AddRaw(ReadOnlySpan<byte> encoded)
    {
        encoded.CopyTo(Reserve(encoded.Length));
        _length += encoded.Length;
    }

    private static void WriteBinary(Span<byte> target, ReadOnlySpan<byte> value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value.Length, ushort.MaxValue);
        BinaryPrimitives.WriteUInt16BigEndian(target, (ushort)value.Length);
        value.CopyTo(target[2..]);
    }

    private Span<byte> Reserve(int count)
    {
        if (_buffer.Length - _length < count)
        {
            var larger = new byte[Math.Max(_buffer.Length * 2, _length + count)];
            Written.CopyTo(larger);
            _buffer = larger;
        }

        return _buffer[_length..];
    }
}
