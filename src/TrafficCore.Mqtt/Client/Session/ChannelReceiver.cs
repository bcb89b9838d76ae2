using System.Text;
using System.Threading.Channels;
using TrafficCore.Mqtt.Topics;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

/// <summary>Makes objects of deliveries and queues them for whoever reads <see cref="Messages"/>. Outlives connections with its session.</summary>
/// <remarks>Ownership: the reading loop of the one connection that is attached.</remarks>
internal sealed class ChannelReceiver : IMessageReceiver
{
    // Boards and simulators hear a handful of topics; their names are made once.
    private readonly TopicCache<string> _topics = new(64);
    private readonly Queue<MqttMessage> _arrived = new();
    private readonly Channel<MqttMessage> _messages;
    private readonly ClientSession _session;
    private readonly bool _isManual;

    public ChannelReceiver(ClientSession session, MqttClientOptions options)
    {
        _session = session;
        _isManual = options.ManualAcknowledgement;
        _messages = Channel.CreateBounded<MqttMessage>(new BoundedChannelOptions(options.MaxQueuedMessages)
        {
            FullMode = BoundedChannelFullMode.Wait,
            SingleWriter = true,
        });
    }

    public ChannelReader<MqttMessage> Messages => _messages.Reader;

    /// <summary>Here borrowed bytes end.</summary>
    public void Receive(in PublishView message, long ticket)
    {
        if (!_topics.TryGet(message.Topic, out var topic))
        {
            topic = Encoding.UTF8.GetString(message.Topic);
            _topics.Set(message.Topic, topic);
        }

        _arrived.Enqueue(new MqttMessage(topic, message.Payload.ToArray(), message.QoS, message.Retain)
        {
            Duplicate = message.Duplicate,
            Properties = MqttProperties.Read(message),
            Session = _isManual && ticket != 0 ? _session : null,
            Ticket = ticket,
        });
    }

    public async ValueTask FlushAsync(CancellationToken cancellation)
    {
        long taken = 0;
        while (_arrived.TryPeek(out var message))
        {
            if (!_messages.Writer.TryWrite(message))
            {
                // What is queued is taken; its acknowledgements need not wait for the slow reader.
                Acknowledge(taken);
                taken = 0;
                await _messages.Writer.WriteAsync(message, cancellation);
            }

            _arrived.Dequeue();
            taken = Math.Max(taken, message.Ticket);
        }

        Acknowledge(taken);
    }

    public void Complete(Exception? why) => _messages.Writer.TryComplete(why);

    private void Acknowledge(long through)
    {
        if (!_isManual && through > 0)
        {
            _session.AcknowledgeThrough(through);
        }
    }
}
