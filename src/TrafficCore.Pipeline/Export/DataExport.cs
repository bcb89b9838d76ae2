using TrafficCore.Log;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Output;
using TrafficCore.Pipeline.Recovery;
using TrafficCore.Traffic.Observations;
using TrafficCore.Traffic.Service;

namespace TrafficCore.Pipeline.Export;

/// <summary>Iterates over what a data directory that no service runs on still holds; changes nothing in it.</summary>
public static class DataExport
{
    /// <summary>Every accepted reading that the input log still holds, in log order; duplicates and late ones included.</summary>
    public static IEnumerable<RawReading> Readings(string dataDirectory, ILogFileSystem files) =>
        Input<RawReading>(dataDirectory, files, static (record, devices, found) =>
        {
            if (record.Header.Type != (byte)RecordType.Readings || !InputRecordReader.TryReadings(record.Header, record.Body, out var readings))
            {
                return;
            }

            foreach (ref readonly var entry in readings.Entries)
            {
                var (intersection, kind, device) = Name(devices, entry.Device);
                found.Add(new RawReading(intersection, kind, device, record.Header.ReceivedMs, record.Position, entry));
            }
        });

    /// <summary>Every accepted observation that the input log still holds, in log order; duplicates and late ones included.</summary>
    public static IEnumerable<RawObservation> Observations(string dataDirectory, ILogFileSystem files) =>
        Input<RawObservation>(dataDirectory, files, static (record, devices, found) =>
        {
            if (record.Header.Type != (byte)RecordType.Observations || !InputRecordReader.TryObservations(record.Header, record.Body, out var observations))
            {
                return;
            }

            foreach (ref readonly var entry in observations.Entries)
            {
                // What the values are is known by the device alone.
                if (devices[entry.Device] is { } device && DeviceKinds.Observed(device.Kind) is { } kind)
                {
                    var observation = new Observation(kind, device.Intersection, device.Device, entry.Timestamp, entry.Values);
                    found.Add(new RawObservation(record.Header.ReceivedMs, record.Position, observation));
                }
            }
        });

    /// <summary>Every controller event that the input log still holds, in log order.</summary>
    public static IEnumerable<RawEvent> Events(string dataDirectory, ILogFileSystem files) =>
        Input<RawEvent>(dataDirectory, files, static (record, devices, found) =>
        {
            if (record.Header.Type != (byte)RecordType.Events || !InputRecordReader.TryEvents(record.Header, record.Body, out var events))
            {
                return;
            }

            var (intersection, _, controller) = Name(devices, events.Batch.Controller);
            foreach (ref readonly var entry in events.Entries)
            {
                found.Add(new RawEvent(intersection, controller, record.Header.ReceivedMs, record.Position, entry));
            }
        });

    /// <summary>Every published window that the output log still holds, corrections included, in log order.</summary>
    public static IEnumerable<WindowRecord> Windows(string dataDirectory, ILogFileSystem files) =>
        Output(dataDirectory, files).Select(static record => record.Window).OfType<WindowRecord>();

    /// <summary>Every decision of a board that the output log still holds, in log order; one that was made again after a crash is there twice.</summary>
    public static IEnumerable<BoardDecisionRecord> BoardDecisions(string dataDirectory, ILogFileSystem files) =>
        Output(dataDirectory, files).Select(static record => record.BoardDecision).OfType<BoardDecisionRecord>();

    /// <summary>Every row of the city's index that the output log still holds, corrections included, in log order.</summary>
    public static IEnumerable<CityIndexRow> CityIndex(string dataDirectory, ILogFileSystem files) =>
        Output(dataDirectory, files).Select(static record => record.CityIndex).OfType<CityIndexRow>();

    private static IEnumerable<OutputRecord> Output(string dataDirectory, ILogFileSystem files)
    {
        using var data = OfflineData.Open(dataDirectory, files);
        using var reader = new OutputReader(data.OpenOutput(0));
        while (reader.Read(out var record) is var status && status != OutputReadStatus.End)
        {
            if (status == OutputReadStatus.Record)
            {
                yield return record;
            }
        }
    }

    private delegate void Collect<T>(LogRecord record, DeviceRegistry devices, List<T> found);

    private static IEnumerable<T> Input<T>(string dataDirectory, ILogFileSystem files, Collect<T> collect)
    {
        using var data = OfflineData.Open(dataDirectory, files);
        using var reader = data.OpenInput(0);
        var found = new List<T>();
        while (Next(reader, data, found, collect))
        {
            foreach (var item in found)
            {
                yield return item;
            }

            found.Clear();
        }
    }

    private static bool Next<T>(LogReader reader, OfflineData data, List<T> found, Collect<T> collect)
    {
        switch (reader.Read(out var record))
        {
            case LogReadStatus.Record:
                // The snapshot knows the devices up to its position; what it knows already changes nothing.
                data.Control.Apply(record);
                collect(record, data.Devices, found);
                return true;
            case LogReadStatus.Gap:
                return true;
            default:
                return false;
        }
    }

    private static (string Intersection, string Kind, string Device) Name(DeviceRegistry devices, uint number)
        => devices[number] is { } entry
            ? (entry.Intersection, DeviceKinds.Name(entry.Kind), entry.Device)
            : (DeviceKinds.Nobody, DeviceKinds.Name(DeviceKind.Unknown), DeviceKinds.Nobody);
}
