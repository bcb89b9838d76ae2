using System.Text;
using TrafficCore.Host.Requeue;
using TrafficCore.Storage.Delivery;

namespace TrafficCore.Tests.Host;

/// <summary>A rejected payload becomes the message that it came in.</summary>
public sealed class RequeueMessageTests
{
    [Theory]
    [InlineData("detector", "d", "", "too-old", """{"ts":1,"volume":2}""", "t/v1/i/detector/d", """{"ts":1,"volume":2}""")]
    [InlineData("detector", "d", "", "bad-json", "{", "t/v1/i/detector/d", "{")]
    [InlineData("environment", "w", "", "no-value", """{"rain":-1}""", "t/v1/i/environment/w", """{"rain":-1}""")]
    [InlineData("parking", "p", "", "too-old", """{"ts":1,"occupied":2}""", "t/v1/i/parking/p", """{"ts":1,"occupied":2}""")]
    [InlineData("controller", "c", "", "too-old", "[5,1,2]", "t/v1/i/controller/c/events", """{"events":[[5,1,2]]}""")]
    [InlineData("controller", "c", "", "bad-shape", "[]", "t/v1/i/controller/c/events", "[]")]
    [InlineData("detectors", "-", "", "bad-detector", """{"volume":2}""", "t/v1/i/detectors", """[{"volume":2}]""")]
    [InlineData("detectors", "-", "", "bad-json", "[{", "t/v1/i/detectors", "[{")]
    [InlineData("unknown", "-", "t/v1/i/detectors", "unknown-device", """{"detector":"x","volume":2}""", "t/v1/i/detectors", """[{"detector":"x","volume":2}]""")]
    [InlineData("unknown", "-", "t/v1/i/controller/c/events", "unknown-device", "[5,1,2]", "t/v1/i/controller/c/events", """{"events":[[5,1,2]]}""")]
    [InlineData("unknown", "-", "t/v1/i/camera/1", "unknown-topic", "x", "t/v1/i/camera/1", "x")]
    public void Of_RejectedPayload_IsItsMessage(string kind, string device, string topic, string reason, string payload, string expectedTopic, string expectedPayload)
    {
        var (bytes, message) = RequeueMessage.Of(Rejected(kind, device, topic, reason, payload), "t/v1")!.Value;

        Assert.Equal((expectedTopic, expectedPayload), (Encoding.UTF8.GetString(bytes), Encoding.UTF8.GetString(message.Span)));
    }

    [Theory]
    [InlineData("detector", "no-ts")]
    [InlineData("unknown", "unknown-topic")]
    [InlineData("board", "bad-json")]
    public void Of_WhatHasNoMessage_IsNothing(string kind, string reason) => Assert.Null(RequeueMessage.Of(Rejected(kind, "d", "", reason, "{}"), "t/v1"));

    private static RejectedPayload Rejected(string kind, string device, string topic, string reason, string payload) =>
        new(0, reason, "i", kind, device, topic, Encoding.UTF8.GetBytes(payload));
}
