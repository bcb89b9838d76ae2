namespace TrafficCore.Simulators.Cli;

/// <summary>Where a broker is and who connects: <c>mqtt://[user:password@]host[:port]</c>.</summary>
/// <param name="Host">Name or address.</param>
/// <param name="Port">TCP port.</param>
/// <param name="User">User name, or null for an anonymous connection.</param>
/// <param name="Password">Password, or null.</param>
internal sealed record BrokerAddress(string Host, int Port, string? User = null, string? Password = null)
{
    /// <summary>The port that IANA registered for MQTT over TCP.</summary>
    public const int DefaultPort = 1883;

    /// <summary>The broker that is meant when none is named: the service with its defaults on this machine.</summary>
    public static readonly BrokerAddress Local = new("127.0.0.1", DefaultPort);

    /// <summary>Reads an address; user and password may be percent-encoded.</summary>
    /// <exception cref="UsageException">The text is not such an address.</exception>
    public static BrokerAddress Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
        {
            throw new UsageException($"'{text}' is not a broker address; write mqtt://[user:password@]host:port.");
        }

        if (uri.Scheme != "mqtt")
        {
            throw new UsageException($"'{uri.Scheme}' is not supported in a broker address; write mqtt://host:port.");
        }

        if (uri.AbsolutePath is not ("" or "/") || uri.Query.Length > 0)
        {
            throw new UsageException($"'{text}' has more than host and port; write mqtt://[user:password@]host:port.");
        }

        var parts = uri.UserInfo.Split(':', 2);
        var user = parts[0].Length > 0 ? Uri.UnescapeDataString(parts[0]) : null;
        var password = parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : null;
        return new BrokerAddress(uri.IdnHost, uri.IsDefaultPort || uri.Port < 0 ? DefaultPort : uri.Port, user, password);
    }

    /// <summary>The address without the password, fit for a log or a terminal.</summary>
    public override string ToString() => $"mqtt://{(User is null ? "" : User + "@")}{Host}:{Port}";
}
