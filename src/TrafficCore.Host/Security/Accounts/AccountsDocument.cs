using System.Text.Json;
using System.Text.Json.Serialization;

namespace TrafficCore.Host.Security.Accounts;

/// <summary>The accounts file as it is written. Bound strictly: an unknown field, or one that is there twice, is an error.</summary>
internal sealed class AccountsDocument
{
    /// <summary>The shape of the file that this release reads and writes.</summary>
    public const int CurrentShape = 1;

    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        AllowDuplicateProperties = false,
        PropertyNameCaseInsensitive = false,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.Strict,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    public int Shape { get; set; } = CurrentShape;

    public List<AccountEntry> Accounts { get; set; } = [];

    public List<RoleEntry>? Roles { get; set; }

    public List<KeyEntry>? Keys { get; set; }
}

/// <summary>An account in the file.</summary>
internal sealed class AccountEntry
{
    public required string Name { get; set; }

    public required AccountRole Role { get; set; }

    public string? Password { get; set; }

    public List<string>? Owns { get; set; }

    public List<string>? Publish { get; set; }

    public List<string>? Subscribe { get; set; }

    public List<string>? ClientIds { get; set; }
}

/// <summary>Further rights of a role in the file.</summary>
internal sealed class RoleEntry
{
    public required AccountRole Role { get; set; }

    public List<string>? Publish { get; set; }

    public List<string>? Subscribe { get; set; }
}

/// <summary>A key in the file.</summary>
internal sealed class KeyEntry
{
    public required string Id { get; set; }

    public required string Hash { get; set; }

    public required KeyScope Scope { get; set; }

    public required string Purpose { get; set; }

    public required DateTimeOffset Created { get; set; }

    public required DateTimeOffset Expires { get; set; }
}
