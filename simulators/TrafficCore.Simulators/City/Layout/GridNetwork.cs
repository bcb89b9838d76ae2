using System.Buffers;
using System.Text.Json;

namespace TrafficCore.Simulators.City.Layout;

/// <summary>Lays out a grid of signalised intersections and writes it as the road network file that the service reads.</summary>
internal sealed class GridNetwork
{
    /// <summary>The approaches of an intersection: where they come from, and with how many phases what serves them (NEMA numbering).</summary>
    private static readonly GridSide[] Sides =
    [
        new("n", 180, Row: -1, Column: 0, Phase: 4, LeftPhase: 7),
        new("e", 270, Row: 0, Column: 1, Phase: 6, LeftPhase: 1),
        new("s", 0, Row: 1, Column: 0, Phase: 8, LeftPhase: 3),
        new("w", 90, Row: 0, Column: -1, Phase: 2, LeftPhase: 5),
    ];

    /// <summary>A left-turn phase lets out less than half of what the others do, and so long is the queue of an ordinary red.</summary>
    private const int LeftShare = 2;

    private readonly GridOptions _options;
    private readonly GridStreets _streets;

    private GridNetwork(GridOptions options)
    {
        _options = options;
        _streets = new GridStreets(options);
    }

    private bool HasLeftLanes => _options.Lanes >= 3;

    /// <summary>The file's bytes; the same options give the same bytes.</summary>
    public static byte[] Write(GridOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Intersections, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Intersections, 20_000);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Lanes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Lanes, 6);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = options.Intersections <= 100, NewLine = "\n" }))
        {
            new GridNetwork(options).Write(json);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Id of the intersection of an index.</summary>
    public static string IdOf(int index) => $"int-{index + 1:0000}";

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("city", "grid");
        json.WriteString("timeZone", "Asia/Shanghai");
        json.WriteStartArray("intersections");
        for (var i = 0; i < _options.Intersections; i++)
        {
            WriteIntersection(json, i);
        }

        json.WriteEndArray();
        json.WriteStartArray("links");
        for (var i = 0; i < (_options.HasLinks ? _options.Intersections : 0); i++)
        {
            WriteLinks(json, i);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteIntersection(Utf8JsonWriter json, int index)
    {
        var (row, column) = Math.DivRem(index, _options.Columns);
        var (longitude, latitude) = _streets.Place(row, column);
        json.WriteStartObject();
        json.WriteString("id", IdOf(index));
        json.WriteString("name", GridStreets.Name(row, column));
        json.WriteNumber("lon", longitude);
        json.WriteNumber("lat", latitude);
        json.WriteStartArray("approaches");
        for (var side = 0; side < Sides.Length; side++)
        {
            WriteApproach(json, side, Sides[side].Row == 0 ? _streets.RowSpeed(row) : _streets.ColumnSpeed(column));
        }

        json.WriteEndArray();
        WriteController(json);
        WriteBoards(json, index);
        json.WriteEndObject();
    }

    private void WriteApproach(Utf8JsonWriter json, int sideIndex, int speed)
    {
        var side = Sides[sideIndex];
        json.WriteStartObject();
        json.WriteString("id", side.Id);
        json.WriteNumber("bearing", side.Bearing);
        json.WriteNumber("freeFlowSpeed", speed);
        json.WriteNumber("saturationFlow", 1800);
        json.WriteNumber("phase", HasLeftLanes ? side.Phase : side.Row == 0 ? 2 : 4);
        json.WriteStartArray("detectors");
        var perApproach = _options.Lanes * (_options.StopBarDetectors ? 2 : 1);
        for (var i = 0; i < perApproach; i++)
        {
            WriteDetector(json, side, (sideIndex * perApproach) + i + 1, (i % _options.Lanes) + 1, isStopBar: i >= _options.Lanes);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteDetector(Utf8JsonWriter json, GridSide side, int number, int lane, bool isStopBar)
    {
        json.WriteStartObject();
        json.WriteString("id", $"d-{number:00}");
        json.WriteNumber("lane", lane);
        json.WriteStartArray("functions");
        json.WriteStringValue(isStopBar ? "presence" : "count");
        json.WriteStringValue(isStopBar ? "stopbar-count" : "advance");
        json.WriteEndArray();
        json.WriteNumber("channel", number);
        json.WriteNumber("interval", (long)_options.Interval.TotalMilliseconds);
        var isLeft = HasLeftLanes && lane == 1;
        json.WriteNumber("distance", isStopBar ? 0 : isLeft ? _options.AdvanceDistance / LeftShare : _options.AdvanceDistance);
        if (isLeft)
        {
            json.WriteNumber("phase", side.LeftPhase);
        }

        json.WriteEndObject();
    }

    private void WriteController(Utf8JsonWriter json)
    {
        json.WriteStartObject("controller");
        json.WriteString("id", "c-1");
        json.WriteStartArray("phases");
        foreach (var phase in HasLeftLanes ? (int[])[1, 2, 3, 4, 5, 6, 7, 8] : [2, 4])
        {
            json.WriteStartObject();
            json.WriteNumber("number", phase);
            json.WriteNumber("minGreen", phase % 2 == 0 ? 8 : 5);

            // 50 km/h with 1 s of reaction and 3.05 m/s2 need 3.3 s; left turns are slower.
            json.WriteNumber("yellow", phase % 2 == 0 ? 3.5 : 3.0);
            json.WriteNumber("redClearance", 1.5);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteBoards(Utf8JsonWriter json, int index)
    {
        json.WriteStartArray("boards");
        if (_options.BoardEvery > 0 && index % _options.BoardEvery == 0)
        {
            json.WriteStartObject();
            json.WriteString("id", "b-1");
            json.WriteNumber("lines", 3);
            json.WriteNumber("characters", 16);
            json.WriteNumber("pages", 2);
            json.WriteStartArray("colors");
            json.WriteStringValue("amber");
            json.WriteEndArray();
            json.WriteStartArray("watches");
            json.WriteStringValue($"{IdOf(index)}/{Sides[index / _options.BoardEvery % Sides.Length].Id}");
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>The roads that lead here from the neighbours.</summary>
    private void WriteLinks(Utf8JsonWriter json, int index)
    {
        var (row, column) = Math.DivRem(index, _options.Columns);
        foreach (var side in Sides)
        {
            var (fromRow, fromColumn) = (row + side.Row, column + side.Column);
            var from = (fromRow * _options.Columns) + fromColumn;
            if (fromRow < 0 || fromColumn < 0 || fromColumn >= _options.Columns || from >= _options.Intersections)
            {
                continue;
            }

            json.WriteStartObject();
            json.WriteString("id", $"l-{index + 1:0000}-{side.Id}");
            json.WriteString("from", IdOf(from));
            json.WriteString("to", IdOf(index));
            json.WriteNumber("length", side.Row == 0 ? _streets.ColumnSpacing(Math.Max(column, fromColumn)) : _streets.RowSpacing(Math.Max(row, fromRow)));
            json.WriteString("approach", $"{IdOf(index)}/{side.Id}");
            json.WriteEndObject();
        }
    }

    /// <param name="Id">Approach id: the side from which traffic comes.</param>
    /// <param name="Bearing">Direction of travel.</param>
    /// <param name="Row">Rows to the neighbour.</param>
    /// <param name="Column">Columns to the neighbour.</param>
    /// <param name="Phase">Phase of the through lanes where there are eight.</param>
    /// <param name="LeftPhase">Phase of the left-turn lane.</param>
    private sealed record GridSide(string Id, int Bearing, int Row, int Column, int Phase, int LeftPhase);
}
