using System.Text;
using TrafficCore.Mqtt.Topics;

namespace TrafficCore.Mqtt.Broker;

/// <summary>
/// The rules that hold whoever the client is: the server's own topics are the server's, and only the service speaks to boards and controllers
/// and tells a device its errors.
/// </summary>
public sealed class DefaultClientAccess : IClientAccess
{
    private readonly byte[] _boardMessages;
    private readonly byte[] _controllerPlans;
    private readonly byte[] _errors;

    /// <summary>Creates the rules for a topic root, such as `traffic/v1`.</summary>
    public DefaultClientAccess(string topicRoot)
    {
        _boardMessages = Encoding.UTF8.GetBytes(topicRoot + "/+/board/+/message");
        _controllerPlans = Encoding.UTF8.GetBytes(topicRoot + "/+/controller/+/plan");
        _errors = Encoding.UTF8.GetBytes(topicRoot + "/+/+/+/errors");
    }

    /// <inheritdoc/>
    public long Version => 0;

    /// <inheritdoc/>
    public bool MayStay(ClientIdentity client) => true;

    /// <inheritdoc/>
    public bool MayPublish(ClientIdentity client, ReadOnlySpan<byte> topic) =>
        !TopicName.IsReserved(topic) && !TopicFilter.IsMatch(_boardMessages, topic) && !TopicFilter.IsMatch(_controllerPlans, topic)
        && !TopicFilter.IsMatch(_errors, topic);

    /// <inheritdoc/>
    public bool MaySubscribe(ClientIdentity client, ReadOnlySpan<byte> filter) => true;
}
