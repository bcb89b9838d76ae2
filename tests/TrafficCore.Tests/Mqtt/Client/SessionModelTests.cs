using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Tests.Mqtt.Client;

/// <summary>The guarantees of the three qualities of service, under connections that break between any two packets.</summary>
public sealed class SessionModelTests
{
    private const int Seeds = 400;
    private const int Messages = 60;

    [Theory]
    [InlineData(MqttVersion.V311, false)]
    [InlineData(MqttVersion.V5, false)]
    [InlineData(MqttVersion.V5, true)]
    public void Messages_BothWaysThroughBrokenConnections_KeepTheirGuarantees(MqttVersion version, bool isManual)
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var model = Run(new Random(seed), new SessionModel(version, isManual));
            var all = Enumerable.Range(0, Messages);
            var exact = all.Where(n => n % 2 == 0);
            foreach (var received in new[] { model.AtBroker, model.AtConsumer })
            {
                // QoS 2: once, in order. QoS 1: at least once, and the first time in order [MQTT-4.6.0-1].
                Assert.True(exact.SequenceEqual(received.Where(n => n % 2 == 0)), $"seed {seed}: {string.Join(' ', received)}");
                Assert.True(all.Where(n => n % 2 == 1).SequenceEqual(received.Where(n => n % 2 == 1).Distinct()), $"seed {seed}: {string.Join(' ', received)}");
            }

            Assert.True(all.SequenceEqual(model.Acknowledged.Order()), $"seed {seed}: acknowledged {string.Join(' ', model.Acknowledged)}");
        }
    }

    private static SessionModel Run(Random random, SessionModel model)
    {
        var (published, delivered) = (0, 0);
        model.Connect(keepsSession: true);
        for (var step = 0; published < Messages || delivered < Messages || !model.IsQuiet; step++)
        {
            Assert.True(step < 100_000, $"No end: {model}");
            switch (random.Next(published < Messages || delivered < Messages ? 24 : 23))
            {
                case 0 or 1 when published < Messages:
                    model.Publish(published++);
                    break;
                case 2 or 3 when delivered < Messages && model.CanDeliver:
                    model.Deliver(delivered++);
                    break;
                case < 14 when model.IsConnected:
                    model.StepBroker();
                    break;
                case < 22 when model.IsConnected:
                    model.StepClient();
                    break;
                case 22:
                    model.Consume(random.Next(60));
                    break;
                case 23 when model.IsConnected:
                    model.Drop();
                    break;
                default:
                    if (!model.IsConnected)
                    {
                        model.Connect(keepsSession: true);
                    }

                    break;
            }
        }

        return model;
    }
}
