using System.Globalization;
using System.Text.Json;
using TrafficCore.IntegrationTests.Acceptance;

namespace TrafficCore.IntegrationTests.Faults;

/// <summary>The network file of a <see cref="FaultRun"/>: four intersections with two approaches of five detectors.</summary>
internal static class FaultNetwork
{
    public static IReadOnlyList<string> Approaches { get; } = ["n", "s"];

    /// <param name="intersections">More than four are named but send nothing.</param>
    public static string Text(int intersections = 4) => JsonSerializer.Serialize(new
    {
        city = "test",
        timeZone = "UTC",
        intersections = Enumerable.Range(0, intersections).Select(number => new
        {
            id = string.Create(CultureInfo.InvariantCulture, $"int-{number:0000}"),
            approaches = Approaches.Select((id, side) => new
            {
                id,
                freeFlowSpeed = 60,
                detectors = Enumerable.Range(side * 5, DeviceFleet.DevicesPerIntersection / 2).Select(detector => new
                {
                    id = string.Create(CultureInfo.InvariantCulture, $"d-{detector:00}"), functions = (string[])["count"], interval = 1000,
                }),
            }),
        }),
    });
}
