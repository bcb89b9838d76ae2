using TrafficCore.Simulators.City.Demand;
using TrafficCore.Simulators.City.Faults;
using TrafficCore.Simulators.City.Layout;
using TrafficCore.Simulators.City.Signals;

namespace TrafficCore.Simulators.City.Devices;

/// <summary>What a detector feels that does not feel as it should: faults between the road and what it counts.</summary>
/// <remarks>Ownership: its <see cref="DetectorState"/>. Faults begin and end with a step.</remarks>
internal sealed class SensorFault
{
    /// <summary>How long a pulse of chatter covers the loop, ms: the shortest that a log of tenths can show.</summary>
    private const int Pulse = 100;

    private readonly DeviceFault[] _faults;
    private readonly MapDetector _detector;
    private CityRandom _random;
    private DeviceFault? _stuck;
    private DeviceFault? _counting;
    private int _missed;
    private long _owed;

    private SensorFault(DeviceFault[] faults, MapDetector detector, CityRandom random) => (_faults, _detector, _random) = (faults, detector, random);

    /// <summary>What it believes to have felt.</summary>
    public DetectorTally Felt { get; } = new();

    /// <summary>Takes the edges that it believes to have felt; null: nobody reads them.</summary>
    public ControllerLog? Log { get; set; }

    /// <summary>The faults that this class plays; null when none of a device's is one.</summary>
    public static SensorFault? Of(FaultSchedule schedule, MapDetector detector)
    {
        DeviceFault[] faults = [.. schedule.Of(FaultyDevices.Detector, detector.Index).Where(static f => f.Kind <= FaultKind.OccupancyDrift)];
        return faults.Length == 0 ? null : new SensorFault(faults, detector, CityRandom.For(schedule.Seed, RandomUse.Faults, detector.Index));
    }

    /// <summary>Begins and ends faults, and makes pulses; to be called before each step.</summary>
    /// <param name="from">Begin of the step.</param>
    /// <param name="until">End of the step.</param>
    /// <param name="present">Loops that really feel a vehicle.</param>
    public void Step(long from, long until, int present)
    {
        var stuck = _faults.Find(FaultKind.StuckOn, from) ?? _faults.Find(FaultKind.StuckOff, from);
        if (stuck?.Kind != _stuck?.Kind)
        {
            Cover(from, stuck is null ? present : stuck.Kind == FaultKind.StuckOn ? _detector.Loops : 0);
            _missed = 0;
        }

        _stuck = stuck;
        _counting = _faults.Find(FaultKind.CountDrift, from);
        if (_faults.Find(FaultKind.Chatter, from) is { } chatter && stuck is null)
        {
            Chatter(from, until, chatter);
        }
    }

    /// <summary>A front comes over a loop.</summary>
    public void On(long at, VehicleClass vehicleClass, int speed)
    {
        if (_stuck is not null)
        {
            return;
        }

        // In hundred-thousandths of a vehicle: below zero some are missed, above some count twice.
        var wrong = _counting is { } drift ? (int)(drift.Parameters.Percent * drift.Progress(at)) : 0;
        var isHit = wrong != 0 && _random.Below(100_000) < Math.Abs(wrong);
        if (isHit && wrong < 0)
        {
            _missed++;
            return;
        }

        Felt.Cover(at);
        Count(at, vehicleClass, speed);
        if (isHit)
        {
            // Beside the real one, in the same second.
            Count(at % 1000 < 1000 - Pulse ? at + Pulse : at - Pulse, vehicleClass, speed);
        }
    }

    /// <summary>A rear leaves a loop.</summary>
    public void Off(long at)
    {
        if (_stuck is not null)
        {
            return;
        }

        if (_missed > 0)
        {
            _missed--;
            return;
        }

        Felt.Uncover(at);
        Log?.Add(at, EventCode.DetectorOff, _detector.Channel);
    }

    /// <summary>Makes the values wrong that are wrong at the end of a reading's interval.</summary>
    public DetectorReading Distort(DetectorReading reading)
    {
        var at = reading.Start + reading.Interval;
        if (_faults.Find(FaultKind.SpeedDrift, at - 1) is { } speed && reading.Speed > 0)
        {
            reading = reading with { Speed = Math.Clamp(Scaled(reading.Speed, speed, at), 1, 2500) };
        }

        return _faults.Find(FaultKind.OccupancyDrift, at - 1) is { } occupancy
            ? reading with { Occupancy = Math.Clamp(Scaled(reading.Occupancy, occupancy, at), 0, 10_000) }
            : reading;
    }

    private static int Scaled(int value, DeviceFault drift, long at) =>
        (int)(value + ((long)value * (int)(drift.Parameters.Percent * 10) * drift.Progress(at) / 1_000_000));

    private void Count(long at, VehicleClass vehicleClass, int speed)
    {
        Felt.Count(vehicleClass, speed);
        Log?.Add(at, EventCode.DetectorOn, _detector.Channel);
    }

    private void Cover(long at, int loops)
    {
        while (Felt.Present < loops)
        {
            Felt.Cover(at);
            Log?.Add(at, EventCode.DetectorOn, _detector.Channel);
        }

        while (Felt.Present > loops)
        {
            Felt.Uncover(at);
            Log?.Add(at, EventCode.DetectorOff, _detector.Channel);
        }
    }

    /// <summary>Pulses in the middle of equal parts of the step, each as a car at 50 km/h.</summary>
    private void Chatter(long from, long until, DeviceFault chatter)
    {
        _owed += (long)(chatter.Parameters.PerSecond * 1000) * (until - from) / 1000;
        var (pulses, rest) = Math.DivRem(_owed, 1000);
        _owed = rest;
        for (var i = 0; i < pulses; i++)
        {
            var at = from + (((2 * i) + 1) * (until - from) / (2 * pulses));
            Count(at, VehicleClass.Car, 1389);
            Felt.AddPulse(Pulse);
            Log?.Add(at + Pulse, EventCode.DetectorOff, _detector.Channel);
        }
    }
}
