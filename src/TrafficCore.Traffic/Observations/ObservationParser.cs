using System.Runtime.InteropServices;
using System.Text.Json;
using TrafficCore.Traffic.Readings;

namespace TrafficCore.Traffic.Observations;

/// <summary>Decodes an observations payload: one object, or an array of objects, of one kind. Of a repeated field the last counts.</summary>
/// <remarks>
/// Ownership: one caller at a time; results are valid until the next <see cref="Parse"/>. Sensors report about once a minute, so
/// there is no scanner for the usual form beside the complete reader, as readings have one.
/// </remarks>
public sealed class ObservationParser
{
    // A large resend's buffer is given back: a day of minutes, and a bit.
    private const int KeepObservations = 2048;

    private List<ParsedObservation> _observations = [];

    /// <summary>The elements of the payload parsed last, in order.</summary>
    public ReadOnlySpan<ParsedObservation> Observations => CollectionsMarshal.AsSpan(_observations);

    /// <summary>Decodes a payload.</summary>
    /// <param name="payload">JSON; a byte order mark is skipped.</param>
    /// <param name="kind">What is observed.</param>
    public PayloadStatus Parse(ReadOnlySpan<byte> payload, ObservationKind kind)
    {
        if (_observations.Capacity > KeepObservations)
        {
            _observations = [];
        }

        _observations.Clear();
        PayloadStatus status = PayloadReader.Read(payload, new Elements(_observations, kind));
        if (status != PayloadStatus.Ok)
        {
            _observations.Clear();
        }

        return status;
    }

    private readonly struct Elements(List<ParsedObservation> observations, ObservationKind kind) : IPayloadElements
    {
        private const int Unknown = -1;
        private const int Time = -2;

        public int Count => observations.Count;

        public void Misshapen(int offset, int length) =>
            observations.Add(new ParsedObservation { Fault = ReadingFault.BadShape, Offset = offset, Length = length });

        public void ReadObject(ref Utf8JsonReader reader, int offset)
        {
            var observation = new ParsedObservation { Offset = offset + (int)reader.TokenStartIndex };
            bool isTimeGood = true;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                int field = FieldOf(reader);
                reader.Read();
                if (field == Time)
                {
                    isTimeGood = TryReadTime(ref observation, reader);
                }
                else if (field != Unknown)
                {
                    ReadValue(ref observation, reader, field);
                }

                reader.Skip();
            }

            observation.Length = offset + (int)reader.BytesConsumed - observation.Offset;
            observation.Fault = !isTimeGood ? ReadingFault.BadTimestamp : observation.Values.IsEmpty ? ReadingFault.NoValue : ReadingFault.None;
            observations.Add(observation);
        }

        private int FieldOf(in Utf8JsonReader reader)
        {
            Span<byte> buffer = stackalloc byte[JsonText.MaxName];
            ReadOnlySpan<byte> name = JsonText.Of(reader, buffer);
            for (int i = 0; i < kind.Properties.Count; i++)
            {
                if (name.SequenceEqual(kind.Properties[i].Utf8Name))
                {
                    return i;
                }
            }

            return name.SequenceEqual("ts"u8) ? Time : Unknown;
        }

        // null counts as absent, also where a time was sent before.
        private static bool TryReadTime(ref ParsedObservation observation, in Utf8JsonReader reader)
        {
            observation.Timestamp = null;
            if (reader.TokenType == JsonTokenType.Null)
            {
                return true;
            }

            NumberStatus status = JsonNumber.Read(reader, 0, out long value);
            observation.Timestamp = value;
            return status == NumberStatus.Exact && value is >= 0 and <= ReadingLimits.MaxTimestamp;
        }

        private void ReadValue(ref ParsedObservation observation, in Utf8JsonReader reader, int field)
        {
            ObservedProperty property = kind.Properties[field];
            NumberStatus status = JsonNumber.Read(reader, property.Decimals, out long value);
            bool good = status >= (property.IsCount ? NumberStatus.Exact : NumberStatus.Rounded) && value >= property.Min && value <= property.Max;
            observation.Values[field] = good ? (int)value : null;
            uint bit = 1u << field;
            bool dropped = !good && reader.TokenType != JsonTokenType.Null;
            observation.Dropped = dropped ? observation.Dropped | bit : observation.Dropped & ~bit;
        }
    }
}
