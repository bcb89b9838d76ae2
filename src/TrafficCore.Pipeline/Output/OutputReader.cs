using TrafficCore.Log;
using TrafficCore.Pipeline.City;
using TrafficCore.Pipeline.Ingest;

namespace TrafficCore.Pipeline.Output;

/// <summary>Reads decoded records of the output log in order. One owner.</summary>
public sealed class OutputReader : IDisposable
{
    private readonly LogReader _reader;

    internal OutputReader(LogReader reader) => _reader = reader;

    /// <summary>Where the next read looks.</summary>
    public long Position => _reader.Position;

    /// <summary>What came of input received before this time (Unix ms UTC) is passed over undecoded.</summary>
    public long ReceivedFrom { get; init; } = long.MinValue;

    /// <summary>Which rows of windows are wanted, the others are passed over undecoded; null: all.</summary>
    public WindowSelection? Windows { get; init; }

    /// <summary>Reads the next thing; never waits. Types that this version does not know are passed over.</summary>
    public OutputReadStatus Read(out OutputRecord record)
    {
        while (true)
        {
            switch (_reader.Read(out var raw))
            {
                case LogReadStatus.Record when raw.Header.ReceivedMs < ReceivedFrom:
                    break;
                case LogReadStatus.Record when raw.Header.Type == (byte)RecordType.Window:
                    if ((Windows is null ? WindowRecordCodec.Decode(raw.Body) : WindowRecordCodec.Decode(raw.Body, Windows)) is { } window)
                    {
                        record = new OutputRecord(raw.Position, raw.Next, raw.Header.ReceivedMs, Window: window);
                        return OutputReadStatus.Record;
                    }

                    break;
                case LogReadStatus.Record when raw.Header.Type == (byte)RecordType.Quarantine:
                    record = new OutputRecord(raw.Position, raw.Next, raw.Header.ReceivedMs, Quarantine: QuarantineRecordCodec.Decode(raw.Body));
                    return OutputReadStatus.Record;
                case LogReadStatus.Record when raw.Header.Type == (byte)RecordType.Observation:
                    record = new OutputRecord(raw.Position, raw.Next, raw.Header.ReceivedMs, Observation: ObservationRecordCodec.Decode(raw.Body));
                    return OutputReadStatus.Record;
                case LogReadStatus.Record when raw.Header.Type == (byte)RecordType.BoardDecision:
                    record = new OutputRecord(raw.Position, raw.Next, raw.Header.ReceivedMs, BoardDecision: BoardRecordCodec.DecodeDecision(raw.Body));
                    return OutputReadStatus.Record;
                case LogReadStatus.Record when raw.Header.Type == (byte)RecordType.BoardStatus:
                    record = new OutputRecord(raw.Position, raw.Next, raw.Header.ReceivedMs, BoardStatus: BoardRecordCodec.DecodeStatus(raw.Body));
                    return OutputReadStatus.Record;
                case LogReadStatus.Record when raw.Header.Type == (byte)RecordType.CityIndex:
                    record = new OutputRecord(raw.Position, raw.Next, raw.Header.ReceivedMs, CityIndex: CityIndexCodec.Decode(raw.Body));
                    return OutputReadStatus.Record;
                case LogReadStatus.Record:
                    break;
                case LogReadStatus.Gap:
                    record = new OutputRecord(_reader.Gap.From, _reader.Gap.To, ReceivedMs: 0);
                    return OutputReadStatus.Gap;
                default:
                    record = default;
                    return OutputReadStatus.End;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();
}
