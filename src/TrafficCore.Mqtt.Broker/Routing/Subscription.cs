using TrafficCore.Mqtt.Topics;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

/// <summary>
/// One filter of one client, of a group of clients, or of the service itself. Immutable: changed options are a new subscription in the old one's place.
/// </summary>
internal sealed class Subscription
{
    /// <summary>The client's session; null for a subscription of the service and for a group's.</summary>
    public Session? Session { get; init; }

    /// <summary>The service's handler; null for a client's subscription.</summary>
    public Action<ApplicationMessage>? Handler { get; init; }

    /// <summary>Who shares the subscription; null unless it stands for a group.</summary>
    public SharedGroup? Group { get; init; }

    /// <summary>Whose group it is when it is shared; null for clients without an account, which have theirs together.</summary>
    public string? Account { get; init; }

    /// <summary>The filter as the client gave it, with group.</summary>
    public required byte[] Filter { get; init; }

    public SubscribeOptions Options { get; init; }

    /// <summary>The subscription identifier (5.0); 0 is none.</summary>
    public uint Identifier { get; init; }

    /// <summary>The identifier as deliveries carry it.</summary>
    public uint[]? Identifiers => Identifier == 0 ? null : [Identifier];

    /// <summary>The same for another account: its session was taken over.</summary>
    public Subscription For(string? account) => new() { Session = Session, Account = account, Filter = Filter, Options = Options, Identifier = Identifier };

    public bool IsShared => TopicFilter.IsShared(Filter);

    /// <summary>The filter that topics are matched with: behind the group, where there is one.</summary>
    public ReadOnlySpan<byte> Matched => IsShared ? TopicFilter.SharedPart(Filter) : Filter;
}
