using TrafficCore.Host.Security.Accounts;
using TrafficCore.Mqtt.Broker;
using TrafficCore.Mqtt.Topics;

namespace TrafficCore.Host.Security.Access;

/// <summary>
/// What an account may do: speak for the devices it owns, hear what is said to them, and what its role and the file grant beside. The service's own topics are nobody's, whatever the file
/// says. Clients without an account may do what no account owns.
/// </summary>
/// <remarks>Ownership: any thread; it reads a snapshot that others swap.</remarks>
internal sealed class AccountAccess(Func<SecuritySnapshot> current, string topicRoot) : IClientAccess
{
    private readonly DefaultClientAccess rules = new(topicRoot);
    private readonly DeviceTopics devices = new(topicRoot);

    /// <inheritdoc/>
    public long Version => current().Version;

    /// <inheritdoc/>
    public bool MayStay(ClientIdentity client)
    {
        var now = current();
        var login = client.Credential as ClientLogin;
        return !now.Denied.Denies((client.Remote as System.Net.IPEndPoint)?.Address) && !now.Denied.Denies(client.UserName, client.ClientId, login?.Certificate)
            && !now.Revoked.Contains(login?.Certificate)
            && (client.UserName is null || now.Accounts.Find(client.UserName)?.Stamp == login?.Stamp)
            && (login?.IsAssignedId == true || now.Accounts.MayUseClientId(Find(now, client), client.ClientId));
    }

    /// <inheritdoc/>
    public bool MayPublish(ClientIdentity client, ReadOnlySpan<byte> topic)
    {
        if (!rules.MayPublish(client, topic))
        {
            return false;
        }

        var now = current();
        if (client.UserName is null)
        {
            return !devices.IsSpokenFor(topic, now.Accounts);
        }

        return Find(now, client) is { } account
            && (devices.MaySpeak(topic, account.Owns)
                || (account.Role >= AccountRole.Operator && !devices.IsInside(topic))
                || GrantedFilter.Matches(account.Publish, client, topic)
                || GrantedFilter.Matches(now.Accounts.GrantsOf(account.Role).Publish, client, topic));
    }

    /// <inheritdoc/>
    public bool MaySubscribe(ClientIdentity client, ReadOnlySpan<byte> filter)
    {
        if (client.UserName is null)
        {
            return true;
        }

        var now = current();
        return Find(now, client) is { } account
            && ((account.Role >= AccountRole.Viewer && (!TopicName.IsReserved(filter) || account.Role == AccountRole.Admin))
                || devices.MayHear(filter, account.Owns)
                || GrantedFilter.Covers(account.Subscribe, client, filter)
                || GrantedFilter.Covers(now.Accounts.GrantsOf(account.Role).Subscribe, client, filter));
    }

    private static Account? Find(SecuritySnapshot now, ClientIdentity client) => client.UserName is null ? null : now.Accounts.Find(client.UserName);
}
