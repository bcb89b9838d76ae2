namespace TrafficCore.Log;

/// <summary>The disk refused a record in the current and in a new segment. What was appended is kept; try again.</summary>
public sealed class LogUnavailableException : IOException
{
    /// <summary>Makes one without text.</summary>
    public LogUnavailableException()
    {
    }

    /// <summary>Makes one with a text.</summary>
    public LogUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a text and its cause.</summary>
    public LogUnavailableException(string message, Exception? inner)
        : base(message, inner)
    {
    }
}
