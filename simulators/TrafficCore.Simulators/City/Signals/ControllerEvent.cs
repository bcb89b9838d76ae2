namespace TrafficCore.Simulators.City.Signals;

/// <summary>One high-resolution event of a controller.</summary>
/// <param name="At">Model time, ms, a whole tenth of a second.</param>
/// <param name="Code">Code of the Indiana enumeration.</param>
/// <param name="Parameter">Phase, channel or value.</param>
internal readonly record struct ControllerEvent(long At, short Code, short Parameter);

/// <summary>Codes of the Indiana traffic signal high-resolution data logger enumerations that the simulated controllers write.</summary>
internal static class EventCode
{
    public const short PhaseOn = 0;
    public const short BeginGreen = 1;
    public const short PhaseCheck = 2;
    public const short MinComplete = 3;
    public const short GapOut = 4;
    public const short MaxOut = 5;
    public const short ForceOff = 6;
    public const short GreenTermination = 7;
    public const short BeginYellow = 8;
    public const short EndYellow = 9;
    public const short BeginRedClearance = 10;
    public const short EndRedClearance = 11;
    public const short PhaseInactive = 12;
    public const short CallRegistered = 43;
    public const short CallDropped = 44;
    public const short DetectorOff = 81;
    public const short DetectorOn = 82;
    public const short PatternChange = 131;
}

/// <summary>What one controller has logged since it was last read, in the order in which it happened.</summary>
/// <remarks>Ownership: one intersection.</remarks>
internal sealed class ControllerLog
{
    /// <summary>Resolution of the events.</summary>
    public const int Tenth = 100;

    private readonly List<ControllerEvent> _events = [];

    /// <summary>What has been logged.</summary>
    public IReadOnlyList<ControllerEvent> Events => _events;

    /// <summary>Logs an event at the tenth of a second in which it happened.</summary>
    public void Add(long at, short code, int parameter) =>
        _events.Add(new ControllerEvent(at - (((at % Tenth) + Tenth) % Tenth), code, (short)parameter));

    /// <summary>Forgets everything, once it has been read.</summary>
    public void Clear() => _events.Clear();
}
