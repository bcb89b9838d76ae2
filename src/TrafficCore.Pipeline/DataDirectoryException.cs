namespace TrafficCore.Pipeline;

/// <summary>
/// The data directory is not there and cannot be made, may not be written, or belongs to other window lengths: what was configured has to change, or the
/// directory's rights.
/// </summary>
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
