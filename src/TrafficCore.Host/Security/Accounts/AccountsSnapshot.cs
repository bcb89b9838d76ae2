using TrafficCore.Mqtt.Topics;

namespace TrafficCore.Host.Security.Accounts;

/// <summary>Further rights of a role, for all its accounts.</summary>
/// <param name="Publish">Filters with <c>%u</c> and <c>%c</c>.</param>
/// <param name="Subscribe">Filters with <c>%u</c> and <c>%c</c>.</param>
internal sealed record RoleGrants(byte[][] Publish, byte[][] Subscribe)
{
    public static RoleGrants None { get; } = new([], []);
}

/// <summary>All accounts and keys at one time. Immutable, swapped whole.</summary>
internal sealed class AccountsSnapshot
{
    private readonly Dictionary<string, Account> accounts;
    private readonly Dictionary<string, ApiKey> keys;
    private readonly RoleGrants[] roles;
    private readonly Account[] listing;
    private readonly HashSet<byte[]> owned = new(Utf8KeyComparer.Instance);
    private readonly HashSet<byte[]> ownedWithin = new(Utf8KeyComparer.Instance);

    public AccountsSnapshot(IEnumerable<Account> accounts, IEnumerable<ApiKey> keys, Func<AccountRole, RoleGrants> grants)
    {
        this.accounts = accounts.ToDictionary(a => a.Name, StringComparer.Ordinal);
        this.keys = keys.ToDictionary(k => k.Id, StringComparer.Ordinal);
        roles = [.. Enum.GetValues<AccountRole>().Select(grants)];
        listing = [.. this.accounts.Values.Where(a => a.ListsClientIds)];
        foreach (var entry in this.accounts.Values.SelectMany(a => a.Owns))
        {
            owned.Add(entry);
            ownedWithin.Add(entry.AsSpan().IndexOf((byte)'/') is >= 0 and var end ? entry[..end] : entry);
        }
    }

    public static AccountsSnapshot Empty { get; } = new([], [], _ => RoleGrants.None);

    public int Count => accounts.Count;

    public IEnumerable<Account> Accounts => accounts.Values;

    public IEnumerable<ApiKey> Keys => keys.Values;

    public Account? Find(string name) => accounts.GetValueOrDefault(name);

    public ApiKey? FindKey(string id) => keys.GetValueOrDefault(id);

    public RoleGrants GrantsOf(AccountRole role) => roles[(int)role];

    /// <summary>
    /// Who may use a client id, and with it take over the session behind it. Ids of the form <c>NAME</c>, <c>NAME:...</c> and <c>NAME/...</c> are the account's of that name; others belong to those that
    /// list them.
    /// </summary>
    /// <param name="account">The account; null for nobody's.</param>
    /// <param name="clientId">The id.</param>
    public bool MayUseClientId(Account? account, string clientId)
    {
        var owner = Account.NameOfClientId(clientId);
        if (accounts.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(owner, out var named))
        {
            return named == account;
        }

        return account is not null ? account.ListsClientId(clientId) : !listing.Any(a => a.ListsClientId(clientId));
    }

    /// <summary>
    /// An account speaks for the device, or for the whole intersection. <paramref name="device"/> is <c>int-0001/detector/d-01</c>; an intersection alone asks for
    /// any device in it.
    /// </summary>
    public bool IsOwned(ReadOnlySpan<byte> intersection, ReadOnlySpan<byte> device) =>
        owned.GetAlternateLookup<ReadOnlySpan<byte>>().Contains(intersection)
        || (device.IsEmpty ? ownedWithin.GetAlternateLookup<ReadOnlySpan<byte>>().Contains(intersection) : owned.GetAlternateLookup<ReadOnlySpan<byte>>().Contains(device));
}
