namespace TrafficCore.Pipeline;

/// <summary>The data directory is not there and cannot be made, or may not be written: another one has to be named, or its rights changed.</summary>
public sealed class DataDirectoryException : IOException
{
    /// <summary>Makes one without text.</summary>
    public DataDirectoryException()
    {
    }

    /// <summary>Makes one with a text.</summary>
    public DataDirectoryException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a text and its cause.</summary>
    public DataDirectoryException(string message, Exception? inner)
        : base(message, inner)
    {
    }
}
