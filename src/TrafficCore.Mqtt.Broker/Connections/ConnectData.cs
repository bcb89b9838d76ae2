using System.Text;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

/// <summary>What outlives the borrowed bytes of a CONNECT packet while the client is being let in.</summary>
internal sealed class ConnectData
{
    private ConnectData(in ConnectView view)
    {
        Version = view.Version;
        CleanStart = view.CleanStart;
        KeepAliveSeconds = view.KeepAliveSeconds;
        ClientId = Encoding.UTF8.GetString(view.ClientId);
        UserName = view.HasUserName ? Encoding.UTF8.GetString(view.UserName) : null;
        Password = view.HasPassword ? view.Password.ToArray() : default(ReadOnlyMemory<byte>?);
        Will = view.HasWill ? Will.Copy(view) : null;
    }

    public MqttVersion Version { get; }

    public bool CleanStart { get; }

    public ushort KeepAliveSeconds { get; }

    public string ClientId { get; }

    /// <summary>The id that the server made up for a client without one.</summary>
    public string? AssignedId { get; set; }

    public string? UserName { get; }

    public ReadOnlyMemory<byte>? Password { get; }

    public Will? Will { get; }

    public uint SessionExpirySeconds { get; private set; }

    public int ReceiveMaximum { get; private set; } = ushort.MaxValue;

    public int MaximumPacketSize { get; private set; } = int.MaxValue;

    /// <summary>Topic aliases that the client lets the server set; none before 5.0.</summary>
    public int TopicAliasMaximum { get; private set; }

    public bool HasAuthenticationMethod { get; private set; }

    public static ConnectData Copy(in ConnectView view)
    {
        // An empty or impossible will topic is refused with the CONNECT: it could never be published.
        if (view.HasWill && !Topics.TopicName.IsValid(view.WillTopic))
        {
            throw new MqttProtocolException(ReasonCode.TopicNameInvalid, "The will topic is not a topic name");
        }

        var data = new ConnectData(view);
        var properties = view.Properties;
        while (properties.Read())
        {
            switch (properties.Id)
            {
                case PropertyId.SessionExpiryInterval:
                    data.SessionExpirySeconds = properties.Number;
                    break;
                case PropertyId.ReceiveMaximum:
                    data.ReceiveMaximum = (int)properties.Number;
                    break;
                case PropertyId.MaximumPacketSize:
                    data.MaximumPacketSize = (int)Math.Min(int.MaxValue, properties.Number);
                    break;
                case PropertyId.TopicAliasMaximum:
                    data.TopicAliasMaximum = (int)properties.Number;
                    break;
                case PropertyId.AuthenticationMethod:
                    data.HasAuthenticationMethod = true;
                    break;
            }
        }

        return data;
    }
}
