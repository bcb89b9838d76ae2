using System.Net;
using TrafficCore.Host.Configuration;

namespace TrafficCore.Host.Security.Access;

/// <summary>Who is kept out whatever the accounts say. Immutable, swapped whole.</summary>
internal sealed class DenyList
{
    private readonly HashSet<string> users;
    private readonly HashSet<string> clients;
    private readonly HashSet<string> certificates;
    private readonly IPNetwork[] networks;

    private DenyList(IReadOnlyList<(string Kind, string Value)> lines, IEnumerable<IPNetwork> networks)
    {
        users = Of("user");
        clients = Of("client");
        certificates = Of("certificate");
        this.networks = [.. networks];
        HashSet<string> Of(string kind) =>
            lines.Where(l => l.Kind == kind).Select(l => l.Value).ToHashSet(kind == "certificate" ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
    }

    public static DenyList Empty { get; } = new([], []);

    /// <summary>Reads and checks a file; the list is to be used only when there are no errors.</summary>
    public static (DenyList List, IReadOnlyList<ConfigurationError> Errors) Read(string path)
    {
        try
        {
            return Parse(File.ReadAllLines(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (Empty, [new ConfigurationError("$", error.Message)]);
        }
    }

    /// <summary>Checks lines: <c>user NAME</c>, <c>client ID</c>, <c>address 10.0.0.7</c> or <c>10.0.0.0/8</c>, <c>certificate SERIAL</c>; <c>#</c> begins a remark.</summary>
    public static (DenyList List, IReadOnlyList<ConfigurationError> Errors) Parse(IReadOnlyList<string> lines)
    {
        List<ConfigurationError> errors = [];
        List<(string Kind, string Value)> entries = [];
        List<IPNetwork> networks = [];
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i].Trim();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var (kind, value) = line.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is [var k, var v] ? (k, v) : (line, "");
            if (kind == "address" && TryNetwork(value, out var network))
            {
                networks.Add(network);
            }
            else if (value.Length > 0 && kind is "user" or "client" or "certificate")
            {
                entries.Add((kind, value));
            }
            else
            {
                errors.Add(new ConfigurationError($"line {i + 1}", "is not user NAME, client ID, address ADDRESS[/BITS] or certificate SERIAL"));
            }
        }

        return (new DenyList(entries, networks), errors);
    }

    public bool Denies(IPAddress? address)
    {
        if (address is null || networks.Length == 0)
        {
            return false;
        }

        // A dual-stack listener tells IPv4 peers as ::ffff:a.b.c.d.
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return networks.Any(n => n.Contains(plain));
    }

    /// <summary>One of the names is on the list; null is none.</summary>
    public bool Denies(string? user, string? client, string? certificate) =>
        (user is not null && users.Contains(user)) || (client is not null && clients.Contains(client)) || (certificate is not null && certificates.Contains(certificate));

    private static bool TryNetwork(string text, out IPNetwork network)
    {
        network = default;
        if (text.Contains('/', StringComparison.Ordinal))
        {
            return IPNetwork.TryParse(text, out network);
        }

        if (!IPAddress.TryParse(text, out var one))
        {
            return false;
        }

        network = new IPNetwork(one, one.GetAddressBytes().Length * 8);
        return true;
    }
}
