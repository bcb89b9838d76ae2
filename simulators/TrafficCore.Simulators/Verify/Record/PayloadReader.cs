using System.Text;
using TrafficCore.Host.Ingress;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Traffic.Readings;

namespace TrafficCore.Simulators.Verify;

/// <summary>Reads payloads with the service's own decoders, so that the bench and the service can't disagree on what is refused.</summary>
internal sealed class PayloadReader
{
    /// <summary>Enough of a payload to recognise it.</summary>
    private const int TextLength = 120;

    private readonly ReadingParser _readingParser = new();
    private readonly EventParser _eventParser = new();
    private readonly List<ObservedReading> _readings = [];
    private readonly List<ObservedBatch> _batches = [];
    private readonly List<ObservedRefusal> _refusals = [];
    private readonly SortedDictionary<string, int> _dropped = new(StringComparer.Ordinal);

    public PayloadReader(IEnumerable<ObservedMessage> messages)
    {
        foreach (var message in messages)
        {
            switch (message.Meaning)
            {
                case TopicMeaning.Readings or TopicMeaning.ReadingsOfMany:
                    TakeReadings(message);
                    break;
                case TopicMeaning.Events:
                    TakeEvents(message);
                    break;
                default:
                    break;
            }
        }
    }

    public IReadOnlyList<ObservedReading> Readings => _readings;

    public IReadOnlyList<ObservedBatch> Batches => _batches;

    public IReadOnlyList<ObservedRefusal> Refusals => _refusals;

    public IReadOnlyDictionary<string, int> DroppedFields => _dropped;

    private void TakeReadings(ObservedMessage message)
    {
        var payload = message.Sent.Payload.Span;
        var many = message.Meaning == TopicMeaning.ReadingsOfMany;
        var status = _readingParser.Parse(payload, many);
        if (status != PayloadStatus.Ok)
        {
            Refuse(message, Reasons.Of(status), payload);
            return;
        }

        foreach (ref readonly var reading in _readingParser.Readings)
        {
            var element = payload.Slice(reading.Offset, reading.Length);
            if (reading.Fault != ReadingFault.None)
            {
                Refuse(message, Reasons.Of(reading.Fault), element);
                continue;
            }

            Drop(reading.Dropped);
            var detector = many ? Encoding.UTF8.GetString(_readingParser.DetectorOf(reading)) : message.Device;
            _readings.Add(new ObservedReading(
                message,
                $"{message.Intersection}/{detector}",
                Has(reading, ReadingFields.Timestamp) ? reading.Timestamp : null,
                Has(reading, ReadingFields.Interval) ? reading.Interval : null,
                Has(reading, ReadingFields.Sequence) ? reading.Sequence : null,
                Encoding.UTF8.GetString(element)));
        }
    }

    private void TakeEvents(ObservedMessage message)
    {
        var payload = message.Sent.Payload.Span;
        var status = _eventParser.Parse(payload);
        if (status != PayloadStatus.Ok)
        {
            Refuse(message, Reasons.Of(status), payload);
            return;
        }

        if (_eventParser.SequenceDropped)
        {
            Drop(ReadingFields.Sequence);
        }

        var good = new List<ParsedEvent>();
        foreach (ref readonly var e in _eventParser.Events)
        {
            if (e.Fault == ReadingFault.None)
            {
                good.Add(e);
            }
            else
            {
                Refuse(message, Reasons.Of(e.Fault), payload.Slice(e.Offset, e.Length));
            }
        }

        _batches.Add(new ObservedBatch(message, $"{message.Intersection}/{message.Device}", _eventParser.Sequence, good));
    }

    private void Refuse(ObservedMessage message, RejectionReason reason, ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, TextLength)]);
        _refusals.Add(new ObservedRefusal(message, RejectionReasons.Name(reason), text));
    }

    private void Drop(ReadingFields fields)
    {
        foreach (var field in Enum.GetValues<ReadingFields>())
        {
            if (field != ReadingFields.None && (fields & field) != 0)
            {
                var name = field == ReadingFields.Sequence ? "seq" : field.ToString().ToLowerInvariant();
                _dropped[name] = _dropped.GetValueOrDefault(name) + 1;
            }
        }
    }

    private static bool Has(in ParsedReading reading, ReadingFields field) => (reading.Present & field) != 0;
}
