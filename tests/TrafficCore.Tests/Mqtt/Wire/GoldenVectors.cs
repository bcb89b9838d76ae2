using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Tests.Mqtt.Wire;

/// <summary>
/// Packets written out by hand from the tables and figures of MQTT 3.1.1 and 5.0 (OASIS), with what they mean. Where the specification shows an
/// example (3.1.1 figure 3.6, 3.1.2.10, 3.8.3, 3.9.3, 3.10.3; 5.0 figures 3-6, 3-9, 3-21, 3-26, 3-27), it is that one.
/// </summary>
internal static class GoldenVectors
{
    public static readonly (MqttVersion Version, string Hex, string Meaning)[] All =
    [
        // CONNECT: 3.1.1 section 3.1 with the flags of its figure 3.6 (user name, password, will QoS 1, clean session)
        (MqttVersion.V311, "10 26 00 04 'MQTT' 04 CE 00 0A 00 03 'abc' 00 01 'w' 00 04 'gone' 00 04 'user' 00 06 'secret'",
            "CONNECT V311 id=abc clean=True ka=10 user=user pass=secret will=w:gone q1 r=False"),
        (MqttVersion.V311, "10 0C 00 04 'MQTT' 04 02 00 3C 00 00", "CONNECT V311 id= clean=True ka=60"),
        (MqttVersion.V31, "10 11 00 06 'MQIsdp' 03 00 00 00 00 03 'old'", "CONNECT V31 id=old clean=False ka=0"),
        (MqttVersion.V5, "10 15 00 04 'MQTT' 05 02 00 0A 05 11 00 00 00 0A 00 03 'abc'",
            "CONNECT V5 id=abc clean=True ka=10 SessionExpiryInterval=10"),
        (MqttVersion.V5, "10 31 00 04 'MQTT' 05 34 FF FF 0D 21 00 14 27 00 00 10 00 22 00 05 19 01 00 01 'c' 0F 18 00 00 00 05 01 01 02 00 00 00 3C 03 00 00 00 01 't' 00 01 'p'",
            "CONNECT V5 id=c clean=False ka=65535 will=t:p q2 r=True ReceiveMaximum=20 MaximumPacketSize=4096 TopicAliasMaximum=5 RequestResponseInformation=1 WillDelayInterval=5 PayloadFormatIndicator=1 MessageExpiryInterval=60 ContentType=0"),
        (MqttVersion.V5, "10 11 00 04 'MQTT' 05 40 00 00 00 00 00 00 02 'pw'", "CONNECT V5 id= clean=False ka=0 pass=pw"),

        // CONNACK
        (MqttVersion.V311, "20 02 00 00", "CONNACK sp=False Success"),
        (MqttVersion.V311, "20 02 01 00", "CONNACK sp=True Success"),
        (MqttVersion.V311, "20 02 00 05", "CONNACK sp=False NotAuthorized"),
        (MqttVersion.V311, "20 02 00 02", "CONNACK sp=False ClientIdentifierNotValid"),
        (MqttVersion.V5, "20 03 00 00 00", "CONNACK sp=False Success"),
        (MqttVersion.V5, "20 03 00 87 00", "CONNACK sp=False NotAuthorized"),
        (MqttVersion.V5, "20 12 01 00 0F 21 04 00 22 00 10 12 00 02 'ab' 2A 00 24 01", "CONNACK sp=True Success ReceiveMaximum=1024 TopicAliasMaximum=16 AssignedClientIdentifier=ab SharedSubscriptionAvailable=0 MaximumQoS=1"),

        // PUBLISH: the example of section 3.3.2 (topic a/b, packet identifier 10)
        (MqttVersion.V311, "32 09 00 03 'a/b' 00 0A 'hi'", "PUBLISH a/b q1 d=False r=False id=10 hi"),
        (MqttVersion.V311, "30 05 00 03 'a/b'", "PUBLISH a/b q0 d=False r=False id=0 "),
        (MqttVersion.V311, "3D 09 00 03 'a/b' 00 0A 'hi'", "PUBLISH a/b q2 d=True r=True id=10 hi"),
        (MqttVersion.V5, "32 08 00 03 'a/b' 00 0A 00", "PUBLISH a/b q1 d=False r=False id=10 "),
        (MqttVersion.V5, "31 1E 00 03 'a/b' 16 01 01 02 00 00 00 1E 23 00 07 0B 81 01 26 00 01 'k' 00 01 'v' 0B 01 '{}'",
            "PUBLISH a/b q0 d=False r=True id=0 {} PayloadFormatIndicator=1 MessageExpiryInterval=30 TopicAlias=7 SubscriptionIdentifier=129 UserProperty=k:v SubscriptionIdentifier=1"),
        (MqttVersion.V5, "30 18 00 01 't' 13 03 00 04 'text' 08 00 01 'r' 09 00 05 'abcde' 'x'",
            "PUBLISH t q0 d=False r=False id=0 x ContentType=text ResponseTopic=r CorrelationData=abcde"),
        (MqttVersion.V5, "30 07 00 00 03 23 00 01 'x'", "PUBLISH  q0 d=False r=False id=0 x TopicAlias=1"),

        // Acknowledgements
        (MqttVersion.V311, "40 02 00 0A", "Puback 10 00"),
        (MqttVersion.V311, "50 02 12 34", "Pubrec 4660 00"),
        (MqttVersion.V311, "62 02 00 01", "Pubrel 1 00"),
        (MqttVersion.V311, "70 02 FF FF", "Pubcomp 65535 00"),
        (MqttVersion.V5, "40 02 00 0A", "Puback 10 00"),
        (MqttVersion.V5, "40 03 00 0A 99", "Puback 10 99"),
        (MqttVersion.V5, "40 03 00 0A 10", "Puback 10 10"),
        (MqttVersion.V5, "50 09 00 0A 87 05 1F 00 02 'no'", "Pubrec 10 87 ReasonString=no"),
        (MqttVersion.V5, "62 03 00 0A 92", "Pubrel 10 92"),
        (MqttVersion.V5, "70 03 00 0A 92", "Pubcomp 10 92"),

        // SUBSCRIBE, SUBACK: the examples of sections 3.8.3 and 3.9.3
        (MqttVersion.V311, "82 0E 00 0A 00 03 'a/b' 01 00 03 'c/d' 02", "SUBSCRIBE 10 a/b:01 c/d:02"),
        (MqttVersion.V5, "82 0F 00 0A 00 00 03 'a/b' 01 00 03 'c/d' 02", "SUBSCRIBE 10 a/b:01 c/d:02"),
        (MqttVersion.V5, "82 0A 00 01 02 0B 05 00 02 '+/' 2D", "SUBSCRIBE 1 SubscriptionIdentifier=5 +/:2D"),
        (MqttVersion.V311, "90 05 00 0A 00 02 80", "Suback 10 00 02 80"),
        (MqttVersion.V5, "90 06 00 0A 00 01 8F 97", "Suback 10 01 8F 97"),

        // UNSUBSCRIBE, UNSUBACK: the example of section 3.10.3
        (MqttVersion.V311, "A2 0C 00 0A 00 03 'a/b' 00 03 'c/d'", "UNSUBSCRIBE 10 a/b c/d"),
        (MqttVersion.V5, "A2 0D 00 0A 00 00 03 'a/b' 00 03 'c/d'", "UNSUBSCRIBE 10 a/b c/d"),
        (MqttVersion.V311, "B0 02 00 0A", "Unsuback 10"),
        (MqttVersion.V5, "B0 05 00 0A 00 00 11", "Unsuback 10 00 11"),

        (MqttVersion.V311, "C0 00", "Pingreq 0"),
        (MqttVersion.V311, "D0 00", "Pingresp 0"),
        (MqttVersion.V311, "E0 00", "Disconnect 00"),
        (MqttVersion.V5, "E0 00", "Disconnect 00"),
        (MqttVersion.V5, "E0 01 8E", "Disconnect 8E"),
        (MqttVersion.V5, "E0 07 04 05 11 00 00 00 05", "Disconnect 04 SessionExpiryInterval=5"),
        (MqttVersion.V5, "F0 00", "Auth 00"),
        (MqttVersion.V5, "F0 0D 18 0B 15 00 01 'm' 16 00 04 'data'", "Auth 18 AuthenticationMethod=m AuthenticationData=data"),
    ];
}
