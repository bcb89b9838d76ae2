namespace TrafficCore.Simulators.City.Truth;

/// <summary>The files in which a run keeps what really happened, line by line.</summary>
/// <remarks>Ownership: one loop writes detectors, approaches and faults; boards write under a lock of their own.</remarks>
internal sealed class TruthFiles : IDisposable
{
    /// <summary>Names in the directory.</summary>
    public const string DetectorsName = "detectors.csv";

    /// <inheritdoc cref="DetectorsName"/>
    public const string ApproachesName = "approaches.csv";

    /// <inheritdoc cref="DetectorsName"/>
    public const string FaultsName = "faults.csv";

    /// <inheritdoc cref="DetectorsName"/>
    public const string BoardsName = "boards.csv";

    private readonly Func<string, TextWriter> _open;

    /// <param name="open">Opens a file by name.</param>
    public TruthFiles(Func<string, TextWriter> open)
    {
        _open = open;
        Detectors = Open(DetectorsName, "start,window,intersection,detector,passed,occupancy,speed,sent_readings,sent_volume,lost_readings,faults");
        Approaches = Open(ApproachesName, "start,window,intersection,approach,entered,left,queue_max,queue_mean,delay,travel_speed,free_flow_speed,speed_ratio,state");
        Faults = Open(FaultsName, "from,until,device,kind,parameters");
        Boards = Open(BoardsName, "time,intersection,board,watches,state,id,rule,multi");
    }

    public TextWriter Detectors { get; }

    public TextWriter Approaches { get; }

    public TextWriter Faults { get; }

    public TextWriter Boards { get; }

    /// <summary>The files in a directory, which is made.</summary>
    public static TruthFiles In(string directory)
    {
        Directory.CreateDirectory(directory);
        return new TruthFiles(name => new StreamWriter(Path.Combine(directory, name), append: false, new System.Text.UTF8Encoding(false), bufferSize: 1 << 16));
    }

    /// <summary>Lets others see the windows that have ended.</summary>
    public void Flush()
    {
        Detectors.Flush();
        Approaches.Flush();
    }

    public void Dispose()
    {
        foreach (var file in (TextWriter[])[Detectors, Approaches, Faults, Boards])
        {
            file.Dispose();
        }
    }

    private TextWriter Open(string name, string header)
    {
        var file = _open(name);
        file.NewLine = "\n";
        file.WriteLine(header);
        return file;
    }
}
