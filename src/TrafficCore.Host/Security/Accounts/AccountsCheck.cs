using System.Text;
using TrafficCore.Host.Configuration;
using TrafficCore.Host.Security.Passwords;
using TrafficCore.Mqtt.Topics;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Host.Security.Accounts;

/// <summary>Checks a document and collects everything that is wrong with it under its place.</summary>
internal sealed class AccountsCheck(AccountsDocument document)
{
    private readonly List<ConfigurationError> errors = [];

    /// <summary>The accounts; to be used only when there are no errors.</summary>
    public (AccountsSnapshot Accounts, IReadOnlyList<ConfigurationError> Errors) Read()
    {
        if (document.Shape != AccountsDocument.CurrentShape)
        {
            Add("shape", $"is not {AccountsDocument.CurrentShape}, the shape that this release reads");
        }

        var accounts = document.Accounts.Select((a, i) => ReadAccount(a, $"accounts[{i}]")).ToList();
        var keys = (document.Keys ?? []).Select((k, i) => ReadKey(k, $"keys[{i}]")).ToList();
        var roles = ReadRoles();
        AddRepeated("accounts", accounts.Select(a => a.Name));
        AddRepeated("keys", keys.Select(k => k.Id));
        return errors.Count == 0 ? (new AccountsSnapshot(accounts, keys, role => roles.GetValueOrDefault(role, RoleGrants.None)), errors) : (AccountsSnapshot.Empty, errors);
    }

    /// <summary>Whether an entry names an intersection, one of its devices, or everything.</summary>
    public static bool IsOwnable(string entry) => entry == "*" || entry.Split('/') switch
    {
        [var intersection] => IsId(intersection),
        [var intersection, var kind, var device] => IsId(intersection) && IsId(device)
            && DeviceKinds.Parse(Encoding.UTF8.GetBytes(kind)) is >= DeviceKind.Detector and <= DeviceKind.Parking,
        _ => false,
    };

    private static bool IsId(string text) => NetworkId.IsValid(Encoding.UTF8.GetBytes(text));

    private Account ReadAccount(AccountEntry entry, string place)
    {
        if (!Account.NameForm.IsMatch(entry.Name))
        {
            Add($"{place}.name", $"must match {Account.NameForm}");
        }

        var password = entry.Password is null ? null : PasswordHash.Parse(entry.Password);
        if (entry.Password is not null && password is null)
        {
            Add($"{place}.password", "is not a hash as trafficcore passwd writes it");
        }

        foreach (var owned in (entry.Owns ?? []).Where(o => !IsOwnable(o)))
        {
            Add($"{place}.owns", $"\"{owned}\" is not an intersection, such as int-0001, a device, such as int-0001/detector/d-01, or *");
        }

        foreach (var id in (entry.ClientIds ?? []).Where(id => id.Length == 0 || id.Contains('*', StringComparison.Ordinal) && id.IndexOf('*', StringComparison.Ordinal) != id.Length - 1))
        {
            Add($"{place}.clientIds", $"\"{id}\" is not an id, or the beginning of one with * behind it");
        }

        CheckFilters(entry.Publish, $"{place}.publish");
        CheckFilters(entry.Subscribe, $"{place}.subscribe");
        return new Account(entry.Name, entry.Role, password, entry.Owns ?? [], entry.Publish ?? [], entry.Subscribe ?? [], entry.ClientIds ?? []);
    }

    private ApiKey ReadKey(KeyEntry entry, string place)
    {
        if (entry.Hash.Length != 43)
        {
            Add($"{place}.hash", "is not a hash as trafficcore key writes it");
        }

        return new ApiKey(entry.Id, entry.Hash, entry.Scope, entry.Purpose, entry.Created, entry.Expires);
    }

    private Dictionary<AccountRole, RoleGrants> ReadRoles()
    {
        var grants = new Dictionary<AccountRole, RoleGrants>();
        foreach (var (entry, index) in (document.Roles ?? []).Select((entry, index) => (entry, index)))
        {
            CheckFilters(entry.Publish, $"roles[{index}].publish");
            CheckFilters(entry.Subscribe, $"roles[{index}].subscribe");
            if (!grants.TryAdd(entry.Role, new RoleGrants(Bytes(entry.Publish), Bytes(entry.Subscribe))))
            {
                Add($"roles[{index}].role", "is there twice");
            }
        }

        return grants;
    }

    private void CheckFilters(List<string>? filters, string place)
    {
        foreach (var filter in (filters ?? []).Where(f => !TopicFilter.IsValid(Encoding.UTF8.GetBytes(f)) || TopicFilter.IsShared(Encoding.UTF8.GetBytes(f))))
        {
            Add(place, $"\"{filter}\" is not a topic filter");
        }
    }

    private void AddRepeated(string place, IEnumerable<string> names)
    {
        foreach (var repeated in names.GroupBy(n => n, StringComparer.Ordinal).Where(g => g.Count() > 1))
        {
            Add(place, $"\"{repeated.Key}\" is there twice");
        }
    }

    private static byte[][] Bytes(List<string>? texts) => [.. (texts ?? []).Select(Encoding.UTF8.GetBytes)];

    private void Add(string place, string message) => errors.Add(new ConfigurationError(place, message));
}
