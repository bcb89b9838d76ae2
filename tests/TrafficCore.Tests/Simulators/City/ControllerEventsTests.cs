using System.Text.Json;
using TrafficCore.Simulators.City;
using TrafficCore.Simulators.City.Sending;
using TrafficCore.Simulators.City.Signals;

namespace TrafficCore.Tests.Simulators;

/// <summary>What controllers log of the same vehicles that detectors count.</summary>
public sealed class ControllerEventsTests
{
    private const int Seconds = 1800;

    [Theory]
    [InlineData(SignalControl.Fixed)]
    [InlineData(SignalControl.Actuated)]
    internal void DetectorOn_EachInterval_AddsUpToTheVolume(SignalControl control)
    {
        var (sent, _) = Run(control);
        var detectors = CityRig.Grid(4, new CityOptions()).Intersections.SelectMany(static i => i.Detectors.Select(d => (Key: $"{i.Site.Id}/{d.Site.Id}", i.Site.Id, d.Channel)));
        long vehicles = 0;
        foreach (var (key, intersection, channel) in detectors)
        {
            var counted = sent.Events[intersection].Where(e => e.Code == EventCode.DetectorOn && e.Parameter == channel)
                .GroupBy(static e => e.At / 60_000).ToDictionary(static g => g.Key, static g => g.Count());
            foreach (var reading in sent.Readings[key])
            {
                Assert.Equal(reading.GetProperty("volume").GetInt32(), counted.GetValueOrDefault(reading.GetProperty("ts").GetInt64() / 60_000));
                vehicles += reading.GetProperty("volume").GetInt32();
            }
        }

        Assert.True(vehicles > 1000, $"{vehicles}");
    }

    [Theory]
    [InlineData(SignalControl.Fixed)]
    [InlineData(SignalControl.Actuated)]
    internal void Events_All_AreTenthsAndNoneTwice(SignalControl control)
    {
        var (sent, _) = Run(control);
        foreach (var controller in sent.Events)
        {
            Assert.All(controller, static e => Assert.Equal(0, e.At % 100));
            Assert.Equal(controller.Count(), controller.Distinct().Count());
            Assert.Equal(controller.Select(static e => e.At).Order(), controller.Select(static e => e.At));
        }
    }

    [Fact]
    public void Channels_OnAndOff_TakeTurns()
    {
        var (sent, _) = Run(SignalControl.Fixed);
        foreach (var channel in sent.Events.SelectMany(static c => c.Select(e => (Controller: c.Key, Event: e)))
            .Where(static e => e.Event.Code is EventCode.DetectorOn or EventCode.DetectorOff).GroupBy(static e => (e.Controller, e.Event.Parameter)))
        {
            // At the begin of the run somebody may stand on it already.
            var codes = channel.Select(static e => e.Event.Code).ToList();
            Assert.Equal(codes.Skip(1).Select(static c => c == EventCode.DetectorOn), codes.SkipLast(1).Select(static c => c == EventCode.DetectorOff));
        }
    }

    [Theory]
    [InlineData(SignalControl.Fixed)]
    [InlineData(SignalControl.Actuated)]
    internal void Phases_Events_FollowTheOrderOfAPhase(SignalControl control)
    {
        var (sent, _) = Run(control);
        short[] order = [EventCode.PhaseOn, EventCode.BeginGreen, EventCode.GreenTermination, EventCode.BeginYellow, EventCode.EndYellow, EventCode.BeginRedClearance, EventCode.EndRedClearance, EventCode.PhaseInactive];
        foreach (var phase in sent.Events.SelectMany(static c => c.Select(e => (Controller: c.Key, Event: e))).Where(e => order.Contains((short)e.Event.Code)).GroupBy(static e => (e.Controller, e.Event.Parameter)))
        {
            var events = phase.Select(static e => e.Event).SkipWhile(static e => e.Code != EventCode.PhaseOn).ToList();
            Assert.True(events.Count > 8 * 8, phase.Key.ToString());
            for (var i = 0; i < events.Count; i++)
            {
                Assert.Equal(order[i % order.Length], events[i].Code);
            }

            AssertDurations(events, phase.Key.Parameter);
        }
    }

    [Theory]
    [InlineData(SignalControl.Fixed)]
    [InlineData(SignalControl.Actuated)]
    internal void Phases_Conflicting_AreNeverGreenTogether(SignalControl control)
    {
        var (sent, _) = Run(control);
        foreach (var controller in sent.Events)
        {
            var on = new HashSet<int>();
            foreach (var (at, code, phase) in controller.Where(static e => e.Code is EventCode.PhaseOn or EventCode.PhaseInactive).OrderBy(static e => (e.At, e.Code == EventCode.PhaseOn)))
            {
                if (code == EventCode.PhaseInactive)
                {
                    on.Remove(phase);
                    continue;
                }

                // From green to the end of red clearance: one phase of a ring, and all on one side of the barrier.
                Assert.All(on, other => Assert.True((other - 1) / 4 != (phase - 1) / 4 && IsMain(other) == IsMain(phase), $"{other} and {phase} at {at}"));
                on.Add(phase);
            }
        }

        static bool IsMain(int phase) => phase is 1 or 2 or 5 or 6;
    }

