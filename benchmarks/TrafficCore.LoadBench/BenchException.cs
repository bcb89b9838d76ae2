namespace TrafficCore.LoadBench;

/// <summary>The bench can't go on: a tool is missing, a server did not start, or a check failed. The message is for people.</summary>
internal sealed class BenchException : Exception
{
    public BenchException(string message)
        : base(message)
    {
    }
}
