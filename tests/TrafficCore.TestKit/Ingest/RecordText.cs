using System.Text;
using TrafficCore.Log;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Traffic.Observations;

namespace TrafficCore.TestKit.Ingest;

/// <summary>Input records as lines of text, so that a test compares what a person can read.</summary>
public static class RecordText
{
    /// <summary>One line per record of sealed bytes; a damaged record throws.</summary>
    public static List<string> Of(ReadOnlySpan<byte> records, uint salt)
    {
        var lines = new List<string>();
        while (!records.IsEmpty)
        {
            if (RecordCodec.TryRead(records, salt, out RecordHeader header, out int size) != RecordStatus.Whole)
            {
                throw new InvalidDataException("not a whole record");
            }

            lines.Add(Of(header, records.Slice(RecordHeader.Size, header.Length)));
            records = records[size..];
        }

        return lines;
    }

    private static string Of(in RecordHeader header, ReadOnlySpan<byte> body)
    {
        switch ((RecordType)header.Type)
        {
            case RecordType.Readings when InputRecordReader.TryReadings(header, body, out EntriesView<ReadingEntry> view):
                return $"Readings {string.Join(" ", view.Entries.ToArray().Select(Entry))}{Trailer(view.Trailer)}";
            case RecordType.Observations when InputRecordReader.TryObservations(header, body, out EntriesView<ObservationEntry> view):
                return $"Observations {string.Join(" ", view.Entries.ToArray().Select(Entry))}{Trailer(view.Trailer)}";
            case RecordType.Events when InputRecordReader.TryEvents(header, body, out EventsView view):
                string sequence = (view.Batch.Flags & EventsFlags.HasSequence) != 0 ? $" seq={view.Batch.Sequence}" : "";
                string unjudged = (view.Batch.Flags & EventsFlags.Unjudged) != 0 ? " unjudged" : "";
                return $"Events #{view.Batch.Controller}{sequence}{unjudged} {string.Join(" ", view.Entries.ToArray().Select(e => $"[{e.Timestamp},{e.Code},{e.Parameter}]"))}{Trailer(view.Trailer)}";
            case RecordType.Rejection when InputRecordReader.TryRejection(header, body, out RejectionView view):
                return $"Rejection #{view.Device} {DeviceKinds.Name(view.Kind)} {Text(view.Intersection)}/{Text(view.DeviceId)} {Text(view.Reason)} {Text(view.Payload)}{Trailer(view.Trailer)}";
            case RecordType.Device when InputRecordReader.TryDevice(header, body, out DeviceView view):
                return $"Device {Device(view)}";
            case RecordType.Network when InputRecordReader.TryNetwork(header, body, out NetworkView view):
                return $"Network v{view.Version}{Devices(view.Devices)} json={view.File.Length}";
            case RecordType.PacketReceived or RecordType.PacketReleased when InputRecordReader.TryPacket(header, body, out PacketView view):
                return $"{(RecordType)header.Type} {view.PacketId} {Text(view.Client)}";
            case RecordType.SessionDiscarded when InputRecordReader.TrySessionDiscarded(header, body, out ReadOnlySpan<byte> client):
                return $"SessionDiscarded {Text(client)}";
            case RecordType.ClockAlarm when InputRecordReader.TryClockAlarm(header, body, out bool on):
                return $"ClockAlarm {(on ? "on" : "off")}";
            case RecordType.Tick:
                return "Tick";
            default:
                throw new InvalidDataException($"record {header.Type} is not readable");
        }
    }

    private static string Entry(ReadingEntry e)
    {
        string text = $"#{e.Device}@{e.Timestamp}+{e.Interval} v{e.Volume}";
        text += e.Occupancy == ReadingEntry.NoOccupancy ? "" : $" o{e.Occupancy}";
        text += e.Speed == ReadingEntry.NoSpeed ? "" : $" s{e.Speed}";
        text += (e.Flags & ReadingFlags.HasSequence) != 0 ? $" q{e.Sequence}" : "";
        return text + ((e.Flags & ~ReadingFlags.HasSequence) is var f and not ReadingFlags.None ? $" {f}" : "");
    }

    private static string Entry(ObservationEntry e)
    {
        IEnumerable<string> values = Enumerable.Range(0, ObservedValues.MaxProperties).Select(i => e.Values[i] is { } value ? $"{value}" : "-");
        return $"#{e.Device}@{e.Timestamp} [{string.Join(",", values)}]{(e.Flags == ReadingFlags.None ? "" : $" {e.Flags}")}";
    }

    private static string Trailer(RecordTrailer trailer)
    {
        var text = new StringBuilder();
        foreach (RecordTrailer item in trailer)
        {
            if (item.TryClassVolume(out ClassVolumeView c))
            {
                text.Append($" | {c.Reading}:{Text(c.Name)}={c.Volume}");
            }
            else if (item.TryOrigin(out PacketView p))
            {
                text.Append($" | packet {p.PacketId} {Text(p.Client)}");
            }
            else if (item.Tag == TrailerTag.Sequence)
            {
                text.Append($" | seq={BitConverter.ToUInt32(item.Content)}");
            }
            else
            {
                text.Append($" | {item.Tag} {Text(item.Content)}");
            }
        }

        return text.ToString();
    }

    private static string Devices(DeviceTableView devices)
    {
        var text = new StringBuilder();
        foreach (DeviceView device in devices)
        {
            text.Append(' ').Append(Device(device)).Append(';');
        }

        return text.ToString();
    }

    private static string Device(in DeviceView d) =>
        $"#{d.Number} {DeviceKinds.Name(d.Kind)} {Text(d.Intersection)}/{Text(d.Device)}{(d.Flags == DeviceFlags.None ? "" : $" {d.Flags}")}";

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}