    [Fact]
    public void Fixed_Cycles_AreOfEqualLengthAndForcedOff()
    {
        var (sent, _) = Run(SignalControl.Fixed);
        foreach (var controller in sent.Events)
        {
            var greens = controller.Where(static e => e is { Code: EventCode.BeginGreen, Parameter: 2 }).Select(static e => e.At).ToList();
            Assert.All(greens.Zip(greens.Skip(1)), static pair => Assert.Equal(90_000, pair.Second - pair.First));
            Assert.Equal(controller.Count(static e => e.Code == EventCode.GreenTermination), controller.Count(static e => e.Code == EventCode.ForceOff));
            Assert.DoesNotContain(controller, static e => e.Code is EventCode.GapOut or EventCode.MaxOut or EventCode.CallRegistered);
        }
    }

    [Fact]
    public void Actuated_Greens_EndByGapOrMaximumAndServeCalls()
    {
        var (sent, _) = Run(SignalControl.Actuated);
        foreach (var controller in sent.Events)
        {
            var (gaps, maxima) = (controller.Count(static e => e.Code == EventCode.GapOut), controller.Count(static e => e.Code == EventCode.MaxOut));
            Assert.Equal(controller.Count(static e => e.Code == EventCode.GreenTermination), gaps + maxima);
            Assert.True(gaps > 0 && controller.Any(static e => e.Code == EventCode.CallRegistered) && controller.Any(static e => e.Code == EventCode.PhaseCheck));

            // A call that is dropped was registered: they are served in the order in which they come, phase by phase.
            foreach (var calls in controller.Where(static e => e.Code is EventCode.CallRegistered or EventCode.CallDropped).GroupBy(static e => e.Parameter))
            {
                var codes = calls.Select(static e => e.Code).SkipWhile(static c => c == EventCode.CallDropped).ToList();
                Assert.Equal(codes.Skip(1).Select(static c => c == EventCode.CallRegistered), codes.SkipLast(1).Select(static c => c == EventCode.CallDropped));
            }
        }
    }

    [Fact]
    public void Messages_OfAllDevices_AreInTheOrderInWhichTheyAreDue()
    {
        var (sent, _) = Run(SignalControl.Fixed);
        var due = sent.All.Select(static m => m.Message.DueMs).ToList();

        Assert.Equal(due.Order(), due);
    }

    [Fact]
    public void Batches_Sequence_CountsUp()
    {
        var (sent, _) = Run(SignalControl.Fixed);
        foreach (var controller in sent.All.Where(static m => m.Message.Topic.EndsWith("/events", StringComparison.Ordinal)).GroupBy(static m => m.Message.Topic))
        {
            var numbers = controller.Select(static m => JsonDocument.Parse(m.Payload).RootElement.GetProperty("seq").GetInt64()).ToList();
            Assert.Equal(Enumerable.Range(0, numbers.Count).Select(static i => (long)i), numbers);
        }
    }

    [Fact]
    public void Batches_OfAnyLength_CarryTheSameEvents()
    {
        var options = new CityOptions();
        List<(long, int, int)> Events(int seconds) => [.. CityRig.Run(
            CityRig.Engine(CityRig.Grid(1, options), options, new ReportOptions { Kind = ReportKind.Events, EventBatch = TimeSpan.FromSeconds(seconds) }), 305).Events["int-0001"].Order()];

        // 305 s end within a batch of 10 s.
        Assert.NotEmpty(Events(1));
        Assert.Equal(Events(1), Events(10));
    }

    [Fact]
    public void Batches_QuietController_StillSpeaks()
    {
        var options = new CityOptions { DemandMilli = 0, Signals = SignalControl.Actuated };
        var sent = CityRig.Run(CityRig.Engine(CityRig.Crossing(options), options, new ReportOptions { Kind = ReportKind.Events }), 600);

        // Nobody comes, so the first green rests; the stream is alive at least twice a minute.
        var due = sent.All.Select(static m => m.Message.DueMs / 1000).ToList();
        Assert.All(due.Zip(due.Skip(1)), static pair => Assert.InRange(pair.Second - pair.First, 1, 31));
    }

    private static void AssertDurations(List<(long At, int Code, int Parameter)> events, int phase)
    {
        for (var i = 0; i + 7 < events.Count; i += 8)
        {
            var minimum = phase % 2 == 0 ? 8_000 : 5_000;
            Assert.True(events[i + 2].At - events[i + 1].At >= minimum, "minimum green");
            Assert.Equal(phase % 2 == 0 ? 3_500 : 3_000, events[i + 4].At - events[i + 3].At);
            Assert.Equal(1_500, events[i + 6].At - events[i + 5].At);
        }
    }

    private static (SentMessages Sent, CityEngine Engine) Run(SignalControl control)
    {
        var options = new CityOptions { Signals = control };
        var engine = CityRig.Engine(CityRig.Grid(4, options), options, new ReportOptions { Kind = ReportKind.Both });
        return (CityRig.Run(engine, Seconds), engine);
    }
}
