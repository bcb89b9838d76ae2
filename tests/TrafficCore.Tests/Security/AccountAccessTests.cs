using System.Text;
using TrafficCore.Host.Security;
using TrafficCore.Host.Security.Access;
using TrafficCore.Host.Security.Accounts;
using TrafficCore.Host.Security.Certificates;
using TrafficCore.Mqtt.Broker;
using TrafficCore.Mqtt.Topics;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Tests.Security;

/// <summary>Who may say and hear what. One cabinet with an intersection, one pole with a detector and a board, and people.</summary>
public sealed class AccountAccessTests
{
    private const string Root = "traffic/v1/";

    private static readonly AccountsSnapshot Accounts = new(
        [
            new Account("cab-1", AccountRole.Device, null, ["int-1"], [], [], ["legacy-*", "exact"]),
            new Account("pole", AccountRole.Device, null, ["int-2/detector/d-1", "int-2/board/b-1", "int-2/controller/c-1"], ["notes/%c"], ["notes/%u/+"], []),
            new Account("bridge", AccountRole.Device, null, ["*"], [], [], []),
            new Account("reader", AccountRole.Viewer, null),
            new Account("op", AccountRole.Operator, null),
            new Account("root", AccountRole.Admin, null),
        ],
        [],
        role => role == AccountRole.Device ? new RoleGrants([Bytes("site/%u/#")], [Bytes("site/%u/#")]) : RoleGrants.None);

    private readonly AccountAccess _access = new(() => new SecuritySnapshot(1, Accounts, DenyList.Empty, RevocationList.Empty), "traffic/v1");

    [Theory]
    [InlineData("cab-1", "int-1/detector/d-9")]
    [InlineData("cab-1", "int-1/detectors")]
    [InlineData("cab-1", "int-1/controller/c-1/events")]
    [InlineData("cab-1", "int-1/controller/c-1/plan/status")]
    [InlineData("cab-1", "int-1/board/b-1/status")]
    [InlineData("cab-1", "int-1/environment/w-1")]
    [InlineData("cab-1", "int-1/detector/d-1/state")]
    [InlineData("pole", "int-2/detector/d-1")]
    [InlineData("pole", "int-2/detector/d-1/state")]
    [InlineData("pole", "int-2/board/b-1/status")]
    [InlineData("bridge", "int-9/detector/d-1")]
    [InlineData(null, "int-3/detector/d-1")]
    [InlineData(null, "int-2/detector/d-7")]
    public void MayPublish_OwnDevice_Yes(string? account, string topic) => Assert.True(_access.MayPublish(As(account), Bytes(Root + topic)));

    [Theory]
    [InlineData("cab-1", "int-2/detector/d-1")]
    [InlineData("cab-1", "int-10/detector/d-1")]
    [InlineData("cab-1", "int-1x/detector/d-1")]
    [InlineData("cab-1", "int-1")]
    [InlineData("cab-1", "int-1/")]
    [InlineData("cab-1", "int-1/unknown")]
    [InlineData("cab-1", "int-1/detector/d-1/errors")]
    [InlineData("cab-1", "int-1/../int-2/detector/d-1")]
    [InlineData("cab-1", "/int-1/detector/d-1")]
    [InlineData("cab-1", "INT-1/detector/d-1")]
    [InlineData("pole", "int-2/detectors")]
    [InlineData("pole", "int-2/detector/d-10")]
    [InlineData("pole", "int-2/detector/d-2")]
    [InlineData("reader", "int-1/detector/d-1")]
    [InlineData("op", "int-1/detector/d-1")]
    [InlineData("root", "int-1/detector/d-1")]
    [InlineData("gone", "int-1/detector/d-1")]
    [InlineData(null, "int-1/detector/d-1")]
    [InlineData(null, "int-1/detectors")]
    [InlineData(null, "int-2/detectors")]
    [InlineData(null, "int-2/detector/d-1/state")]
    public void MayPublish_AnothersDevice_No(string? account, string topic) => Assert.False(_access.MayPublish(As(account), Bytes(Root + topic)));

    [Theory]
    [InlineData("int-1/board/b-1/message")]
    [InlineData("int-1/controller/c-1/plan")]
    [InlineData("int-2/board/b-1/message")]
    [InlineData("int-1/detector/d-1/errors")]
    public void MayPublish_WhatOnlyTheServiceSays_NobodyMay(string topic) =>
        Assert.All([null, "cab-1", "pole", "bridge", "reader", "op", "root"], account => Assert.False(_access.MayPublish(As(account), Bytes(Root + topic))));

    [Theory]
    [InlineData("cab-1", "site/cab-1/log", true)]
    [InlineData("cab-1", "site/pole/log", false)]
    [InlineData("cab-1", "elsewhere", false)]
    [InlineData("pole", "notes/pole", true)]
    [InlineData("pole", "notes/other", false)]
    [InlineData("op", "elsewhere/a", true)]
    [InlineData("op", "traffic/v1", false)]
    [InlineData("op", "$SYS/x", false)]
    [InlineData("root", "$SYS/x", false)]
    [InlineData("reader", "elsewhere", false)]
    [InlineData(null, "elsewhere", true)]
    public void MayPublish_OutsideTheRoot_AsGranted(string? account, string topic, bool may) => Assert.Equal(may, _access.MayPublish(As(account), Bytes(topic)));

    [Theory]
    [InlineData("x/y")]
    [InlineData("+")]
    [InlineData("#")]
    [InlineData("a#")]
    public void Grant_ClientIdWithWildcardOrSlash_GrantsNothing(string clientId) =>
        Assert.False(_access.MayPublish(new ClientIdentity(clientId, "pole", MqttVersion.V5, null), Bytes("notes/" + clientId)));

