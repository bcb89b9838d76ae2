using System.Diagnostics.CodeAnalysis;

namespace TrafficCore.Mqtt.Client;

/// <summary>Where a broker is, how it is reached and who connects, as a URL: <c>mqtt://[user:password@]host[:port]</c>.</summary>
/// <remarks>Immutable. <see cref="ToString"/> leaves the password out, so an address may be logged.</remarks>
public sealed record MqttAddress
{
    // Registered with IANA (1883, 8883), and what HTTP has (80, 443).
    private static readonly Dictionary<string, (bool Tls, bool WebSocket, int Port)> Schemes = new(StringComparer.Ordinal)
    {
        ["mqtt"] = (false, false, 1883),
        ["mqtts"] = (true, false, 8883),
        ["ws"] = (false, true, 80),
        ["wss"] = (true, true, 443),
    };

    private MqttAddress()
    {
    }

    /// <summary><c>mqtt</c>, <c>mqtts</c>, <c>ws</c> or <c>wss</c>.</summary>
    public required string Scheme { get; init; }

    /// <summary>Name or address of the broker.</summary>
    public required string Host { get; init; }

    /// <summary>TCP port; the scheme's own when the URL names none.</summary>
    public required int Port { get; init; }

    /// <summary>User name, or null for an anonymous connection.</summary>
    public string? UserName { get; init; }

    /// <summary>Password, or null.</summary>
    public string? Password { get; init; }

    /// <summary>Path of a WebSocket; null without one.</summary>
    public string? WebSocketPath { get; init; }

    /// <summary>Whether the connection is encrypted.</summary>
    public bool IsTls => Schemes[Scheme].Tls;

    /// <summary>Reads a URL; user name and password may be percent-encoded.</summary>
    /// <param name="text">The URL.</param>
    /// <param name="address">The address, null when there is an error.</param>
    /// <param name="error">What is wrong, without quoting the text: it may hold a password. Empty when nothing is.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out MqttAddress? address, out string error)
    {
        address = null;
        error = Judge(text, out var uri);
        if (error.Length > 0)
        {
            return false;
        }

        var (_, isWebSocket, port) = Schemes[uri!.Scheme];
        var user = uri.UserInfo.Split(':', 2);
        address = new MqttAddress
        {
            Scheme = uri.Scheme,
            Host = uri.IdnHost,
            Port = uri.Port < 0 ? port : uri.Port,
            UserName = user[0].Length > 0 ? Uri.UnescapeDataString(user[0]) : null,
            Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
            WebSocketPath = isWebSocket ? (uri.AbsolutePath == "/" ? MqttClientOptions.DefaultWebSocketPath : uri.AbsolutePath) : null,
        };
        return true;
    }

    /// <summary>The address without the password.</summary>
    public override string ToString()
    {
        var host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
        return $"{Scheme}://{(UserName is null ? "" : Uri.EscapeDataString(UserName) + "@")}{host}:{Port}{WebSocketPath}";
    }

    private static string Judge(string? text, out Uri? uri)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out uri) || uri.Host.Length == 0)
        {
            return "is not a broker's URL; write mqtt://[user:password@]host:port";
        }

        if (!Schemes.TryGetValue(uri.Scheme, out var scheme))
        {
            return $"has the scheme '{uri.Scheme}'; write mqtt://, mqtts://, ws:// or wss://";
        }

        if (uri.Query.Length > 0 || uri.Fragment.Length > 0 || (!scheme.WebSocket && uri.AbsolutePath is not ("" or "/")))
        {
            return "has more than host and port; write mqtt://[user:password@]host:port";
        }

        return uri.UserInfo.StartsWith(':') ? "has a password without a user name" : "";
    }
}
