using System.Text;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

/// <summary>What MQTT 5.0 lets a message say about itself (section 3.3.2.3). Immutable. With 3.1.1 nothing of it is sent.</summary>
public sealed record MqttProperties
{
    /// <summary>After this time the message is no longer delivered, in whole seconds, rounded up. Default null: it does not expire.</summary>
    /// <remarks>Holds for the client's own queue too, also with 3.1.1: what expires there is not sent.</remarks>
    public TimeSpan? Expiry { get; init; }

    /// <summary>Whether the payload is declared to be UTF-8 text. Default false: unspecified bytes.</summary>
    public bool IsText { get; init; }

    /// <summary>What the payload is, e.g. <c>application/json</c>; null: not said.</summary>
    public string? ContentType { get; init; }

    /// <summary>Where an answer is expected; null: nowhere.</summary>
    public string? ResponseTopic { get; init; }

    /// <summary>What the answer must repeat; null: nothing.</summary>
    public ReadOnlyMemory<byte>? CorrelationData { get; init; }

    /// <summary>Names and values of the application's own, in order; a name may occur more than once.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> UserProperties { get; init; } = [];

    /// <summary>Of a received message: identifiers of the subscriptions that it matched. Not sent.</summary>
    public IReadOnlyList<int> SubscriptionIdentifiers { get; init; } = [];

    internal static MqttProperties? Read(in PublishView publish)
    {
        if (!publish.HasProperties)
        {
            return null;
        }

        var read = new MqttProperties();
        List<KeyValuePair<string, string>>? user = null;
        List<int>? identifiers = null;
        var properties = publish.Properties;
        while (properties.Read())
        {
            switch (properties.Id)
            {
                case PropertyId.UserProperty:
                    (user ??= []).Add(new(Text(properties.Bytes), Text(properties.UserValue)));
                    break;
                case PropertyId.SubscriptionIdentifier:
                    (identifiers ??= []).Add((int)properties.Number);
                    break;
                default:
                    read = read.With(properties);
                    break;
            }
        }

        return read with { UserProperties = user ?? read.UserProperties, SubscriptionIdentifiers = identifiers ?? read.SubscriptionIdentifiers };
    }

    /// <summary>Adds everything but the expiry, whose rest the sender knows.</summary>
    internal void Write(ref PropertyBuilder target)
    {
        if (IsText)
        {
            target.Add(PropertyId.PayloadFormatIndicator, 1);
        }

        if (ContentType is not null)
        {
            target.Add(PropertyId.ContentType, Encoding.UTF8.GetBytes(ContentType));
        }

        if (ResponseTopic is not null)
        {
            target.Add(PropertyId.ResponseTopic, Encoding.UTF8.GetBytes(ResponseTopic));
        }

        if (CorrelationData is { } data)
        {
            target.Add(PropertyId.CorrelationData, data.Span);
        }

        foreach (var (name, value) in UserProperties)
        {
            target.AddUser(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));
        }
    }

    private MqttProperties With(in PropertyReader property) => property.Id switch
    {
        PropertyId.MessageExpiryInterval => this with { Expiry = TimeSpan.FromSeconds(property.Number) },
        PropertyId.PayloadFormatIndicator => this with { IsText = property.Number == 1 },
        PropertyId.ContentType => this with { ContentType = Text(property.Bytes) },
        PropertyId.ResponseTopic => this with { ResponseTopic = Text(property.Bytes) },
        PropertyId.CorrelationData => this with { CorrelationData = property.Bytes.ToArray() },
        _ => this, // the topic alias belongs to the connection
    };

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}