    [Theory]
    [InlineData("cab-1", "traffic/v1/int-1/board/+/message", true)]
    [InlineData("cab-1", "traffic/v1/int-1/+/+/errors", true)]
    [InlineData("cab-1", "traffic/v1/int-1/controller/c-1/plan", true)]
    [InlineData("cab-1", "traffic/v1/int-1/#", false)]
    [InlineData("cab-1", "traffic/v1/+/board/+/message", false)]
    [InlineData("cab-1", "traffic/v1/int-1/+/+/message", false)]
    [InlineData("cab-1", "traffic/v1/int-2/board/b-1/message", false)]
    [InlineData("cab-1", "+/v1/int-1/board/b-1/message", false)]
    [InlineData("cab-1", "#", false)]
    [InlineData("cab-1", "$SYS/#", false)]
    [InlineData("cab-1", "$share/g/traffic/v1/int-1/board/+/message", false)]
    [InlineData("pole", "traffic/v1/int-2/board/b-1/message", true)]
    [InlineData("pole", "traffic/v1/int-2/board/+/message", false)]
    [InlineData("pole", "traffic/v1/int-2/detector/d-1", false)]
    [InlineData("pole", "notes/pole/a", true)]
    [InlineData("pole", "notes/pole/#", false)]
    [InlineData("pole", "site/pole/#", true)]
    [InlineData("reader", "#", true)]
    [InlineData("reader", "$SYS/#", false)]
    [InlineData("root", "$SYS/#", true)]
    [InlineData("gone", "#", false)]
    public void MaySubscribe_Filter_OnlyWhatIsSaidToIt(string account, string filter, bool may) => Assert.Equal(may, _access.MaySubscribe(As(account), Bytes(filter)));

    [Theory]
    [InlineData("cab-1", "cab-1", true)]
    [InlineData("cab-1", "cab-1:2", true)]
    [InlineData("cab-1", "cab-1/x/y", true)]
    [InlineData("cab-1", "cab-10", false)]
    [InlineData("cab-1", "legacy-7", true)]
    [InlineData("cab-1", "exact", true)]
    [InlineData("cab-1", "exactly", false)]
    [InlineData("cab-1", "pole", false)]
    [InlineData("cab-1", "pole:1", false)]
    [InlineData("pole", "legacy-7", false)]
    [InlineData(null, "anything", true)]
    [InlineData(null, "pole", false)]
    [InlineData(null, "legacy-7", false)]
    public void MayUseClientId_SomebodyElses_No(string? account, string clientId, bool may) =>
        Assert.Equal(may, Accounts.MayUseClientId(account is null ? null : Accounts.Find(account), clientId));

    [Theory]
    [InlineData("a/b", "a/b", true)]
    [InlineData("a/+", "a/b", true)]
    [InlineData("a/+", "a/+", true)]
    [InlineData("a/+", "a/#", false)]
    [InlineData("a/#", "a/#", true)]
    [InlineData("a/#", "a", true)]
    [InlineData("a/#", "a/b/+", true)]
    [InlineData("a/b", "a/+", false)]
    [InlineData("+/b", "+/b", true)]
    [InlineData("a/+/c", "a/b", false)]
    [InlineData("a/b", "a/b/c", false)]
    [InlineData("#", "$SYS/a", false)]
    [InlineData("+/a", "$SYS/a", false)]
    [InlineData("$SYS/#", "$SYS/a", true)]
    public void Covers_Filter_WhenEveryTopicOfItIsGranted(string grant, string filter, bool covered) =>
        Assert.Equal(covered, FilterCoverage.Covers(Bytes(grant), Bytes(filter)));

    [Fact]
    public void Covers_AgreesWithMatching_ForAllSmallFiltersAndTopics()
    {
        string[] words = ["a", "b", ""];
        var topics = words.SelectMany(x => words.Select(y => $"{x}/{y}")).Concat(words).Concat(["a/b/a", "$s", "$s/a"]).Where(t => t.Length > 0).ToList();
        string[] parts = ["a", "b", "+", "#", ""];
        var filters = parts.SelectMany(x => parts.Select(y => $"{x}/{y}")).Concat(parts).Concat(["$s/#", "$s/+", "a/+/#", "a/b/+"])
            .Where(f => TopicFilter.IsValid(Bytes(f))).ToList();
        foreach (var (grant, filter) in filters.SelectMany(g => filters.Select(f => (g, f))).Where(p => FilterCoverage.Covers(Bytes(p.g), Bytes(p.f))))
        {
            Assert.All(topics.Where(t => TopicFilter.IsMatch(Bytes(filter), Bytes(t))), t => Assert.True(TopicFilter.IsMatch(Bytes(grant), Bytes(t)), $"{grant} {filter} {t}"));
        }
    }

    [Fact]
    public void MayPublish_CacheMiss_AllocatesNothing()
    {
        var (client, topic) = (As("pole"), Bytes("notes/pole"));
        _access.MayPublish(client, topic);
        var snapshot = new SecuritySnapshot(1, Accounts, DenyList.Empty, RevocationList.Empty);
        var access = new AccountAccess(() => snapshot, "traffic/v1");
        access.MayPublish(client, topic);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            access.MayPublish(client, topic);
        }

        Assert.Equal(0, (GC.GetAllocatedBytesForCurrentThread() - before) / 1000);
    }

    private static ClientIdentity As(string? account) => new(account ?? "c", account, MqttVersion.V5, null);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
