namespace TrafficCore.Host.Configuration;

/// <summary>One thing that is wrong with the configuration.</summary>
/// <param name="Key">The key as it is written in configuration, e.g. <c>Windows:Length</c>.</param>
/// <param name="Message">What is wrong, and what would be right.</param>
public readonly record struct ConfigurationError(string Key, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Key}: {Message}";
}
