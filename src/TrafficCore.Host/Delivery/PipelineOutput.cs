using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Output;
using TrafficCore.Storage.Delivery;

namespace TrafficCore.Host.Delivery;

/// <summary>The pipeline's output log as the sinks know it.</summary>
internal sealed class PipelineOutput(OutputLog log) : IOutputSource
{
    public long Start => log.Start;

    public long DurableEnd => log.DurableEnd;

    public long Records => log.Records;

    public long CountRecords(long position) => log.CountRecords(position);

    public IOutputReader OpenReader(long position) => new Reader(log.OpenReader(position));

    public ValueTask WaitBeyondAsync(long position, CancellationToken cancellation) => log.WaitBeyondAsync(position, cancellation);

    private sealed class Reader(OutputReader reader) : IOutputReader
    {
        public OutputStatus Read(out OutputEntry entry)
        {
            var status = reader.Read(out var record);
            entry = new OutputEntry(
                record.Position,
                record.Next,
                record.ReceivedMs,
                record.Window?.Rows ?? [],
                record.Quarantine is { } refused ? Refused(refused) : null,
                record.Observation?.Observation,
                record.BoardDecision,
                record.BoardStatus,
                record.CityIndex);
            return status switch
            {
                OutputReadStatus.Record => OutputStatus.Entry,
                OutputReadStatus.Gap => OutputStatus.Gap,
                _ => OutputStatus.End,
            };
        }

        public void Dispose() => reader.Dispose();

        private static RejectedPayload Refused(QuarantineRecord record) => new(
            record.ReceivedMs, record.Reason, record.Intersection, DeviceKinds.Name(record.Kind), record.Device, record.Topic, record.Payload);
    }
}
